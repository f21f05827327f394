"""A hold (penangguhan): what must be kept because of a dispute, whoever asks for its deletion and however old it is."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require


def hold_ticket(ticket: Ticket, reason: str, *, by: Actor) -> TicketEvent:
    """From now on its personal data cannot be deleted. Raises Invalid without a *reason*."""
    return _decide(ticket, Move.HOLD, reason, by)


def release_ticket(ticket: Ticket, reason: str, *, by: Actor) -> TicketEvent:
    """The dispute is over: they may be deleted again. Raises Invalid without a *reason*."""
    return _decide(ticket, Move.RELEASE, reason, by)


def _decide(ticket: Ticket, move: Move, reason: str, by: Actor) -> TicketEvent:
    if not reason.strip():
        raise Invalid({"reason": _l("Write the reason. It stays in the history.")})
    require(ticket, move, by=by)
    if ticket.is_held == (move is Move.HOLD):
        raise Conflict(_l("Somebody decided this already. Look again."))
    ticket.is_held = move is Move.HOLD
    trail.record(f"{move.value}_ticket", by=by, subject=("ticket", ticket.id))
    return advance(ticket, move, by=by, text=reason.strip())
