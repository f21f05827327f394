"""Floor 0: how to talk with mail servers and sign-in services over the wire.

Here are addresses, commands, timeouts and the quirks of servers, and every failure comes out as a :class:`WireFault`
with a code that people can be told. What a message means, and whether to try again, is decided elsewhere. Nothing here
touches the database, keeps a secret in a log, or runs inside a transaction.
"""
