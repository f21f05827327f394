"""Floor 2: what is promised and in which hours: calendars, policies, arithmetic of deadlines.

Pure, without database or clock: ``calendar`` (working time), ``due`` (limits, pauses, deadlines),
``milestones`` (when a running clock must be looked at again). Kept in tables (``models``):
``calendars`` (which hours a unit keeps, holidays) and ``policies`` (versions of the promises; a
version never changes). ``public_holidays`` fills the holiday table, ``seed`` a fresh installation.

Not here: the rows of running clocks and their pauses (``tickets.timing``), who is told
(``tickets.announcements``), and any wording of a deadline (templates).
"""
