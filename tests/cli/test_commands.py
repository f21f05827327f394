"""The small commands: they call their verb and say what came of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update

from helpdesk.accounts.actor import Actor
from helpdesk.app import create_app
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla.holiday_editing import DayOff, add_holiday
from helpdesk.sla.models import HolidayKind
from helpdesk.tickets.recomputing import recompute_changed
from helpdesk.tickets.records import SlaClock
from tests.messaging.builders import queue_one
from tests.support.cast import Cast
from tests.support.databases import settings_for
from tests.support.up import free_port
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
        unit_of_work(lambda: trail.record("user.added", by=Actor.system()))
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


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "words",
    [
        ("setup",),
        ("sla", "sweep"),
        ("outbox", "deliver"),
        ("summary", "--month", "2026-10"),
        ("account", "reset-second-factor", "ayu"),
        ("check", "clocks"),
    ],
    ids=" ".join,
)
def test_before_the_first_upgrade_a_command_says_what_to_do(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "instance"))
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert "run `make upgrade`" in line


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "words", [("check", "all"), ("upgrade",), ("up",), ("db", "upgrade")], ids=" ".join
)
def test_a_database_that_is_away_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    away = settings_for("mysql+pymysql://u:rahasia@127.0.0.1:9/x", tmp_path, port=free_port())
    result = create_app(away).test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert line.startswith("Error: The database cannot be reached: Can't connect to MySQL server")
    assert "rahasia" not in line


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "words", [("check", "all"), ("backup", "DIR"), ("up",), ("db", "upgrade")], ids=" ".join
)
def test_a_file_that_is_no_database_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "house.db"
    file.write_bytes(b"what a broken disk gives back" * 1000)
    harmed = settings_for(f"sqlite:///{file}", tmp_path / "instance", port=free_port())
    arguments = [word.replace("DIR", str(tmp_path / "copy")) for word in words]
    result = create_app(harmed).test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert "file is not a database" in line
    assert "restore your backup" in line


def test_nobody_has_no_second_factor(app: Flask, cast: Cast) -> None:
    for name, said in (("nobody", "There is no account 'nobody'."), ("ayu", "no second factor")):
        result = app.test_cli_runner().invoke(args=["account", "reset-second-factor", name])
        assert result.exit_code == 1
        assert said in result.output
