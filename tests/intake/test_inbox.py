"""The inbox keeps every message byte for byte, once under its key, before anybody understands it."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from helpdesk.intake import inbox
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import DiskStorage, get_storage
from tests.support.cast import Cast
from tests.support.postboxes import letter
from tests.support.processes import meet, together

RAW = letter("Obat habis")
PLACE = "1-abcd1234/77"


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Inbound)) or 0


@pytest.fixture
def store(cast: Cast) -> Callable[..., inbox.Stored]:
    """Keep something that came through the pipe."""
    return partial(inbox.store, channel="email", mailbox_id=None)


@pytest.fixture
def mailbox_id(cast: Cast) -> int:
    from helpdesk.intake.mailboxes import MailboxTerms, Password, add_mailbox

    terms = MailboxTerms("pengaduan@rs.example", "mail.rs.example", "pengaduan")
    return unit_of_work(lambda: add_mailbox(terms, Password("x"), by=cast.actor("ayu"))).id


def test_what_came_in_can_be_read_again(store: Callable[..., inbox.Stored]) -> None:
    raw = b"\x00\xff\r\nkeluhan\n"
    stored = store(raw, key="pipe/1")
    row = db.session.get_one(Inbound, stored.row_id)
    assert stored.is_new
    assert inbox.raw_of(row) == raw
    assert (row.size, row.fate, row.attempts) == (len(raw), "", 0)
    assert row.look_at == row.arrived_at, "it may be understood at once"


def test_the_same_key_is_the_same_row(store: Callable[..., inbox.Stored]) -> None:
    first, again = store(RAW, key="pipe/1"), store(RAW, key="pipe/1")
    assert (again.row_id, again.is_new) == (first.row_id, False)
    assert store(RAW, key="pipe/2").is_new
    assert rows() == 2


def test_a_message_of_any_size_is_read_piece_by_piece(store: Callable[..., inbox.Stored]) -> None:
    stored = store(io.BytesIO(RAW * 100_000), key="pipe/large")
    row = db.session.get_one(Inbound, stored.row_id)
    assert row.size == len(RAW) * 100_000
    with inbox.open_raw(row) as file:
        assert file.read(len(RAW)) == RAW


def test_the_bytes_reach_the_disk_before_the_row(
    store: Callable[..., inbox.Stored], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: DiskStorage, content: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DiskStorage, "put", full)
    with pytest.raises(OSError, match="No space"):
        store(RAW, key="pipe/1")
    assert rows() == 0


def test_a_renumbered_message_keeps_its_row(mailbox_id: int) -> None:
    keep = partial(inbox.store_fetched, mailbox_id=mailbox_id)
    first = keep(RAW, place=f"{PLACE}1", uid=5)
    again = keep(RAW, place=f"{PLACE}2", uid=9)
    assert (again.row_id, again.is_new) == (first.row_id, False)
    assert inbox.stored_uids(f"{PLACE}2", [5, 9]) == {9}
    assert inbox.stored_uids(f"{PLACE}1", [5, 9]) == set()
    twin = keep(RAW, place=f"{PLACE}2", uid=10)
    assert twin.is_new, "a row is taken over once: this is the same message delivered twice"


def test_a_number_that_is_used_twice_hides_no_message(mailbox_id: int) -> None:
    keep = partial(inbox.store_fetched, mailbox_id=mailbox_id, place=PLACE, uid=5)
    first, other = keep(RAW), keep(letter("Antre lama"))
    assert other.is_new
    assert other.row_id != first.row_id
    assert keep(RAW).row_id == first.row_id
    assert keep(letter("Antre lama")).row_id == other.row_id
    assert rows() == 2


def test_what_waits_is_counted(store: Callable[..., inbox.Stored]) -> None:
    nothing = inbox.state_of_inbox()
    assert (nothing.waiting, nothing.oldest_at) == (0, None)
    ids = [store(RAW, key=f"pipe/{number}").row_id for number in range(4)]

    def settle() -> None:
        found = [db.session.get_one(Inbound, row_id) for row_id in ids]
        found[0].fate, found[1].fate = Fate.OPENED, Fate.QUARANTINED

    unit_of_work(settle)
    state = inbox.state_of_inbox()
    assert (state.waiting, state.quarantined) == (2, 1)
    assert state.oldest_at == db.session.get_one(Inbound, ids[2]).arrived_at


def _store_together() -> tuple[int, int]:
    """Everybody offers the same twenty messages at the same moment; sum of ids, and how many were new."""
    stored = []
    for number in range(20):
        meet()
        stored.append(inbox.store(RAW, channel="email", key=f"pipe/{number}", mailbox_id=None))
    return sum(one.row_id for one in stored), sum(one.is_new for one in stored)


def test_whoever_offers_it_at_the_same_moment_gets_the_same_row(
    cast: Cast, settings: Settings
) -> None:
    told = together(settings, [_store_together] * 3)
    assert len({ids for ids, _new in told}) == 1
    assert sum(new for _ids, new in told) == 20
    assert rows() == 20


def test_nobody_else_may_read_the_files(app: Flask, store: Callable[..., inbox.Stored]) -> None:
    row = db.session.get_one(Inbound, store(RAW, key="pipe/1").row_id)
    assert get_storage().path(row.raw_digest).stat().st_mode & 0o077 == 0
