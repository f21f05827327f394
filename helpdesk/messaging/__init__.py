"""Floor 2: messages to people. The outbox row *is* the queue.

``outbox`` queues (inside the caller's unit of work), ``templates`` words, ``postman`` claims, sends
and settles, ``receipts`` moves a status forward only, ``senders`` know how one channel is spoken. A
message names its subject as (kind, id). Email is composed in ``mail_composing`` and goes through the
``relay``; by ``mail_identity`` its answers are known. To add a channel: one sender, one line in
``senders.registry``, wording, tests.
"""
