"""Floor 4: everything that arrives, brought into one shape and admitted.

``submission`` is the shape, ``admission`` the one way in, ``kept_files`` what a refused form had already brought.
The web form and the counter join at ``admit`` directly, because a person is waiting for the number.

Email and WhatsApp are stored first (``inbox``) and understood later (``understanding``): ``whatsapp`` has a package of
its own; ``email`` decides what becomes of a mail, the ``mail_*`` modules know to which ticket it belongs, who wrote it
and what it says, ``quarantine`` what a person decides about the rest.
"""
