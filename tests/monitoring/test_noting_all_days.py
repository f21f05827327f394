"""An installation that has tickets already gets its figures: a migration notes the days that are counted otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from sqlalchemy import Column, Connection, Date, DateTime, MetaData, Table, insert, text
from sqlalchemy.types import String

from helpdesk.app import create_app
from helpdesk.lib.database import db
from tests.support.databases import settings_for

DAYS = (date(2026, 10, 31), date(2026, 10, 31), date(2026, 11, 1))


@pytest.mark.parametrize(("revision", "before"), [("0002", "0001"), ("0032", "0031")])
def test_every_day_with_a_ticket_is_noted_once(
    revision: str, before: str, blank_url: str, tmp_path: Path
) -> None:
    noted = _noted_by(revision, before, blank_url, tmp_path)
    assert noted == [("2026-10-31", 1), ("2026-11-01", 3)]


def test_a_day_that_received_no_trouble_of_the_house_is_noted(
    blank_url: str, tmp_path: Path
) -> None:
    """It counted as coming back; the other day stays as it is."""
    statuses = ("closed", "spam", "closed")
    assert _noted_by("0018", "0017", blank_url, tmp_path, statuses) == [("2026-10-31", 2)]


def _noted_by(
    revision: str, before: str, url: str, tmp_path: Path, statuses: tuple[str, ...] = ("",) * 3
) -> list[tuple[str, int]]:
    """Three tickets as the schema of *before* wants them, and the days that *revision* notes."""
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        flask_migrate.upgrade(revision=before)
        with db.engine.begin() as connection:
            _put(connection, "policy_versions", id=1)
            for number, (day, status) in enumerate(zip(DAYS, statuses, strict=True), start=1):
                facts = {"received_on": day, "policy_version_id": 1, "status": status}
                _put(connection, "tickets", id=number, number_seq=number, **facts)
        flask_migrate.upgrade(revision=revision)
        with db.engine.connect() as connection:
            noted = connection.execute(
                text("SELECT received_on, ticket_id FROM days_touched ORDER BY received_on")
            ).all()
        db.engine.dispose()
    return [(str(day), ticket_id) for day, ticket_id in noted]


def _put(connection: Connection, name: str, **facts: Any) -> None:
    """One row as the schema of that revision wants it."""
    table = Table(name, MetaData(), autoload_with=connection)
    row = {column.name: _any_value(column) for column in table.c}
    connection.execute(insert(table), row | facts)


def _any_value(column: Column[Any]) -> Any:
    """Nothing where that is allowed, else something of its type."""
    if column.nullable:
        return None
    if isinstance(column.type, Date):
        return DAYS[0]
    if isinstance(column.type, DateTime):
        return datetime(2026, 10, 31, tzinfo=UTC)
    return "" if isinstance(column.type, String) else 0
