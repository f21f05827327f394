"""Workers that sweep at once, or die in the middle: every step is taken exactly once, at the moment it was due."""

from __future__ import annotations

import logging
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, select

from config import Settings
from helpdesk.accounts.actor import Actor
from helpdesk.lib import one_by_one
from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.sla.milestones import BREACH, WARN, due_milestones
from helpdesk.tickets.clocks import coming
from helpdesk.tickets.escalating import escalate_due
from helpdesk.tickets.follow_ups import write_note
from helpdesk.tickets.records import Escalation, Question, SlaClock, TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.unanswered import follow_up_questions
from tests.concurrency.wholeness import events_of, whole_tickets
from tests.support.cast import Cast
from tests.support.processes import crew, meet, together
from tests.tickets.steps import ask

OPENED = datetime(2026, 11, 16, 3, tzinfo=UTC)  # Monday, 10.00 WIB
SWEPT = OPENED + timedelta(days=14)
CLOCKS = 3  # on every ticket that waits
DIES_AT = 10  # the commit at which the victim dies


def sweep() -> int:
    """Sweep until nothing is due; how many clocks were handled. A clock set aside is an error."""
    logging.getLogger(one_by_one.__name__).addHandler(Alarm())
    handled = 0
    while found := escalate_due(SWEPT):
        handled += found
    return handled


