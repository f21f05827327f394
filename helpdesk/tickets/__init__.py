"""Floor 3, the heart: a complaint from its number to its closing.

*The law.* ``states`` has its words, ``moves`` says what may happen when and by whom, ``workflow`` is the only door to
a status. ``ticket`` is the row, ``records`` what hangs on it, ``number`` how it is called, ``keys`` what opens it to
its complainant. Where a machine moves it, ``locked`` fetches it.

*What people do*, one module each: opening, triage, dispositions, copies, more_time, follow_ups, questions, answering,
closing, objecting, leaving, merging, amending, own_contacts, vouching, instructions, writing, correspondence,
renewing, resending, trying_again, holding, erasing (with erased_files), and canned_texts. ``files`` come with all of
these.

*What follows from it.* ``timing`` says what a move does to the clocks (rows: ``clocks``, pauses: ``resting``, what
lists show: ``shown_deadlines``, before anything is decided: ``promises``), ``announcements`` who hears (``hearers``)
of what (``telling``), ``following`` what becomes of tickets that were merged, ``touching`` which figures are counted
again. ``emergencies`` are known by their words, and ``urgent_words`` raises the alarm.

*What happens without people.* ``escalating`` is the sweep of the clocks, ``unanswered`` that of questions,
``recomputing`` follows changed calendars. Mail and WhatsApp bring ``arrivals``, ``undelivered`` and ``new_numbers``;
``reaching`` and ``roads`` know how else a complainant is reached.

*Who sees what.* ``access`` guards every row, ``file_access`` every file; ``circle`` names the readers of a restricted
ticket, ``origin`` who reads the number of another system, ``timeline`` what each reader is told of the story.
``presence`` says who else is looking.

*What they see.* ``worklist`` names the lists, ``pages`` reads them by ``rows``, led by ``alarms``; ``saved_views``
and ``whole_list`` belong to them. ``picture`` is one ticket for staff (with ``beside``, ``joined``, ``labels``,
``destinations``), ``tracking`` the same for its complainant. ``search`` and ``callers`` find; ``duplicates``
(``sought``, ``likeness``) what may be the same, ``own_matters`` what was made of words on another ticket. For others
``audited``, ``newest``, ``remaining`` and ``unattended`` answer one question each.

*On paper.* ``papers`` is the receipt, ``sheets`` the disposition sheet, ``letter_kinds`` and ``letter_drafts`` what
``correspondence`` proposes, ``case_file`` the whole case and ``case_files`` those that take a while.

No HTTP, no wording: pages live in ``web``, words in ``templates``.
"""
