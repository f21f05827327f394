"""Floor 6: the world outside, for the demo: telephones and mailboxes in the browser, so that WhatsApp and email can be
tried without an account.

A process of its own on PORT+1. The product sends to it over SMTP and the Graph API, as to any mail server and to the
real provider, and what people write here goes to the product through ``flask mail receive`` and its webhook; so the
product knows nothing of it, and nothing here knows a rule or the database of the product. ``store`` keeps the mails,
``post_office`` is the mail server, ``writing`` makes mails as mail programs do, ``handing`` hands them over, ``pages``
shows it all; ``whatsapp`` is the provider with its telephones. Only ``cli`` starts it.
"""
