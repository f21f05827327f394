"""Floor 5: counting for leaders. Every figure is a condition on tickets, so that it can open the tickets behind it.

``period`` names a stretch of days, ``promise`` the statutory indicator, ``lateness`` what is late now, ``units`` how
each unit fares, ``drill_down`` the tickets behind any figure. Nothing here changes anything.
"""
