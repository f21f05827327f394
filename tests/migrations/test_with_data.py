"""A house that began at the first schema is carried forward with everything in it, on both engines."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    MetaData,
    Table,
    column,
    func,
    inspect,
    select,
    table,
    text,
)

from helpdesk.app import create_app
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.schema import Fit, schema_state
from helpdesk.lib.storage import get_storage
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.clocks import running
from helpdesk.tickets.records import Question
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.databases import settings_for

LIVED = json.loads(gzip.decompress((Path(__file__).parent / "lived_at_0001.json.gz").read_bytes()))
TABLES: dict[str, list[dict[str, Any]]] = LIVED["tables"]
PLACES: dict[str, Any] = LIVED["places"]
SEARCH = "ticket_search"
ORPHAN = 9999
NOON = "2026-11-20T05:00:00"


@pytest.fixture
def old_house(blank_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The house as it was at 0001: its tables, every row, every file."""
    app = create_app(settings_for(blank_url, tmp_path / "instance"))
    with app.app_context():
        flask_migrate.upgrade(revision="0001")
        with db.engine.begin() as connection:
            move_in(connection)
        for digest, content in LIVED["files"].items():
            assert get_storage().put(base64.b64decode(content)) == digest
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def move_in(connection: Connection) -> None:
    """Write every row as it stood, whatever the order of the tables."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET foreign_key_checks = 0"))
    tables = MetaData()
    tables.reflect(connection, only=[name for name in TABLES if name != SEARCH])
    for name, rows in TABLES.items():
        if name == SEARCH:
            continue
        there = tables.tables[name]
        if name == "audit_head":
            connection.execute(there.delete())  # the migration began an empty trail
        connection.execute(there.insert(), [stored(there, row) for row in rows])
    key = "rowid" if connection.dialect.name == "sqlite" else "ticket_id"
    search = table(SEARCH, column(key), column("care_words"), column("unit_words"))
    words = [{key: row.pop("ticket_id"), **row} for row in map(dict, TABLES[SEARCH])]
    connection.execute(search.insert(), words)


def stored(there: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the file as the driver wants it."""
    return {name: _stored(there.columns[name].type, value) for name, value in row.items()}


def _stored(kind: object, value: Any) -> Any:
    if isinstance(kind, DateTime) and value is not None:
        return datetime.fromisoformat(value)
    if isinstance(kind, Date) and value is not None:
        return date.fromisoformat(value)
    is_text_there = isinstance(value, (dict, list)) and type(kind).__name__ != "JSON"
    return json.dumps(value, ensure_ascii=False) if is_text_there else value


def counts() -> dict[str, int]:
    """How many rows the tables of old have now."""
    with db.engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table(name)))
            for name in TABLES
        }


def test_the_old_house_has_something_in_every_table(old_house: Flask) -> None:
    with old_house.app_context():
        found = {
            name
            for name in inspect(db.engine).get_table_names()
            if not name.startswith(f"{SEARCH}_") and name != "alembic_version"
        }
        assert found == set(TABLES)
        assert all(TABLES.values())
        assert counts() == {name: len(rows) for name, rows in TABLES.items()}


def test_it_is_carried_forward_whole(old_house: Flask) -> None:
    with old_house.app_context():
        leave_card_behind()
        state = schema_state()
        assert (state.revision, state.fit) == ("0001", Fit.OLDER)
        result = old_house.test_cli_runner().invoke(args=["upgrade"])
        assert result.exit_code == 0, result.output
        assert f"0001 → {state.head}" in result.output
        assert result.output.endswith("Done. Start web and worker.\n")
        assert schema_state().fit is Fit.SAME
        lost = {
            name: (len(rows), counts()[name])
            for name, rows in TABLES.items()
            if counts()[name] < len(rows)
        }
        assert lost == {}
        with db.engine.connect() as connection:
            cards = connection.scalars(select(Complainant.id)).all()
        assert ORPHAN not in cards, "no ticket names it"


def leave_card_behind() -> None:
    """As a correction of somebody's contacts once did."""
    with db.engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection, only=["complainants", "identifiers"])
        card = TABLES["complainants"][0] | {"id": ORPHAN}
        known = TABLES["identifiers"][0] | {"id": ORPHAN, "complainant_id": ORPHAN}
        for name, row in (("complainants", card), ("identifiers", known)):
            there = tables.tables[name]
            connection.execute(there.insert(), stored(there, row))


def test_what_was_over_long_ago_is_known_to_be_over(old_house: Flask) -> None:
    with old_house.app_context():
        flask_migrate.upgrade()
        tickets = db.session.scalars(select(Ticket)).all()
        known = {one.id: one.ended_at for one in tickets}
        is_over = {one.id: not one.is_open and not running(one) for one in tickets}
        closed = {one.id: one.closed_at for one in tickets if is_over[one.id] and one.closed_at}
    assert {key: at is not None for key, at in known.items()} == is_over
    assert closed
    assert closed.items() <= known.items()


