"""Floor 2: messages to people. The outbox row *is* the queue.

``events`` says what people are told of, ``templates`` in which words, and ``rewording`` changes these. ``outbox``
queues (inside the caller's unit of work), ``postman`` claims, sends and settles in ``rounds``, ``receipts`` moves a
status forward only, ``senders`` know how one channel is spoken. What failed goes once more by ``sending_again``;
``told_keys`` hides the PIN in a message; ``backlog`` tells how it all is doing. A message names its subject as
(kind, id). Email is composed in ``mail_composing`` and goes through the ``relay``; by ``mail_identity`` its answers
are known. ``whatsapp`` is a package of its own. To add a channel: one sender, one line in ``senders.registry``,
wording, tests.
"""
