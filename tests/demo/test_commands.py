"""``flask demo``: only where the demo is on, and only on a database of its own."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from helpdesk.demo import load
from helpdesk.demo.marks import is_loaded
from tests.demo.conftest import demo_app
from tests.support.cast import Cast
from tests.support.databases import SqliteTemplate


def test_without_the_demo_nothing_is_loaded_or_removed(app: Flask, cast: Cast) -> None:
    for act in ("load", "reset"):
        result = app.test_cli_runner().invoke(args=["demo", act])
        assert result.exit_code == 1
        assert "Run it with DEMO=1" in result.output


def test_loading_by_hand(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    app = demo_app(sqlite_template, tmp_path)
    with app.app_context():
        load.load_demo(count=2)
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert (result.exit_code, result.output) == (0, "The demo is loaded.\n")
    with app.app_context():
        assert is_loaded()


def test_resetting_what_is_no_demo_is_refused(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    app = demo_app(sqlite_template, tmp_path)
    result = app.test_cli_runner().invoke(args=["demo", "reset"])
    assert result.exit_code == 1
    assert "This database is no demo. Nothing was removed." in result.output
