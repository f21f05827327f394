"""A mark in every word that a complaint may hold, and where it is found afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, String, Table, func, inspect, select, text, update

from helpdesk.lib import clock
from helpdesk.lib.database import Json, db, unit_of_work
from helpdesk.lib.storage import NAMES_A_FILE, get_storage
from helpdesk.messaging.senders.console import outbox_folder
from helpdesk.tickets import search
from helpdesk.tickets.ticket import Ticket
from tests.architecture.schema import tables
from tests.support.webhooks import message, post

MARK = "zqxwati"
SHORT = 12  # characters: a shorter column holds a code


def plant(ticket: Ticket, kept: Mapping[str, Collection[str]]) -> None:
    """Write the mark into all of the tables of *kept*, but for the columns that it names, and into their files."""
    unit_of_work(lambda: _add_what_came_in(ticket))
    for table in tables():
        for column in _words_of(table, kept) if table.name in kept else ():
            keys = [tuple(key) for key in db.session.execute(select(*table.primary_key))]
            assert keys, f"there is nothing in {table.name}"
            for place, key in enumerate(keys):
                unit_of_work(lambda c=column, k=key, p=place: _write(c, k, p))
    db.session.expire_all()
    unit_of_work(lambda: search.index_ticket(db.session.get_one(Ticket, ticket.id)))
    outbox_folder().mkdir(exist_ok=True)
    (outbox_folder() / "1.txt").write_text(MARK)
    sent = text("UPDATE outbox SET provider_ref = 'console:1' WHERE id = 1")
    unit_of_work(lambda: db.session.execute(sent))


def traces() -> set[str]:
    """Where the mark is: names of tables, and of what lies beside the database."""
    db.session.rollback()
    names = inspect(db.engine).get_table_names()
    found = {name for name in names if MARK in str(_rows(name)).lower()}
    storage = get_storage()
    files = [storage.open(digest) for digest in storage.digests()]
    if any(MARK.encode() in file.read() for file in files):
        found.add("files")
    if any(MARK in file.read_text() for file in outbox_folder().iterdir()):
        found.add("outbox folder")
    if db.engine.dialect.name == "sqlite" and MARK.encode() in _whole_file():
        found.add("database file")
    return found


def _rows(table_name: str) -> list[Any]:
    rows = list(db.session.execute(text(f"SELECT * FROM {table_name}")))  # noqa: S608 - our own names
    db.session.rollback()
    return rows


def _whole_file() -> bytes:
    db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    db.session.rollback()
    with open(str(db.engine.url.database), "rb") as file:  # noqa: PTH123
        return file.read()


def _words_of(table: Table, kept: Mapping[str, Collection[str]]) -> Iterator[Column[Any]]:
    for column in table.columns:
        is_words = isinstance(column.type, Json) or (
            isinstance(column.type, String) and (column.type.length or SHORT) >= SHORT
        )
        if is_words and column.name not in kept[table.name]:
            yield column


def _write(column: Column[Any], key: tuple[Any, ...], place: int) -> None:
    its = [one == value for one, value in zip(column.table.primary_key, key, strict=True)]
    value: Any = f"{MARK}{place}"
    if NAMES_A_FILE.items() <= column.info.items():
        value = get_storage().put(f"{MARK} {column} {place}".encode())
    elif isinstance(column.type, Json):
        before = db.session.scalar(select(column).where(*its))
        more = {
            "x": MARK,
            "sender": MARK,
            "from": {"name": MARK},
            "all": [{"one": [MARK]}],
            "mail": {"x": MARK},
        }
        value = {**(before if isinstance(before, dict) else {}), **more}
    db.session.execute(update(column.table).where(*its).values({column.name: value}))


def _add_what_came_in(ticket: Ticket) -> None:
    """What a complaint may have besides: an email and a message of WhatsApp, papers, files, a word from above."""
    at, own = clock.now(), {"ticket_id": ticket.id}
    about = {"subject_kind": "ticket", "subject_id": ticket.id}
    mail, posted = (get_storage().put(raw) for raw in (MARK.encode(), post(
        message(wa_id=MARK, provider_id=f"{MARK}0", text={"body": MARK}), name=MARK
    )))  # fmt: skip
    came = {"size": 1, "arrived_at": at, "fate": "opened"}
    _row("inbox", channel="email", key="1", raw_digest=mail, **came, **own)
    said = _row("inbox", channel="whatsapp", key="2", raw_digest=posted, **came)
    contact = _row("whatsapp_contacts", created_at=at)
    known = {"contact_id": contact}
    _row("whatsapp_identities", kind="wa_id", value="1", created_at=at, **known)
    _row("conversations", heard_at=at, gathered={}, **known, **own)
    _row("whatsapp_messages", reference="r", provider_id="p", inbox_id=said, kind="text", said_at=at, arrived_at=at,
         handled_at=at, text="", facts={}, media={}, **known, **own)  # fmt: skip
    _row("mail_references", reference="r", message_id="m", address="a", created_at=at, **about)
    _row("case_files", asked_by_id=ticket.owner_id, asked_at=at, language="id", steps=1, **own)
    _row("instructions", text="", given_at=at, given_by_id=ticket.owner_id, is_open=False, **own)
    _row("letters", kind="reply", number="1", language="id", fields={}, fields_digest="d", created_at=at,
         created_by_label="S", **about)  # fmt: skip
    events = next(table for table in tables() if table.name == "ticket_events")
    first = db.session.scalar(select(func.min(events.c.id)))
    _row("attachments", event_id=first, name="n", media_type="image/png", size=1, received_digest="d",
         shown_digest=mail, created_at=at, **own)  # fmt: skip


def _row(table_name: str, **values: Any) -> int:
    (mapped,) = (m.class_ for m in db.Model.registry.mappers if m.local_table.name == table_name)
    made = mapped(**values)
    db.session.add(made)
    db.session.flush()
    return int(made.id)
