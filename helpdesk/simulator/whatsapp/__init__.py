"""WhatsApp as the outside world: the provider with its Graph API and webhooks, and people with telephones.

``provider`` is what both sides meet in, kept in one ``file``: ``chats``, the ``shelf`` of sent files, the ``catalogue``
of templates and the ``posts`` that wait for the house. ``graph`` answers the house over HTTP, ``sending`` checks what
it sends as strictly as the real one, ``payloads`` are the webhooks, ``delivery`` signs and brings them. ``telephone``
is what a person can do, ``pages`` shows it. The house finds nothing here that the real provider would not say.
"""