def test_people_find_everything_where_it_was(old_house: Flask) -> None:
    with old_house.app_context():
        flask_migrate.upgrade()
    numbers = [PLACES[name] for name in ("new", "work", "late", "answered", "closed", "guarded")]
    sari = Cast().sign_in(old_house.test_client(), "sari")
    for number in numbers:
        assert sari.get(f"/kerja/tiket/{number}").status_code == 200, number
    listed = sari.get("/kerja?tampilan=semua").get_data(as_text=True)
    assert str(PLACES["work"]) in listed
    assert str(PLACES["work"]) in sari.get("/kerja/cari?cari=obat").get_data(as_text=True)
    visitor = old_house.test_client()
    link = f"/k/{PLACES['answered_link']}"
    page = visitor.get(link, follow_redirects=True)
    assert (page.status_code, str(PLACES["answered"]) in page.text) == (200, True)
    for name, path in (("hanifah", "/pimpinan/"), ("ayu", "/admin/"), ("budi", "/kerja")):
        answer = Cast().sign_in(old_house.test_client(), name).get(path)
        assert answer.status_code == 200, path


def test_work_goes_on(old_house: Flask) -> None:
    from helpdesk import worker

    with old_house.app_context():
        flask_migrate.upgrade()
        assert [job.name for job in worker.JOBS if not worker.run_job(old_house, job)] == []
        before = db.session.scalar(select(func.count()).select_from(db.metadata.tables["tickets"]))
        Cast().complain("Lift mati lagi.")
        tickets = select(func.count()).select_from(db.metadata.tables["tickets"])
        assert db.session.scalar(tickets) == (before or 0) + 1
        checked = old_house.test_cli_runner().invoke(args=["check", "all"])
        assert checked.exit_code == 0, checked.output


def test_a_day_that_was_closed_twice_is_closed_once(old_house: Flask) -> None:
    with old_house.app_context():
        flask_migrate.upgrade(revision="0012")
        days = Table("holidays", MetaData(), autoload_with=db.engine)
        empty = dict.fromkeys(("name_id", "name_en"), "Hari jadi") | {"calendar_key": 0}
        with db.engine.begin() as connection:
            connection.execute(
                days.insert(),
                [
                    {**empty, "on": date(2031, 6, day), "kind": kind, "is_active": is_active}
                    for day, kind, is_active in (
                        (1, "national", False),  # one that was switched off gives way
                        (1, "local", True),
                        (2, "national", True),  # of two that close the day, the first one stays
                        (2, "collective", True),
                        (3, "local", False),
                    )
                ],
            )
        flask_migrate.upgrade()
        left = select(days.c.on, days.c.kind).where(days.c.on >= date(2031, 6, 1)).order_by("on")
        assert [(row.on.day, row.kind) for row in db.session.execute(left)] == [
            (1, "local"),
            (2, "national"),
            (3, "local"),
        ]


def test_what_was_answered_and_has_no_follow_up_is_called_for(old_house: Flask) -> None:
    with old_house.app_context():
        flask_migrate.upgrade(revision="0014")
        clocks = Table("sla_clocks", MetaData(), autoload_with=db.engine)
        tickets = Table("tickets", MetaData(), autoload_with=db.engine)
        _prefix, year, seq, _check = str(PLACES["answered"]).split("-")
        is_answered = (tickets.c.number_year == 2000 + int(year)) & (
            tickets.c.number_seq == int(seq)
        )
        with db.engine.begin() as connection:
            ticket_id = connection.scalar(select(tickets.c.id).where(is_answered))
            statutory = (clocks.c.ticket_id == ticket_id) & (clocks.c.kind == "answer")
            connection.execute(clocks.update().where(statutory).values(stopped_at=None))
        flask_migrate.upgrade()
    page = (
        Cast().sign_in(old_house.test_client(), "sari").get("/kerja?tampilan=perlu-tindak-lanjut")
    )
    assert [str(PLACES[name]) in page.text for name in ("answered", "work")] == [True, False]


