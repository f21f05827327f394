"""Floor 3½: the improvement register (rencana tindak lanjut): what was promised to improve, and whether it was done.

An improvement is about what keeps coming back, a category with its main unit; a unit and a person in it are to do it
by a day, and afterwards somebody says whether it had an effect: plan, do, study, act. ``improvement`` holds the rows,
``access`` who sees and changes them, ``planning`` and ``progress`` the verbs, ``linking`` the tickets it came from,
``register`` its lists, ``reminding`` who is told.

No ticket is changed here, and nothing of a ticket is shown but to whoever may see that ticket. Whether complaints
became fewer since is counted in ``monitoring.effects``.
"""
