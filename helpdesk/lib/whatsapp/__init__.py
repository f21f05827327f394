"""What WhatsApp's Cloud API posts to us, read without ever stumbling. Pure: no database, no network.

``reading.read_post`` turns the bytes of one POST into the dataclasses of ``payload``; ``signature`` says who sent
them. What follows from a message is decided in ``intake.whatsapp``. Floor 0.
"""