def test_what_was_heard_in_voice_messages_is_hidden_from_units_afterwards(old_house: Flask) -> None:
    heard, corrected = "Isi pesan suara: Saya Rina.", "Voice message, as heard: Saya Rina Marlina."
    with old_house.app_context():
        flask_migrate.upgrade(revision="0015")
        with db.engine.begin() as connection:
            talked, other = connection.scalars(text("SELECT id FROM tickets ORDER BY id LIMIT 2"))
            hear_a_voice(connection, talked, "Saya Rina Marlina.")
            for said in (heard, corrected, "Keluarga sudah ditelepon."):
                write_note(connection, talked, said)
            write_note(connection, other, heard)
        flask_migrate.upgrade()
        read = (
            "SELECT text, audience FROM ticket_events WHERE kind = 'note' AND actor_label = 'Sari'"
        )
        assert [tuple(row) for row in db.session.execute(text(f"{read} ORDER BY id"))] == [
            (heard, "care"),
            (corrected, "care"),
            ("Keluarga sudah ditelepon.", "staff"),
            (heard, "staff"),  # nobody spoke there: somebody wrote it in their own words
        ]


def test_an_open_question_gets_the_moment_that_was_named(old_house: Flask) -> None:
    with old_house.app_context():
        flask_migrate.upgrade(revision="0024")
        with db.engine.begin() as connection:
            ticket_id = connection.scalar(text("SELECT ticket_id FROM questions LIMIT 1"))
            named, unnamed, late = (
                add_row(
                    connection, "questions", ticket_id=ticket_id, text="Kapan?", asked_at=NOON, answer=""
                )
                for _ in range(3)
            )  # fmt: skip
            for question_id, until in ((named, "2031-06-02T05:00"), (late, "2020-06-02T05:00")):
                add_row(
                    connection, "ticket_events", ticket_id=ticket_id, kind="ask", at=NOON, recorded_at=NOON,
                    details={"question_id": question_id, "due_at": f"{until}:00+00:00"},
                    actor_kind="staff", actor_label="Sari", audience="public", text="Kapan?",
                )  # fmt: skip
        before = clock.now()
        flask_migrate.upgrade()
        due = dict(db.session.execute(select(Question.id, Question.due_at)).all())
        assert due[named] == datetime(2031, 6, 2, 5, tzinfo=UTC)
        assert due[unnamed] is None
        assert due[late] is not None
        assert due[late] >= before, "no work becomes late in days on which it was said to rest"
        looks = dict(db.session.execute(select(Question.id, Question.look_at)).all())
        assert looks == due


def hear_a_voice(connection: Connection, ticket_id: int, transcript: str) -> None:
    """A voice message from WhatsApp on this ticket, with what was heard in it."""
    post = add_row(
        connection, "inbox", channel="whatsapp", key="k", raw_digest="0" * 64, size=1, attempts=0, error="",
        fate="split", reason="", sender="", subject="", arrived_at=NOON,
    )  # fmt: skip
    contact = add_row(
        connection, "whatsapp_contacts", profile_name="Rina", language="id", created_at=NOON
    )
    add_row(
        connection, "whatsapp_messages", reference="r", provider_id="p", kind="audio", text="", facts={}, fate="opened",
        media_state="taken", media_attempts=1, media_error="", reason="", said_at=NOON, arrived_at=NOON,
        inbox_id=post, contact_id=contact, ticket_id=ticket_id, transcript=transcript,
    )  # fmt: skip


def write_note(connection: Connection, ticket_id: int, said: str) -> None:
    """Sari's note on this ticket, for everybody at work on it."""
    add_row(
        connection, "ticket_events", ticket_id=ticket_id, kind="note", at=NOON, recorded_at=NOON, details={},
        actor_kind="staff", actor_label="Sari", audience="staff", text=said,
    )  # fmt: skip


def add_row(connection: Connection, name: str, **row: Any) -> int:
    """Add a row to a table as it is at this revision; gives its id."""
    there = Table(name, MetaData(), autoload_with=connection)
    return int(connection.execute(there.insert(), stored(there, row)).inserted_primary_key[0])


def test_patient_safety_is_reviewed_as_red_and_nothing_else_is(old_house: Flask) -> None:
    with old_house.app_context():
        flask_migrate.upgrade(revision="0021")
        with db.engine.begin() as connection:
            safety = add_row(
                connection, "categories", code="keselamatan", name_id="Keselamatan pasien", name_en="Patient safety",
                examples_id="", examples_en="", is_sensitive=False, position=1, is_active=True, version=1,
            )  # fmt: skip
        flask_migrate.upgrade()
        reviewed = text("SELECT id FROM categories WHERE needs_red_review")
        assert db.session.scalars(reviewed).all() == [safety]
        assert db.session.scalars(text("SELECT id FROM tickets WHERE sounds_urgent")).all() == []


def test_what_sounded_urgent_and_was_graded_is_no_alarm_today(old_house: Flask) -> None:
    with old_house.app_context():
        flask_migrate.upgrade(revision="0034")
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE tickets SET sounds_urgent = 1"))
        flask_migrate.upgrade()
        marked = text("SELECT DISTINCT status FROM tickets WHERE sounds_urgent")
        assert db.session.scalars(marked).all() == ["received"]
