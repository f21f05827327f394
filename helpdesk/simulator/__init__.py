"""Floor 6: the world outside, for the demo: mailboxes in the browser, so that email can be tried without an account.

A process of its own on PORT+1. The product sends to it over SMTP, as to any mail server, and what people write here
goes to the product through ``flask mail receive``, as from any mail server; so the product knows nothing of it, and
nothing here knows a rule or the database of the product. ``store`` keeps the mails, ``post_office`` is the server,
``writing`` makes mails as mail programs do, ``handing`` hands them over, ``pages`` shows it all. Only ``cli``
starts it.
"""
