"""Floor 3, the heart: a complaint from its number to its closing.

``ticket`` holds the row, ``records`` what hangs on it. ``moves`` is the law, in the words of ``states``; ``workflow``
the only door to a status, and what people do is one module each: opening, triage, dispositions, more_time, follow_ups,
questions, answering, closing, leaving, merging, amending, instructions, writing, erasing. ``escalating`` is the sweep.
``timing`` says what a move does to the clocks (rows: ``clocks``, rests: ``resting``), ``announcements`` who hears
(``hearers``) of what (``telling``), ``timeline`` what each reader is told of the story.
``access`` is who sees: ``worklist`` names the lists, ``pages`` reads them, ``picture`` one ticket for staff,
``tracking`` for its complainant; ``search`` and ``duplicates`` find; ``own_matters`` is what was made of
words on another ticket.
No HTTP, no wording: pages live in ``web``, words in ``templates``.
"""
