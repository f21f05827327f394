"""The deadlines that stand on a ticket and on a unit's work: caches of what their clocks say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, select

from helpdesk.lib import clock as house_clock
from helpdesk.lib.database import db
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.clocks import refresh, running, warn_anew
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.ticket import Disposition, Ticket


def refresh_ticket(ticket: Ticket) -> None:
    """Show the deadline on the ticket. Nobody who follows it waits longer than promised: the earliest counts."""
    own = own_deadline(ticket, running(ticket))
    promised = _promised_to_followers(ticket) if ticket.state.is_worked_on else None
    ticket.due_at = min(filter(None, (own, promised)), default=None)


def refresh_moved(ticket: Ticket, at: datetime) -> None:
    """The same after a move at that moment, and since when it is over: not open, and watched by no clock any more."""
    refresh_ticket(ticket)
    is_over = not ticket.is_open and not running(ticket)
    ticket.ended_at = (ticket.ended_at or at) if is_over else None


def own_deadline(ticket: Ticket, clocks: Iterable[SlaClock]) -> datetime | None:
    """What matters most of a ticket's *clocks*: the statutory deadline, then the office's, then the reply.

    After an objection the office's goes first: the first answer was given, at most its record is still missing.
    """
    due = {clock.kind: clock.due_at for clock in clocks}
    order = [ClockKind.ANSWER, ClockKind.RESOLVE, ClockKind.CONFIRM, ClockKind.TRIAGE]
    if ticket.reopenings:
        order.sort(key=lambda kind: kind is not ClockKind.RESOLVE)
    return next((due[kind] for kind in order if kind in due), None)


def _promised_to_followers(ticket: Ticket) -> datetime | None:
    if ticket.id is None:  # it is being opened: nobody follows it yet
        return None
    return db.session.scalar(_EARLIEST, {"lead": ticket.id})


_EARLIEST = select(func.min(Ticket.due_at)).where(Ticket.merged_into_id == bindparam("lead"))


def recount(ticket: Ticket) -> bool:
    """Count every stored deadline again under the calendars as they are now; did one move?

    What was done stays done, but for a warning that came too early now: it is given again in time.
    """
    before = [clock.due_at for clock in running(ticket)]
    for clock in running(ticket):
        refresh(clock)
        warn_anew(clock, house_clock.now())
        show_on_disposition(clock)
    refresh_ticket(ticket)
    return before != [clock.due_at for clock in running(ticket)]


def show_on_disposition(clock: SlaClock) -> None:
    """A unit's clock is read from its disposition in the lists; other clocks stand on none."""
    if clock.disposition_id is not None:
        disposition = db.session.get(Disposition, clock.disposition_id)
        if disposition is not None:
            disposition.due_at = clock.due_at
