"""An installation that has tickets already gets its figures: the migration notes every day that has one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
from sqlalchemy import Column, Connection, Date, DateTime, MetaData, Table, insert, text
from sqlalchemy.types import String

from helpdesk.app import create_app
from helpdesk.lib.database import db
from tests.support.databases import settings_for

DAYS = (date(2026, 10, 31), date(2026, 10, 31), date(2026, 11, 1))


def test_every_day_with_a_ticket_is_noted_once(blank_url: str, tmp_path: Path) -> None:
    app = create_app(settings_for(blank_url, tmp_path))
    with app.app_context():
        flask_migrate.upgrade(revision="0001")
        with db.engine.begin() as connection:
            _put(connection, "policy_versions", id=1)
            for number, day in enumerate(DAYS, start=1):
                facts = {"number_seq": number, "received_on": day, "policy_version_id": 1}
                _put(connection, "tickets", id=number, **facts)
        flask_migrate.upgrade(revision="0002")
        with db.engine.connect() as connection:
            noted = connection.execute(
                text("SELECT received_on, ticket_id FROM days_touched ORDER BY received_on")
            ).all()
        db.engine.dispose()
    assert [(str(day), ticket_id) for day, ticket_id in noted] == [
        ("2026-10-31", 1),
        ("2026-11-01", 3),
    ]


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