class Alarm(logging.Handler):
    """The sweep logs a fault and goes on; here it must not."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(self.format(record))


def sweep_and_die(moment: str) -> None:
    """Sweep, and be killed right before or right after a commit."""
    die_at_commit(moment)
    escalate_due(SWEPT)


def die_at_commit(moment: str) -> None:
    """Let the process be killed at its tenth commit."""
    commits = 0

    @event.listens_for(db.session, moment)
    def _die(_session: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == DIES_AT:
            os.kill(os.getpid(), signal.SIGKILL)


def write_notes(cast: Cast, numbers: list[str]) -> None:
    """Customer care works on the very tickets that are being swept."""

    def verb(ticket: Ticket, by: Actor) -> None:
        write_note(ticket, "Sudah saya telepon.", by=by)

    for number in numbers:
        cast.act("sari", number, verb)


def sweep_beside_people() -> int:
    meet()
    return sweep()


def write_beside_sweeps(cast: Cast, numbers: list[str]) -> None:
    meet()
    write_notes(cast, numbers)


def leave_waiting(cast: Cast, count: int) -> list[str]:
    """The numbers of *count* tickets which nobody touched for two weeks."""
    with time_machine.travel(OPENED, tick=False):
        numbers = [cast.complain().number for _ in range(count)]
    waiting = select(func.count()).select_from(SlaClock).where(SlaClock.look_at <= SWEPT)
    assert db.session.scalar(waiting) == count * CLOCKS
    return numbers


def taken() -> list[tuple[int, str, datetime]]:
    """Every step that was taken, and the moment that stands on it."""
    rows = db.session.execute(
        select(Escalation.clock_id, Escalation.step, Escalation.was_due_at, TicketEvent.at)
        .join(TicketEvent, TicketEvent.id == Escalation.event_id)
        .order_by(Escalation.clock_id, Escalation.was_due_at)
    ).all()
    assert all(was_due_at == at for _, _, was_due_at, at in rows)
    return [(clock_id, step, at) for clock_id, step, at, _ in rows]


def expected() -> Iterator[tuple[int, str, datetime]]:
    """What the arithmetic says should have been taken."""
    for clock in db.session.scalars(select(SlaClock).order_by(SlaClock.id)):
        for milestone in due_milestones(coming(clock), frozenset(), SWEPT):
            yield clock.id, milestone.name, milestone.at


def all_was_done_once() -> None:
    """Steps, stamps, events and messages: each once, none missing, none set aside."""
    tickets = whole_tickets()
    steps = taken()
    assert sorted(steps) == sorted(expected())
    kinds = [name if name in (WARN, BREACH) else "escalate" for _, name, _ in steps]
    for kind in (WARN, BREACH, "escalate"):
        events = sum(events_of(ticket)[kind] for ticket in tickets.values())
        assert events == kinds.count(kind) > 0
    for clock in db.session.scalars(select(SlaClock)):
        stamps = {name: at for clock_id, name, at in steps if clock_id == clock.id}
        assert (clock.warned_at, clock.breached_at) == (stamps.get(WARN), stamps.get(BREACH))
        assert set(clock.steps_done.split(",")) - {""} == set(stamps)
        assert clock.look_at is None or clock.look_at > SWEPT
    told = db.session.execute(
        select(OutboxMessage.subject_id, func.count()).group_by(OutboxMessage.subject_id)
    ).all()
    assert len({count for _, count in told}) == 1, "the tickets are alike, so are their messages"


def test_two_workers_sweep_and_every_step_is_taken_once(cast: Cast, settings: Settings) -> None:
    leave_waiting(cast, 45)
    handled = together(settings, [sweep, sweep])
    assert all(handled), "both had something to do"
    all_was_done_once()


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_worker_killed_in_the_middle_is_followed_by_another(
    cast: Cast, settings: Settings, moment: str
) -> None:
    numbers = leave_waiting(cast, 8)
    with crew(settings, [partial(sweep_and_die, moment)]) as (victim,):
        assert victim.was_killed
    db.session.rollback()
    done = len({clock_id for clock_id, _, _ in taken()})
    assert done == (DIES_AT - 1 if moment == "before_commit" else DIES_AT)
    assert together(settings, [sweep]) == [CLOCKS * len(numbers) - done]
    all_was_done_once()


def leave_unanswered(cast: Cast, count: int) -> None:
    """Questions on *count* tickets that nobody answers."""
    with time_machine.travel(OPENED, tick=False):
        for _ in range(count):
            number = cast.complain().number
            cast.triage(number)
            ask(cast, number, "sari")


def follow_up_all(at: datetime = SWEPT) -> int:
    """Follow up questions until nothing is due *at* that moment; a question set aside is an error."""
    logging.getLogger(one_by_one.__name__).addHandler(Alarm())
    meet()
    handled = 0
    while found := follow_up_questions(at):
        handled += found
    return handled


def remind_and_die(moment: str) -> None:
    """Follow up questions, and be killed right before or right after a commit."""
    die_at_commit(moment)
    follow_up_questions(SWEPT)


def all_was_followed_up_once(count: int) -> None:
    tickets = whole_tickets()
    assert len(tickets) == count
    assert {events_of(ticket)["unanswered"] for ticket in tickets.values()} == {1}
    told = Counter(
        db.session.scalars(
            select(OutboxMessage.subject_id).where(OutboxMessage.event == "question_unanswered")
        )
    )
    assert set(told.values()) == {1}
    assert len(told) == count
    asked = db.session.execute(select(Question.look_at, Question.is_overdue).distinct()).all()
    assert [tuple(row) for row in asked] == [(None, True)]


def test_two_workers_follow_up_questions_and_each_is_reminded_of_and_given_up_once(
    cast: Cast, settings: Settings
) -> None:
    leave_unanswered(cast, 30)
    remind_at = db.session.scalar(select(func.max(Question.look_at)))
    together(settings, [partial(follow_up_all, remind_at), partial(follow_up_all, remind_at)])
    assert {events_of(ticket)["remind"] for ticket in whole_tickets().values()} == {1}
    together(settings, [follow_up_all, follow_up_all])
    all_was_followed_up_once(30)


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_worker_killed_among_questions_is_followed_by_another(
    cast: Cast, settings: Settings, moment: str
) -> None:
    leave_unanswered(cast, 14)
    with crew(settings, [partial(remind_and_die, moment)]) as (victim,):
        assert victim.was_killed
    db.session.rollback()
    given_up = select(func.count()).where(Question.is_overdue)
    assert db.session.scalar(given_up) == (DIES_AT - 1 if moment == "before_commit" else DIES_AT)
    together(settings, [follow_up_all])
    all_was_followed_up_once(14)


def test_people_go_on_working_while_two_workers_sweep(cast: Cast, settings: Settings) -> None:
    numbers = leave_waiting(cast, 12)
    jobs: list[Callable[[], Any]] = [
        sweep_beside_people,
        sweep_beside_people,
        partial(write_beside_sweeps, cast, numbers),
    ]
    together(settings, jobs)
    all_was_done_once()
    assert {events_of(ticket)["note"] for ticket in whole_tickets().values()} == {1}
