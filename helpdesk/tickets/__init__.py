"""Floor 3, the heart: a complaint from its number to its closing.

``ticket`` holds the row, ``workflow`` the only door to its status (MOVES, advance), one module each verb:
opening, triage, dispositions, follow_ups, questions, answering, closing, escalating. ``timing`` keeps the clocks,
``timeline`` the events, ``announcements`` who hears, ``access`` who sees, ``search`` who finds.
No HTTP, no wording: pages live in ``web``, words in ``templates``.
"""
