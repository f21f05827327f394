"""Floor 4: everything that arrives, brought into one shape and admitted.

``submission`` is the shape, ``admission`` the one way in, ``kept_files`` what a refused form had already brought.
The web form and the counter join at ``admit`` directly, because a person is waiting for the number.
"""
