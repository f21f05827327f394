"""The small commands: they call their verb and say what came of it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from helpdesk.audit import trail
from helpdesk.lib.database import db, unit_of_work
from tests.messaging.builders import queue_one


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
