"""The audit trail: whole, append-only, and telling when somebody reached into the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.audit import trail
from helpdesk.audit.search import Search, find_entries
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work

ALTER = "UPDATE audit_entries SET actor_label = 'Orang lain' WHERE id = :id"
AYU = Actor(ActorKind.STAFF, "Ayu Lestari", user_id=7)
REMOVE = "DELETE FROM audit_entries WHERE id = :id"


@pytest.fixture
def ids(app: Flask) -> Iterator[list[int]]:
    """Six entries, each in its own unit of work."""
    with app.app_context():
        yield [
            unit_of_work(
                lambda number=number: trail.record(
                    "unit_edited",
                    by=AYU,
                    subject=("unit", number),
                    details={"after": {"name_id": f"Poli {number} – anak"}},
                )
            ).id
            for number in range(6)
        ]


@contextmanager
def _without_triggers() -> Iterator[None]:
    """As somebody could who rules the database; on MariaDB the next test wants them back."""
    made = []
    if db.engine.dialect.name != "sqlite":
        for name in ("refuse_audit_update", "refuse_audit_delete"):
            made.append(db.session.execute(text(f"SHOW CREATE TRIGGER {name}")).one()[2])
    for name in ("refuse_audit_update", "refuse_audit_delete"):
        unit_of_work(lambda name=name: db.session.execute(text(f"DROP TRIGGER {name}")))
    try:
        yield
    finally:
        for statement in made:
            unit_of_work(lambda statement=statement: db.session.execute(text(statement)))


def _run(statement: str, **values: object) -> None:
    unit_of_work(lambda: db.session.execute(text(statement), values))


def test_what_was_sealed_before_an_upgrade_stays_whole_after_it(app: Flask) -> None:
    """The digest by which the very same entry was sealed by every version of the program so far."""
    with app.app_context(), clock.standing_at(datetime(2026, 11, 2, 3, 4, 5, 6, tzinfo=UTC)):
        entry = unit_of_work(
            lambda: trail.record(
                "unit_edited",
                by=AYU,
                subject=("unit", 3),
                details={"after": {"name_id": "Poli – anak"}},
            )
        )
        assert entry.digest == "735ce45213a636aa929d7136c89515269941c0c2dea4b25f74b086cc6c1a71c2"


def test_a_trail_that_nobody_touched_is_whole(ids: list[int]) -> None:
    assert list(trail.broken_links()) == []
    assert list(trail.broken_links(newest=3)) == []
    assert list(trail.broken_links(newest=100)) == []


@pytest.mark.parametrize("statement", [ALTER, REMOVE])
def test_the_database_itself_refuses_to_change_it(ids: list[int], statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        _run(statement, id=ids[2])
    assert list(trail.broken_links()) == []


def test_an_altered_entry_shows(ids: list[int]) -> None:
    with _without_triggers():
        _run(ALTER, id=ids[2])
    assert list(trail.broken_links()) == [f"entry {ids[2]} was altered"]


def test_a_removed_entry_shows(ids: list[int]) -> None:
    with _without_triggers():
        _run(REMOVE, id=ids[2])
    assert f"entry {ids[3]} does not follow the entry before it" in list(trail.broken_links())


def test_removed_newest_entries_show(ids: list[int]) -> None:
    with _without_triggers():
        _run(REMOVE, id=ids[5])
    assert list(trail.broken_links()) == ["the newest entries are missing"]
    assert list(trail.broken_links(newest=2)) != []


def test_a_forged_entry_shows(ids: list[int]) -> None:
    entry = db.session.get_one(trail.AuditEntry, ids[5])
    _run(
        "INSERT INTO audit_entries (at, actor_label, act, subject_kind, details, previous_digest,"
        " digest) VALUES (:at, 'Ayu', 'sign_in', '', '{}', :previous, :digest)",
        at=entry.at.replace(tzinfo=None),
        previous=entry.digest,
        digest="f" * 64,
    )
    assert f"entry {ids[5] + 1} was altered" in list(trail.broken_links())


def test_what_was_rolled_back_leaves_no_gap(ids: list[int]) -> None:
    def fail() -> None:
        trail.record("sign_in", by=AYU)
        raise LookupError("something went wrong afterwards")

    with pytest.raises(LookupError):
        unit_of_work(fail)
    unit_of_work(lambda: trail.record("sign_out", by=AYU))
    assert list(trail.broken_links()) == []


def test_pages_of_the_trail_follow_each_other(ids: list[int]) -> None:
    first = find_entries(Search(), limit=4)
    second = find_entries(Search(), before_id=first[-1].id, limit=4)
    assert [entry.id for entry in [*first, *second]] == ids[::-1]
