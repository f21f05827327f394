"""How a ticket's clocks rest while the complainant is asked, and go on."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.tickets.clocks import open_pauses, refresh, running
from helpdesk.tickets.records import ClockPause, Question, SlaClock, TicketEvent
from helpdesk.tickets.shown_deadlines import show_on_disposition
from helpdesk.tickets.ticket import Disposition, Ticket


def pause(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Let rest what waits for the answer to a question: with a unit's question its own clock and those of the whole."""
    asked_by = disposition.id if disposition else None
    db.session.add(event)
    db.session.flush()  # a pause names the event that began it
    for clock in running(ticket):
        if clock.is_pausable and _rests_for(clock, asked_by) and not open_pauses(clock):
            clock.pauses.append(ClockPause(event_id=event.id, from_at=event.at))
            refresh(clock)
            show_on_disposition(clock)


def resume(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Let go on what rests for no question any more: an overdue one holds no clock, nor one unit's that of another."""
    resting = [clock for clock in running(ticket) if open_pauses(clock)]
    if not resting:
        return
    still_asked = db.session.scalars(
        select(Question.disposition_id).where(
            Question.ticket_id == ticket.id,
            Question.answered_at.is_(None),
            ~Question.is_overdue,
        )
    ).all()
    for clock in resting:
        if any(_rests_for(clock, asked_by) for asked_by in still_asked):
            continue
        for pause in open_pauses(clock):
            pause.to_at = max(event.at, pause.from_at)
            refresh(clock)
            show_on_disposition(clock)


def _rests_for(clock: SlaClock, asked_by: int | None) -> bool:
    """Does it rest while this disposition (None: customer care) waits for the complainant's word?"""
    return asked_by is None or clock.disposition_id in (None, asked_by)
