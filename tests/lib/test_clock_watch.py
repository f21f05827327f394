"""A clock that is set while the worker runs is noticed; sleeping and small corrections are not a jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.lib import clock_watch
from helpdesk.lib.clock_watch import ClockJump, ClockWatch, ahead_of_database, newest_jump
from helpdesk.lib.database import db

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
