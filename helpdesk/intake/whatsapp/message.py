"""One message of a person on WhatsApp, out of the POST that brought it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, SmallInteger, String

from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Json, LongText, Model, Moment
from helpdesk.lib.storage import NAMES_A_FILE

# The values of *media_state*
WANTED, TAKEN, REFUSED, LOST = "wanted", "taken", "refused", "lost"


class WhatsAppMessage(Claimable, Model):
    """What one person said once. *reference* (SHA-256 of the provider's id) makes it one row however often it comes.

    *kind* is the provider's type, kept even where we do not know it. *said_at* is the person's moment, *arrived_at*
    ours. *facts* holds what the kind brings (coordinates, the chosen row, the edited words). *reply_to* is the
    reference of the message that it answers.

    Media: *media_id* at the provider, *media_state* ``wanted``, ``taken``, ``refused`` (not a kind we take) or ``lost``
    (the id expired before we had it), *media* the file as it was taken in; *look_at* is when to fetch it.
    *transcript* is what staff heard in a voice note. *handled_at* is set once the conversation, or a person, dealt with
    it; *fate* and *reason* say how, in the codes of the inbox.
    """

    __tablename__ = "whatsapp_messages"
    __table_args__ = (
        Index("ix_whatsapp_messages_due", "look_at", "id"),
        Index("ix_whatsapp_messages_contact", "contact_id", "said_at", "id"),
        Index("ix_whatsapp_messages_open", "contact_id", "handled_at"),
        Index("ix_whatsapp_messages_ticket", "ticket_id", "id"),
        Index("ix_whatsapp_messages_inbox", "inbox_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    provider_id: Mapped[str] = mapped_column(String(255))
    inbox_id: Mapped[int] = mapped_column(ForeignKey("inbox.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("whatsapp_contacts.id"))
    kind: Mapped[str] = mapped_column(String(30))
    said_at: Mapped[datetime] = mapped_column(Moment)
    arrived_at: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str] = mapped_column(LongText())
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reply_to: Mapped[str | None] = mapped_column(String(64))
    media_id: Mapped[str | None] = mapped_column(String(190))
    media_state: Mapped[str] = mapped_column(String(10), default="")
    media_attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    media_error: Mapped[str] = mapped_column(String(200), default="")
    media: Mapped[dict[str, Any] | None] = mapped_column(Json)
    shown_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    original_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    transcript: Mapped[str | None] = mapped_column(LongText())
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    fate: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(60), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_events.id"))
