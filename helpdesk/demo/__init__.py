"""Floor 6: the demo, a hospital that does not exist with three months behind it.

``load`` builds it through the same verbs that people use, so that every clock, message and entry of the audit trail
is what the system itself would have written. ``texts/`` holds what people said and what was done about it (``samples``
reads it, ``wording`` fills its slots), ``planning`` and ``showcase`` decide what becomes of each ticket, ``storyline``
and its neighbours live it act by act, ``stage`` keeps the order of time. ``sign_in_cards`` is a door that is hung only
when the demo is on. No rule of the product lives here, and nothing but ``app`` and ``cli`` knows of it.
"""
