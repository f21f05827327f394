"""Workers that count days at once while people go on working: no change is lost, no older count replaces a newer."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, insert, select

from config import Settings
from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db, unit_of_work
from helpdesk.monitoring.counting import count_day
from helpdesk.monitoring.day_fact import DayFact
from helpdesk.monitoring.facts import count_ahead, settle_day, settle_days
from helpdesk.tickets.answering import answer_ticket
from helpdesk.tickets.follow_ups import record_follow_up, write_note
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.touching import DayTouched
from tests.support.cast import Cast
from tests.support.processes import crew, meet, together

FIRST = datetime(2026, 11, 16, 3, tzinfo=UTC)
DAYS = 4
COUNTED_AT = FIRST + timedelta(days=DAYS)
DIES_AT = 2  # the commit at which the victim dies


def leave_untouched(cast: Cast, each_day: int) -> list[str]:
    """The numbers of some graded complaints of a few days."""
    numbers = []
    for day in range(DAYS):
        with time_machine.travel(FIRST + timedelta(days=day), tick=False):
            for _ in range(each_day):
                numbers.append(cast.complain().number)
                cast.triage(numbers[-1], Grade.GREEN)
    return numbers


def settle_beside_people(rounds: int) -> int:
    """Count again and again, as fast as a worker never would."""
    meet()
    return sum(settle_days(COUNTED_AT) for _ in range(rounds))


def work_beside_settlers(cast: Cast, numbers: list[str]) -> None:
    """Follow up and answer each ticket, in two units of work."""
    meet()

    def write(ticket: Ticket, by: Actor) -> None:
        record_follow_up(ticket, "Sudah ditelepon.", by=by)

    def answer(ticket: Ticket, by: Actor) -> None:
        answer_ticket(ticket, "Sudah ada.", by=by)

    for number in numbers:
        cast.act("sari", number, write)
        cast.act("sari", number, answer)


def settle_and_die(moment: str) -> None:
    """Count, and be killed right before or right after a commit."""
    commits = 0

    @event.listens_for(db.session, moment)
    def _die(_session: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == DIES_AT:
            os.kill(os.getpid(), signal.SIGKILL)

    settle_days(COUNTED_AT)


def notes() -> int:
    """How many changes wait to be counted."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(DayTouched)) or 0


def facts_are_true(expected_tickets: int) -> None:
    """What is stored for every day is what a count of that day gives now."""
    db.session.rollback()
    db.session.expire_all()
    received = 0
    for day in db.session.scalars(select(Ticket.received_on).distinct()):
        stored = {
            (fact.unit_id, fact.cut, fact.key): fact.amount
            for fact in db.session.scalars(select(DayFact).where(DayFact.received_on == day))
        }
        sums = count_day(day, COUNTED_AT).sums
        assert stored == {key: amount for key, amount in sums.items() if amount}
        received += stored[0, "kind", "complaint"]
    assert received == expected_tickets


def test_two_workers_count_while_people_work(cast: Cast, settings: Settings) -> None:
    numbers = leave_untouched(cast, 3)
    jobs: list[Callable[[], Any]] = [
        partial(settle_beside_people, 12),
        partial(settle_beside_people, 12),
        partial(work_beside_settlers, cast, numbers[::2]),
        partial(work_beside_settlers, cast, numbers[1::2]),
    ]
    together(settings, jobs)
    settle_days(COUNTED_AT)  # what was written after the last round of both
    assert notes() == 0
    facts_are_true(len(numbers))


def test_two_workers_with_the_same_days_leave_one_count(cast: Cast, settings: Settings) -> None:
    numbers = leave_untouched(cast, 5)
    together(settings, [partial(settle_beside_people, 1), partial(settle_beside_people, 1)])
    assert notes() == 0, "nothing is left for a third"
    facts_are_true(len(numbers))


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_worker_killed_in_the_middle_is_followed_by_another(
    cast: Cast, settings: Settings, moment: str
) -> None:
    numbers = leave_untouched(cast, 2)
    with crew(settings, [partial(settle_and_die, moment)]) as (victim,):
        assert victim.was_killed
    assert notes() > 0
    assert settle_days(COUNTED_AT) == DAYS - (DIES_AT - (moment == "before_commit"))
    assert notes() == 0
    facts_are_true(len(numbers))


def note_on(cast: Cast, number: str, *, then: Callable[[], object] = lambda: None) -> None:
    """Customer care writes a note, and *then* something else happens in the same unit."""

    def verb(ticket: Ticket, by: Actor) -> None:
        write_note(ticket, "Sudah ditelepon.", by=by)
        then()

    cast.act("sari", number, verb)


def change_mind() -> None:
    raise InterruptedError


@time_machine.travel(FIRST, tick=False)
def test_a_change_that_is_rolled_back_leaves_no_note(cast: Cast) -> None:
    number = cast.complain().number
    settle_days(COUNTED_AT)
    with pytest.raises(InterruptedError):
        note_on(cast, number, then=change_mind)
    assert notes() == 0
    note_on(cast, number)
    assert notes() == 1


@time_machine.travel(FIRST, tick=False)
def test_a_count_made_ahead_is_not_stored_over_a_later_one(cast: Cast) -> None:
    ticket = cast.complain().ticket
    slow = count_ahead(ticket.received_on, COUNTED_AT)
    cast.complain()
    settle_days(COUNTED_AT)
    unit_of_work(partial(settle_day, ticket.received_on, COUNTED_AT, slow))
    facts_are_true(2)


@time_machine.travel(FIRST, tick=False)
def test_what_happens_beside_a_count_made_ahead_is_counted_next(cast: Cast) -> None:
    ticket = cast.complain().ticket
    slow = count_ahead(ticket.received_on, COUNTED_AT)
    cast.complain()
    unit_of_work(partial(settle_day, ticket.received_on, COUNTED_AT, slow))
    assert notes() == 1
    assert settle_days(COUNTED_AT) == 1
    facts_are_true(2)


@time_machine.travel(FIRST, tick=False)
def test_a_note_that_commits_late_under_an_older_id_is_not_taken_away(
    cast: Cast, engine: str
) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has one writer at a time, so ids commit in their order")
    slow_one, number = cast.complain().ticket, cast.complain().number
    settle_days(COUNTED_AT)
    day = slow_one.received_on
    older = insert(DayTouched).values(received_on=day, ticket_id=slow_one.id)
    db.session.rollback()
    with db.engine.connect() as slow:
        older_id = slow.execute(older).inserted_primary_key
        note_on(cast, number)  # a younger id, committed first
        unit_of_work(partial(settle_day, day, COUNTED_AT))
        assert notes() == 0, "of the older one nothing is seen yet"
        slow.commit()
    assert list(db.session.scalars(select(DayTouched.id))) == list(older_id or ())
    assert settle_days(COUNTED_AT) == 1
