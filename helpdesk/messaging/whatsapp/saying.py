"""Saying something on WhatsApp in words of the moment: the guided conversation, and staff who talk with a person.

What the house says by itself about a complaint is an event with a wording, and goes through ``outbox.queue`` like any
other channel's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.messaging.events import CHAT
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import OwnWords, queue
from helpdesk.messaging.whatsapp.choices import check_choices
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import address_of

CHANNEL = "whatsapp"
ANSWERS = "answers"
TEXT_LENGTH = 4096  # characters: the provider takes no more in one message


def say(
    contact: Contact,
    text: str,
    *,
    dedupe_key: str,
    language: str,
    choices: Mapping[str, Any] | None = None,
    subject: tuple[str, int],
    answers: str = "",
) -> OutboxMessage:
    """Queue *text* for *contact*, with something to tap where there are *choices*; in the caller's unit of work.

    *subject* is ``("conversation", id)`` or ``("ticket", id)``; *answers* is the provider's id of what they said, which
    is marked as read when this goes. What was queued under *dedupe_key* before is returned as it stands. Raises
    ValueError where the text or the choices are more than the provider takes, and where the contact can no longer be
    reached.
    """
    if not 1 <= len(text.strip()) <= TEXT_LENGTH:
        raise ValueError(f"a message has 1 to {TEXT_LENGTH} characters, not {len(text.strip())}")
    check_choices(text, choices)
    queued = queue(
        CHAT,
        dedupe_key=dedupe_key,
        channel=CHANNEL,
        address=address_of(contact),
        language=language,
        recipient_kind="complainant",
        recipient_id=None,  # a contact may be several complainants, or none yet
        subject=subject,
        values={},
        own_words=OwnWords(text.strip()),
        choices=choices,
    )
    if queued is not None:
        message = db.session.get_one(OutboxMessage, queued)
        message.values = {ANSWERS: answers} if answers else {}
        return message
    return db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key)
    ).one()
