"""What somebody does to a message of theirs afterwards: other words, or taken back.

The first words stay, marked; of what had become part of a ticket, the ticket tells it too.
"""

from __future__ import annotations

from flask_babel import force_locale, gettext
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.intake.mail_belonging import fetch_claimed
from helpdesk.intake.whatsapp.forgetting import FORGOTTEN, forget_said
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Refused
from helpdesk.lib.whatsapp.payload import Kind
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.states import Channel, Identity
from helpdesk.tickets.ticket import Ticket

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
            _note_on_ticket(original, message)
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


def _note_on_ticket(original: WhatsAppMessage, trace: WhatsAppMessage) -> None:
    """Write on the ticket of *original* what *trace* did to it, inside the caller's unit of work.

    The first words stay: somebody may have acted on them.
    """
    if original.ticket_id is None:
        return
    ticket = fetch_claimed(original.ticket_id)
    if ticket.identity == Identity.ANONYMOUS:
        return
    facts = {"ids": [original.id], "change": "deleted" if trace.kind == Kind.REVOKE else "edited"}
    try:
        event = add_message(
            ticket,
            _words(ticket, trace),
            by=Actor.complainant(ticket.id),
            details={"whatsapp": facts, "channel": Channel.WHATSAPP.value},
            may_answer=False,
        )
    except (Conflict, Refused):  # it takes nothing any more; the talk shows the change all the same
        return
    trace.ticket_id, trace.event_id = ticket.id, event.id


def _words(ticket: Ticket, trace: WhatsAppMessage) -> str:
    with force_locale(ticket.language):
        if trace.kind == Kind.REVOKE:
            return str(gettext("(The sender deleted a message of this complaint on WhatsApp.)"))
        said = str(gettext("(The sender changed a message on WhatsApp. It now says:)"))
    return f"{said}\n{trace.facts.get('words', '')}".strip()
