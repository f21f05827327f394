"""Floor 5: counting for leaders. Every figure is a condition on tickets, so that it can open the tickets behind it.

``period`` names a stretch of days, ``promise`` the statutory indicator. ``facts`` keeps the sums of each day
(``day_fact``, made by ``counting``) true after every change; ``figures`` puts them together for a period and adds what
time alone has changed since (``reading``). ``conditions`` says for each figure which tickets it counted; ``drill_down``
and ``register`` list them. No ticket is ever changed here.
"""
