"""The file of a SQLite database may be moved away under those who have it open; nothing is written into the void."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from helpdesk.app import create_app
from helpdesk.lib.database import db
from helpdesk.lib.database_file import name_of
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.databases import SqliteTemplate, settings_for
from tests.support.standing import Standing

pytestmark = pytest.mark.engines("sqlite")


def texts() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Ticket.text).order_by(Ticket.id)))


def test_no_complaint_is_taken_into_a_file_that_was_moved_away(
    cast: Cast, client: FlaskClient, standing: Standing
) -> None:
    cast.complain("Antrean obat dua jam.")
    assert client.get("/").status_code == 200
    away = standing.file.rename(standing.file.with_name("away.db"))
    db.session.rollback()
    with pytest.raises(OperationalError, match="unable to open database file"):
        cast.complain("Lift mati.")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "ready": False,
        "database": "The file of the database is gone.",
        "schema": "unknown",
        "storage": "ok",
    }
    astray = client.get("/tidak-ada")
    assert (astray.status_code, "sebentar" in astray.text) == (503, True)
    assert not standing.file.exists(), "nobody made an empty one in its place"
    away.rename(standing.file)
    cast.complain("Parkir penuh.")
    assert texts() == ["Antrean obat dua jam.", "Parkir penuh."]
    assert client.get("/readyz").status_code == 200


def test_who_had_the_old_file_open_goes_on_in_the_one_that_took_its_place(
    cast: Cast, standing: Standing, sqlite_template: SqliteTemplate
) -> None:
    cast.complain("Antrean obat dua jam.")
    sqlite_template.copy_to(standing.file)
    assert texts() == []


def test_only_what_brings_the_tables_makes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "house.db"
    app = create_app(settings_for(f"sqlite:///{file}", tmp_path / "instance"))
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["backup", str(tmp_path / "backup")])
    assert refused.exit_code == 1
    assert f"There is nothing to back up in sqlite:///{file}." in refused.output
    assert sorted(each.name for each in tmp_path.iterdir()) == ["instance"]
    upgraded = runner.invoke(args=["upgrade"])
    assert upgraded.exit_code == 0, upgraded.output
    assert f"Backup: none. sqlite:///{file} has no tables yet." in upgraded.output
    assert file.stat().st_mode & 0o777 == 0o600
    close(app)


def test_no_password_is_said_with_the_name_of_a_database(tmp_path: Path) -> None:
    url = "mysql+pymysql://tanggap:rahasia@127.0.0.1:9/tanggap?charset=utf8mb4"
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        assert name_of(db.engine) == url.replace("rahasia", "***")


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
