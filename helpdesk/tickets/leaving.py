"""Leaving by an exit: a ticket that will not be handled here, and why."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.tickets.dispositions import call_off
from helpdesk.tickets.following import has_followers
from helpdesk.tickets.moves import Move
from helpdesk.tickets.questions import drop_questions
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import EXITS, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require


def leave_by_exit(ticket: Ticket, exit_to: Status, reason: str, *, by: Actor) -> TicketEvent:
    """End a ticket that will not be handled here; the reason is told to the person (except spam).

    Raises Conflict while a unit works on it, or while others who complained of the same follow it.
    """
    if exit_to not in EXITS or exit_to is Status.MERGED:
        raise Refused(_l("A ticket cannot leave this way."))
    if not reason.strip():
        raise Invalid({"reason": _l("Write the reason. The person who complained will read it.")})
    require(ticket, Move.EXIT, by=by)
    if any(disposition.is_open for disposition in ticket.dispositions):
        raise Conflict(_l("A unit is still working on it. Recall the disposition first."))
    if has_followers(ticket):
        raise Conflict(
            _l(
                "Other complaints are joined to this one, and their complainants wait for an answer. "
                "Separate them first."
            )
        )
    recalled = call_off(ticket)  # of what was submitted nobody will approve anything any more
    ticket.exit_reason = reason.strip()[:500]
    ticket.was_returned = False
    drop_questions(ticket)
    details = {"exit": exit_to.value, "recalled": recalled}
    return advance(ticket, Move.EXIT, by=by, to=exit_to, text=reason.strip(), details=details)
