"""A new PIN for a complainant who lost theirs, or whose PIN somebody else has seen."""

from __future__ import annotations

from helpdesk.accounts.actor import Actor
from helpdesk.tickets import keys
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require


def renew_pin(ticket: Ticket, pin: str, *, by: Actor) -> TicketEvent:
    """Replace the PIN by *pin*; the old one and every link sent before stop working. The PIN itself is kept nowhere."""
    require(ticket, Move.NEW_PIN, by=by)
    keys.set_pin(ticket, pin)
    return advance(ticket, Move.NEW_PIN, by=by)
