"""What somebody changed or deleted after it had become part of a ticket: seen there, beside what was said first."""

from __future__ import annotations

from flask_babel import force_locale, gettext

from helpdesk.accounts.actor import Actor
from helpdesk.intake.mail_belonging import fetch_claimed
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.errors import Conflict, Refused
from helpdesk.lib.whatsapp.payload import Kind
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.states import Channel, Identity
from helpdesk.tickets.ticket import Ticket


def note_change(original: WhatsAppMessage, trace: WhatsAppMessage) -> None:
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
