"""Our side of WhatsApp's Cloud API: the number, whom we know there, the approved templates, what may be said when.

What people write to us, and the guided conversation, are of ``intake.whatsapp``; the wire is ``lib.clients.whatsapp``.
Floor 2, with the rest of ``messaging``.
"""
