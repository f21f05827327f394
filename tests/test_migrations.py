"""The schema that migrations make is the schema that the models describe, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.database import db, unit_of_work
from tests.support.databases import migrate


def ours(_thing: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    return not (kind == "table" and (name or "").startswith("ticket_search"))


def test_migrations_and_models_agree(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        options = {"include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_migrating_twice_changes_nothing(blank_url: str, tmp_path: Path) -> None:
    migrate(blank_url, tmp_path)
    migrate(blank_url, tmp_path)


def test_every_text_table_takes_any_script(app: Flask) -> None:
    with app.app_context():
        said = "Naha teu cair? 🙏 ꧋ꦥꦥꦏꦶ"
        unit_of_work(lambda: trail.record("said", by=Actor.system(), details={"t": said}))
        db.session.expire_all()
        assert db.session.query(trail.AuditEntry).one().details["t"] == said


@pytest.mark.parametrize("act", ["UPDATE audit_entries SET act = 'x'", "DELETE FROM audit_entries"])
def test_the_audit_trail_refuses_to_be_changed(app: Flask, act: str) -> None:
    with app.app_context():
        unit_of_work(lambda: trail.record("signed_in", by=Actor.system()))
        with pytest.raises(DBAPIError, match="append-only"):
            unit_of_work(lambda: db.session.execute(text(act)))
        assert list(trail.broken_links()) == []


def test_every_table_has_a_primary_key(app: Flask) -> None:
    with app.app_context():
        tables = inspect(db.engine)
        shadows = "ticket_search_"
        names = [name for name in tables.get_table_names() if not name.startswith(shadows)]
        without = [
            name for name in names if not tables.get_pk_constraint(name)["constrained_columns"]
        ]
        assert [name for name in without if name != "ticket_search"] == []
