"""Floor 2: who complained, and by what they can be reached or recognised.

Here belong the complainant's row, identifiers (telephone, email, NIK, card and record numbers:
reading, checking, masking), finding the person again, and finding personal numbers in free text.
Not here: what was complained about, who may see whom (``tickets.access``), and sending.
"""
