"""WhatsApp coming in: a stored POST becomes messages, media are fetched, and the guided conversation answers.

It ends in ``admission`` or in a verb of ``tickets``; what is answered goes to the outbox. Floor 4, with ``intake``.
"""
