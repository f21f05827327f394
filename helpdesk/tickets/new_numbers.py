"""A complainant's WhatsApp moved to another number: what we write follows them, and the ticket says so."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.registry.complainant import ON_WHATSAPP, Identifier, IdentifierKind
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.moves import Move
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance

CHANNEL = "whatsapp"


def follow_to(old: str, new: str) -> int:
    """Write to *new* from now on where it was *old*, inside the caller's unit of work; how many tickets moved.

    Both are E.164, or a business-scoped id. The old number stays known, for whoever looks for it.
    """
    people = select(Identifier.complainant_id).where(
        Identifier.kind.in_(ON_WHATSAPP), Identifier.value == old
    )
    theirs = locked_tickets(
        Ticket.complainant_id.in_(people),
        Ticket.reply_channel == CHANNEL,
        Ticket.reply_address == old,
    )
    tickets = db.session.scalars(theirs).all()
    for ticket in tickets:
        ticket.reply_address = new
        advance(ticket, Move.MOVED, by=Actor.system())
    for complainant_id in {ticket.complainant_id for ticket in tickets if ticket.complainant_id}:
        _know(complainant_id, new)
    return len(tickets)


def _know(complainant_id: int, address: str) -> None:
    kind = IdentifierKind.on_whatsapp(address)
    known = select(Identifier.id).where(
        Identifier.complainant_id == complainant_id,
        Identifier.kind == kind.value,
        Identifier.value == address,
    )
    if db.session.scalar(known) is None:
        row = Identifier(complainant_id=complainant_id, kind=kind.value, value=address)
        row.created_at = clock.now()
        db.session.add(row)
