"""A clock that is set while the worker runs is noticed; sleeping and small corrections are not a jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.lib import clock_watch
from helpdesk.lib.claims import candidates, claim
from helpdesk.lib.clock_watch import ClockJump, ClockWatch, ahead_of_database, newest_jump
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.limits_storage import count_by_itself
from helpdesk.messaging.message import OutboxMessage
from tests.messaging.builders import queue_one, row

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Machine:
    """A machine whose clocks are ours to move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.running_for = NOON, timedelta(days=3)
        monkeypatch.setattr(clock_watch.clock, "now", lambda: self.at)
        monkeypatch.setattr(clock_watch, "_since_switched_on", lambda: self.running_for)

    def wait(self, length: timedelta, *, wall: timedelta | None = None) -> datetime:
        self.running_for += length
        self.at += length if wall is None else wall
        return self.at


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def jumps() -> list[float]:
    return list(db.session.scalars(select(ClockJump.seconds).order_by(ClockJump.id)))


def test_a_clock_that_runs_true_leaves_nothing(app: Flask, machine: Machine) -> None:
    with app.app_context():
        watch = ClockWatch()
        for _ in range(5):
            watch.look(machine.wait(MINUTE))
        watch.look(machine.wait(timedelta(hours=9)))  # the lid was closed overnight
        watch.look(machine.wait(MINUTE, wall=MINUTE + timedelta(seconds=4)))  # the time server
        assert jumps() == []


def test_a_jump_is_noted_once_with_its_length(app: Flask, machine: Machine) -> None:
    with app.app_context():
        watch = ClockWatch()
        watch.look(machine.wait(MINUTE, wall=MINUTE - timedelta(hours=7)))
        watch.look(machine.wait(MINUTE))
        watch.look(machine.wait(MINUTE, wall=MINUTE + timedelta(days=365)))
        assert jumps() == [-7 * 3600, 365 * 86400]
        found = newest_jump(machine.at - timedelta(days=1))
        assert found is not None
        assert found.seconds == 365 * 86400
        assert newest_jump(machine.at) is None


def test_the_database_has_a_clock_or_none(app: Flask, engine: str) -> None:
    with app.app_context():
        ahead = ahead_of_database()
        if engine == "sqlite":
            assert ahead is None
        else:
            assert ahead is not None
            assert abs(ahead) < timedelta(seconds=5)


def test_nothing_waits_longer_because_the_clock_was_set_back(app: Flask, machine: Machine) -> None:
    with app.app_context():
        soon, later = queue_one("soon"), queue_one("later")
        due = {soon: machine.at + MINUTE, later: machine.at + timedelta(hours=6)}
        for message_id, at in due.items():
            unit_of_work(partial(put_off, message_id, at))
        assert count_by_itself("pace", timedelta(minutes=30), 5) == 5
        watch, back = ClockWatch(), timedelta(hours=7)
        at = machine.wait(MINUTE * 2, wall=MINUTE * 2 - back)
        watch.look(at)
        assert candidates(OutboxMessage, at, 10) == [soon]
        assert row(later).look_at == due[later] - back
        machine.wait(timedelta(minutes=29))
        assert count_by_itself("pace", timedelta(minutes=30), 1) == 1


@pytest.mark.parametrize("back", [timedelta(hours=7), timedelta(days=400, seconds=12345.7)])
def test_two_workers_note_a_jump_once(app: Flask, machine: Machine, back: timedelta) -> None:
    with app.app_context():
        later = queue_one("later")
        due = machine.at + back + timedelta(hours=13)
        unit_of_work(lambda: put_off(later, due))
        workers = ClockWatch(), ClockWatch()
        machine.wait(MINUTE, wall=MINUTE - back)
        for watch in workers:
            watch.look(machine.wait(timedelta(seconds=30)))
        assert jumps() == [pytest.approx(-back.total_seconds(), rel=1e-5)]
        assert row(later).look_at == due - back


def test_a_jump_that_could_not_be_noted_is_noted_at_the_next_look(
    app: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(_work: object) -> None:
        raise ConnectionError("the database is away")

    with app.app_context():
        watch = ClockWatch()
        at = machine.wait(MINUTE, wall=MINUTE - timedelta(hours=7))
        with monkeypatch.context() as away:
            away.setattr(clock_watch, "unit_of_work", is_away)
            with pytest.raises(ConnectionError):
                watch.look(at)
        for _ in range(2):
            watch.look(machine.wait(MINUTE))
        assert jumps() == [-7 * 3600]


def test_what_a_dead_worker_held_comes_back_and_a_living_one_keeps_its_own(
    app: Flask, machine: Machine
) -> None:
    with app.app_context():
        dead, living = queue_one("dead"), queue_one("living")
        watch, lease = ClockWatch(), timedelta(minutes=2)
        assert claim(OutboxMessage, dead, machine.at + MINUTE, lease)
        at = machine.wait(MINUTE, wall=MINUTE - timedelta(hours=7))
        unit_of_work(partial(put_off, living, at))
        assert claim(OutboxMessage, living, at, lease)
        watch.look(at)
        assert candidates(OutboxMessage, at + MINUTE, 10) == []
        assert candidates(OutboxMessage, at + clock_watch.LONGEST_LEASE, 10) == [dead, living]


def put_off(message_id: int, at: datetime) -> None:
    db.session.get_one(OutboxMessage, message_id).look_at = at
