"""Kept PDFs: the same bytes for everybody, whoever kept them first, and drawn again should the file be lost."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.letters import shelf
from helpdesk.letters.letter import Letter
from helpdesk.letters.receipt import issue_receipt
from helpdesk.letters.shelf import keep_letter, keep_pending, render_letter
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage
from tests.letters.samples import receipt


@pytest.fixture(autouse=True)
def _in_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each drawing is another one, as after an upgrade, so that only keeping can make two alike."""
    count = iter(range(1000))
    monkeypatch.setattr(
        shelf, "draw", lambda letter: f"%PDF {letter.number} {next(count)}".encode()
    )
    with app.app_context():
        yield


def issued(ticket_id: int = 42) -> Letter:
    return unit_of_work(
        lambda: issue_receipt(("ticket", ticket_id), receipt(), "id", Actor.system())
    )


def test_a_kept_letter_is_the_same_bytes_for_everybody() -> None:
    letter = issued()
    first = keep_letter(letter)
    assert render_letter(letter) == keep_letter(letter) == first
    assert letter.pdf_digest is not None
    assert get_storage().path(letter.pdf_digest).read_bytes() == first


def test_reading_writes_nothing() -> None:
    letter = issued()
    assert render_letter(letter) != render_letter(letter)
    db.session.expire_all()
    assert letter.pdf_digest is None


def test_the_first_to_finish_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = issued()
    faster: list[bytes] = []

    def slow(drawn: Letter) -> bytes:
        monkeypatch.setattr(shelf, "draw", lambda _: b"%PDF the faster one")
        faster.append(keep_letter(db.session.get_one(Letter, drawn.id)))
        db.session.expire(drawn)
        drawn.__dict__["pdf_digest"] = None  # what the slow one had read before
        return b"%PDF the slower one"

    monkeypatch.setattr(shelf, "draw", slow)
    assert keep_letter(letter) == faster[0] == b"%PDF the faster one"
    assert render_letter(letter) == b"%PDF the faster one"


def test_a_lost_file_is_drawn_again() -> None:
    letter = issued()
    keep_letter(letter)
    get_storage().path(letter.pdf_digest or "").unlink()
    assert render_letter(letter).startswith(b"%PDF")


def test_the_worker_keeps_what_is_pending() -> None:
    for ticket_id in range(3):
        issued(ticket_id)
    assert keep_pending(limit=2) == 2
    assert keep_pending(limit=2) == 1
    assert keep_pending() == 0
    assert None not in db.session.scalars(select(Letter.pdf_digest)).all()
