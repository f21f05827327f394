"""Floor 1: the organisation, its units, its people, what each may do, and how they sign in.

Complaints are unknown here; calendars and clocks of a unit live in ``sla``.
"""
