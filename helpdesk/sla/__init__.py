"""Floor 2: what is promised and in which hours: calendars, policies, arithmetic of deadlines.

Pure, without database or clock: ``calendar`` (working time), ``due`` (limits, pauses, deadlines),
``milestones`` (when a running clock must be looked at again), ``explaining`` (why a deadline falls
where it falls), ``written_hours`` (open hours as people write them). Kept in tables (``models``):
``calendars`` (which hours a unit keeps, holidays) and ``policies`` (versions of the promises; a
version never changes). ``foretelling`` says what both would mean for a case. The administrator's
verbs are ``calendar_editing`` and ``holiday_editing``; ``holiday_import`` and the two file formats
beside it bring lists in and out, ``public_holidays`` proposes one, ``seed`` fills a fresh
installation.

Not here: the rows of running clocks and their pauses (``tickets.timing``), who is told
(``tickets.announcements``), and any wording of a deadline (templates).
"""
