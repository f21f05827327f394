"""Until when complainants may say that it is not settled, that it must not end unhandled, or how they are reached."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.organisation import organisation
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.clocks import ends_of
from helpdesk.tickets.moves import MOVES, Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Identity, Status
from helpdesk.tickets.ticket import Ticket

TOO_LATE = _l("The time to object has passed. Please send a new complaint and mention this number.")


def can_object_until(ticket: Ticket) -> datetime | None:
    """The end of the reopen window: so many days after the answer; None when there is nothing to object to.

    It never ends before we stop waiting for the complainant's word, nor before the person could know the number; while
    somebody has yet to call them with the answer, it has not begun.
    """
    began_at, window = _window_began_at(ticket), reopen_window()
    if began_at is None:
        return None
    until = began_at + window
    if ticket.state is Status.ANSWERED:
        until = max(until, ends_of(ticket).get(ClockKind.CONFIRM) or clock.now() + window)
    return until


def can_object(ticket: Ticket) -> bool:
    """Is there something to object to, and is it not too late?"""
    began_at, now = _window_began_at(ticket), clock.now()
    if began_at is None or now <= began_at + reopen_window():
        return began_at is not None  # the clocks could only make it longer
    until = can_object_until(ticket)
    return until is not None and now <= until


def _window_began_at(ticket: Ticket) -> datetime | None:
    answered_at = ticket.answered_at or ticket.closed_at
    return answered_at and max(answered_at, ticket.recorded_at)


def can_contest_until(ticket: Ticket) -> datetime | None:
    """The end of the same window after a ticket was ended unhandled; None where there is nothing to contest."""
    left_at = left_by_exit_at(ticket) if ticket.state in MOVES[Move.CONTEST].frm else None
    return left_at + reopen_window() if left_at else None


def can_contest(ticket: Ticket) -> bool:
    """Was it ended unhandled, and is it not too late to object?"""
    until = can_contest_until(ticket)
    return until is not None and clock.now() <= until


def can_change_contacts(ticket: Ticket) -> bool:
    """May there be news for them still, and may we know how to reach them? Of the anonymous nothing is stored."""
    if ticket.identity == Identity.ANONYMOUS:
        return False
    if ticket.state is Status.CLOSED:
        return can_object(ticket)
    return ticket.ended_at is None or clock.now() <= ticket.ended_at + reopen_window()


def left_by_exit_at(ticket: Ticket) -> datetime | None:
    """When the ticket left by an exit last; None if it never did."""
    left = select(TicketEvent.at).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.kind == Move.EXIT.value
    )
    return db.session.scalar(left.order_by(TicketEvent.id.desc()).limit(1))


def reopen_window() -> timedelta:
    """How long the complainant may still object."""
    here = organisation()
    return timedelta(days=here.reopen_days if here else 30)
