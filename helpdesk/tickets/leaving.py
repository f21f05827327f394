"""Leaving by an exit: a ticket that will not be handled here, and why; and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.audit import trail
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.lib.uploads import Received
from helpdesk.tickets.dispositions import call_off
from helpdesk.tickets.files import attach
from helpdesk.tickets.following import has_followers
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import TOO_LATE, can_contest, left_by_exit_at
from helpdesk.tickets.questions import drop_questions
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import EXITS, Grade, Kind, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require

GRAVE = _l("Only a supervisor may file a yellow or red complaint without action, or call it spam.")


def leave_by_exit(ticket: Ticket, exit_to: Status, reason: str, *, by: Actor) -> TicketEvent:
    """End a ticket that will not be handled here; the reason is told to the person (except spam).

    Raises Refused where a supervisor must decide it (``may_leave``), Conflict while a unit works on it, or while
    others who complained of the same follow it.
    """
    if exit_to not in EXITS or exit_to is Status.MERGED:
        raise Refused(_l("A ticket cannot leave this way."))
    if not reason.strip():
        raise Invalid({"reason": _l("Write the reason. The person who complained will read it.")})
    require(ticket, Move.EXIT, by=by)
    if not may_leave(ticket, exit_to, by):
        raise Refused(GRAVE)
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


def may_leave(ticket: Ticket, exit_to: Status, by: Actor) -> bool:
    """A grave complaint from which nothing shall follow is looked at by a supervisor."""
    is_grave = ticket.kind == Kind.COMPLAINT and ticket.grade in (Grade.YELLOW, Grade.RED)
    is_dropped = exit_to in (Status.ARCHIVED, Status.SPAM)
    return not (is_grave and is_dropped) or by.may(Permission.SUPERVISE)


def revive_ticket(ticket: Ticket, reason: str, *, by: Actor) -> TicketEvent:
    """Customer care takes an exit back: the ticket stands where it stood, and is told so (except spam)."""
    if not reason.strip():
        raise Invalid({"reason": _l("Write why it is taken up again.")})
    require(ticket, Move.REVIVE, by=by)
    trail.record(
        "exit_taken_back", by=by, subject=("ticket", ticket.id), details={"exit": ticket.status}
    )
    return _come_back(ticket, Move.REVIVE, reason, by)


def contest_exit(
    ticket: Ticket, reason: str, *, by: Actor, files: Sequence[Received] = ()
) -> TicketEvent:
    """The complainant does not agree that it ended unhandled, or goes on with it: the desk has it again.

    Raises Conflict when the time to object has passed.
    """
    if not reason.strip():
        raise Invalid({"text": _l("Tell us why we should take it up again.")})
    require(ticket, Move.CONTEST, by=by)
    if not can_contest(ticket):
        raise Conflict(TOO_LATE)
    ticket.call_wanted_at = None  # they know how it ended
    event = _come_back(ticket, Move.CONTEST, reason, by)
    attach(event, files)
    return event


def _come_back(ticket: Ticket, move: Move, reason: str, by: Actor) -> TicketEvent:
    left_at = left_by_exit_at(ticket)
    if left_at is None:
        raise ValueError("a ticket that left by an exit has the event of it")
    details = {"exit": ticket.status, "left_at": left_at.isoformat()}
    ticket.exit_reason = ""
    back_to = Status.TRIAGED if ticket.grade else Status.RECEIVED
    return advance(ticket, move, by=by, to=back_to, text=reason.strip(), details=details)
