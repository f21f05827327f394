"""The small commands: they call their verb and say what came of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import text, update

from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla.holiday_editing import DayOff, add_holiday
from helpdesk.sla.models import HolidayKind
from helpdesk.tickets.recomputing import recompute_changed
from helpdesk.tickets.records import SlaClock
from tests.messaging.builders import queue_one
from tests.support.cast import Cast
from tests.tickets.steps import dispose


def test_delivering_by_hand(app: Flask) -> None:
    with app.app_context():
        queue_one()
    result = app.test_cli_runner().invoke(args=["outbox", "deliver"])
    assert (result.exit_code, result.output) == (0, "1 sent, 0 delayed, 0 failed\n")


def test_sweeping_by_hand(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["sla", "sweep"])
    assert (result.exit_code, result.output) == (0, "0 clocks handled\n")


def test_sound_records_are_said_to_be_sound(app: Flask) -> None:
    runner = app.test_cli_runner()
    for check in ("audit", "clocks"):
        result = runner.invoke(args=["check", check])
        assert result.exit_code == 0, result.output
        assert result.output.endswith(".\n")


def test_a_trail_that_was_cut_is_named_and_ends_with_one(app: Flask) -> None:
    with app.app_context():
        unit_of_work(lambda: trail.record("user.added", actor_id=None, actor_label="Ayu"))
        unit_of_work(lambda: db.session.execute(text("UPDATE audit_head SET entries = 2")))
    result = app.test_cli_runner().invoke(args=["check", "audit"])
    assert result.exit_code == 1
    assert "newest entries are missing" in result.output


def test_deadlines_that_are_being_counted_again_are_no_fault(app: Flask, cast: Cast) -> None:
    """Hours were changed, the worker was stopped, and the program is upgraded."""
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    while recompute_changed(clock.now()):
        pass
    off = DayOff(clock.now().date() + timedelta(days=1), HolidayKind.LOCAL, "Pilkada")
    unit_of_work(lambda: add_holiday(off, by=cast.actor("ayu")))
    result = app.test_cli_runner().invoke(args=["upgrade", "--without-backup"])
    assert result.exit_code == 0, result.output
    assert "deadlines are still being counted again" in result.output
    while recompute_changed(clock.now()):
        pass
    result = app.test_cli_runner().invoke(args=["check", "clocks"])
    assert (result.exit_code, result.output) == (0, "Every deadline is right.\n")


def test_a_wrong_deadline_that_nobody_counts_again_is_a_fault(app: Flask, cast: Cast) -> None:
    cast.complain()
    while recompute_changed(clock.now()):
        pass
    late = {SlaClock.due_at: clock.now() + timedelta(days=300)}
    unit_of_work(lambda: db.session.execute(update(SlaClock).values(late)))
    result = app.test_cli_runner().invoke(args=["check", "clocks"])
    assert result.exit_code == 1
    assert "should say" in result.output
