"""The sweep: warn before a deadline, record the breach at its moment, climb the ladder, close what is silent.

Its cost follows what is due, not what is open: one indexed query asks which clocks have a ``look_at`` in the past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.lib.one_by_one import each_due
from helpdesk.sla.milestones import BREACH, WARN, Milestone, Tell, due_milestones
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets import clocks
from helpdesk.tickets.closing import close_by_silence
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import Escalation, SlaClock, TicketEvent
from helpdesk.tickets.states import Kind
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import advance

AFTER_A_FAULT = timedelta(hours=1)
_MOVE = {WARN: Move.WARN, BREACH: Move.BREACH}


def escalate_due(at: datetime, limit: int = 200) -> int:
    """Handle every clock with something due at *at*, each in its own unit of work; returns how many.

    Safe with two workers: the step's unique key lets one of them win, the other finds it done. A clock whose
    handling fails is set aside for an hour so that it cannot jam the sweep, and the fault is logged.
    """
    return each_due("clock", SlaClock.id, SlaClock.look_at, at, limit, climb, AFTER_A_FAULT)


def longest_overlooked(at: datetime) -> timedelta:
    """How long the sweep is behind at *at*: seconds while it runs, and growing when it does not."""
    oldest = db.session.scalar(select(func.min(SlaClock.look_at)))
    return max(timedelta(0), at - oldest) if oldest else timedelta(0)


def climb(clock_id: int, at: datetime) -> None:
    """Take every step of one clock that is due at *at*, inside the caller's unit of work."""
    its_ticket = select(SlaClock.ticket_id).where(SlaClock.id == clock_id).scalar_subquery()
    # The ticket is locked before its clocks, as by everybody else: the other way round two would wait in a circle.
    ticket = db.session.scalars(locked_tickets(Ticket.id == its_ticket)).one()
    clock = db.session.scalars(
        select(SlaClock).where(SlaClock.id == clock_id).with_for_update()
    ).one()
    clocks.refresh(clock)
    _say_once_what_was_past(ticket, at)
    for milestone in due_milestones(clocks.coming(clock), clocks.steps_done(clock), at):
        if clock.stopped_at is not None:  # the step before closed the ticket
            return
        if _is_worth_telling(ticket, milestone):
            _mark(clock, milestone, _take_step(clock, ticket, milestone))
        else:
            _mark(clock, milestone)
    clock.look_at = clocks.next_look(clock)


def _say_once_what_was_past(ticket: Ticket, at: datetime) -> None:
    """Of a ticket recorded late, what was past already on recording becomes one event and one message, not a burst."""
    past = [
        (clock, milestone)
        for clock in clocks.running(ticket)
        for milestone in due_milestones(
            clocks.coming(clock), clocks.steps_done(clock), min(at, ticket.recorded_at)
        )
    ]
    if not past:
        return
    # The gravest stands for all: a deadline that passed before a warning, the statutory one first.
    gravest = min(past, key=lambda one: (one[1].name != BREACH, one[0].kind != ClockKind.ANSWER))
    move = Move.BREACH if gravest[1].name == BREACH else Move.WARN
    facts = [{"clock": c.kind, "step": m.name, "at": m.at.isoformat()} for c, m in past]
    event = advance(
        ticket,
        move,
        by=Actor.system(),
        at=ticket.recorded_at,
        details={**_facts_of(*gravest), "tell": "", "at_recording": facts},
    )
    for clock, milestone in past:
        _mark(clock, milestone, event)
        clock.look_at = clocks.next_look(clock)


def _is_worth_telling(ticket: Ticket, milestone: Milestone) -> bool:
    """Praise and suggestions that nobody read yet are the desk's affair, not leadership's."""
    return milestone.tell is not Tell.LEADERSHIP or not Kind(ticket.kind).is_thanked


def _mark(clock: SlaClock, milestone: Milestone, event: TicketEvent | None = None) -> None:
    """Note that the step was taken; its unique key lets only one sweep do so."""
    if event is not None:
        step = Escalation(
            clock_id=clock.id, round=clock.round, step=milestone.name, event_id=event.id
        )
        step.was_due_at = milestone.at
        db.session.add(step)
    if milestone.name == WARN:
        clock.warned_at = milestone.at
    elif milestone.name == BREACH and clock.kind != ClockKind.CONFIRM:
        clock.breached_at = clock.breached_at or milestone.at  # more time does not undo the first
    clock.steps_done = ",".join(sorted({*clocks.steps_done(clock), milestone.name}))
    db.session.flush()


def _take_step(clock: SlaClock, ticket: Ticket, milestone: Milestone) -> TicketEvent:
    if clock.kind == ClockKind.CONFIRM and milestone.name == BREACH:
        return close_by_silence(ticket, at=milestone.at)
    disposition = (
        db.session.get(Disposition, clock.disposition_id) if clock.disposition_id else None
    )
    return advance(
        ticket,
        _MOVE.get(milestone.name, Move.ESCALATE),
        by=Actor.system(),
        at=milestone.at,
        disposition=disposition,
        details=_facts_of(clock, milestone),
    )


def _facts_of(clock: SlaClock, milestone: Milestone) -> dict[str, Any]:
    return {
        "clock_id": clock.id,
        "clock": clock.kind,
        "step": milestone.name,
        "tell": milestone.tell.value if milestone.tell else "",
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
    }
