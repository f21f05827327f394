"""What somebody does to a message of theirs afterwards: other words, or taken back. The first words stay, marked."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.intake.whatsapp.changes import note_change
from helpdesk.intake.whatsapp.forgetting import FORGOTTEN, forget_said
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.database import db
from helpdesk.lib.whatsapp.payload import Kind

_MARKING = (Kind.EDIT.value, Kind.REVOKE.value)


def leave_traces(message: WhatsAppMessage) -> None:
    """Mark what *message* is about, or mark *message* itself where its trace was faster; inside the caller's unit.

    Only what the same contact said: nobody changes the words of another.
    """
    if message.kind in _MARKING:
        if message.reply_to is None:
            return
        about = select(WhatsAppMessage).where(
            WhatsAppMessage.reference == message.reply_to,
            WhatsAppMessage.contact_id == message.contact_id,
        )
        original = db.session.scalar(about)
        if original is not None and original.fate == FORGOTTEN:
            forget_said([message])  # what was removed does not come back as its new wording
        elif original is not None:
            _mark(original, message)
            note_change(original, message)
        return
    faster = select(WhatsAppMessage).where(
        WhatsAppMessage.contact_id == message.contact_id,
        WhatsAppMessage.said_at >= message.said_at,
        WhatsAppMessage.reply_to == message.reference,
        WhatsAppMessage.kind.in_(_MARKING),
    )
    for trace in db.session.scalars(faster.order_by(WhatsAppMessage.said_at, WhatsAppMessage.id)):
        _mark(message, trace)


def _mark(original: WhatsAppMessage, trace: WhatsAppMessage) -> None:
    """``edited_at`` with the newest ``edited_words``, or ``revoked_at``, in UTC."""
    at, facts = trace.said_at.isoformat(), dict(original.facts)
    if trace.kind == Kind.REVOKE:
        facts.setdefault("revoked_at", at)
    elif facts.get("edited_at", "") <= at:
        facts |= {"edited_at": at, "edited_words": trace.facts.get("words", "")}
    original.facts = facts
