"""Floor 0: things that know nothing of complaints (clock, database, claims, storage, paper).

Nothing here imports from another package of the house.
"""
