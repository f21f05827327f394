"""Kept PDFs: the same bytes for everybody, whoever kept them first, and drawn again should the file be lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.letters import shelf
from helpdesk.letters.letter import Letter
from helpdesk.letters.receipt import issue_receipt
from helpdesk.letters.shelf import keep_pending, render_letter
from helpdesk.lib import clock
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


def kept(ticket_id: int = 42) -> Letter:
    letter = issued(ticket_id)
    assert keep_pending(clock.now()) == 1
    db.session.refresh(letter)
    return letter


def test_a_kept_letter_is_the_same_bytes_for_everybody() -> None:
    letter = kept()
    assert letter.pdf_digest is not None
    first = get_storage().path(letter.pdf_digest).read_bytes()
    assert render_letter(letter) == render_letter(letter) == first


def test_reading_writes_nothing() -> None:
    letter = issued()
    assert render_letter(letter) != render_letter(letter)
    db.session.expire_all()
    assert letter.pdf_digest is None


def test_a_lost_file_is_drawn_again() -> None:
    letter = kept()
    get_storage().path(letter.pdf_digest or "").unlink()
    assert render_letter(letter).startswith(b"%PDF")


def test_the_worker_keeps_what_is_pending() -> None:
    for ticket_id in range(3):
        issued(ticket_id)
    assert keep_pending(clock.now(), limit=2) == 2
    assert keep_pending(clock.now(), limit=2) == 1
    assert keep_pending(clock.now()) == 0
    assert None not in db.session.scalars(select(Letter.pdf_digest)).all()


def test_what_another_worker_is_drawing_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    issued()
    by_the_other: list[int] = []

    def slow(_letter: Letter) -> bytes:
        by_the_other.append(keep_pending(clock.now()))
        return b"%PDF"

    monkeypatch.setattr(shelf, "draw", slow)
    assert keep_pending(clock.now()) == 1
    assert by_the_other == [0]


def test_one_that_cannot_be_drawn_waits_an_hour_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = issued(1), issued(2)
    bad_id, draw = bad.id, shelf.draw

    def fail(letter: Letter) -> bytes:
        if letter.id == bad_id:
            raise ValueError("no such glyph")
        return draw(letter)

    monkeypatch.setattr(shelf, "draw", fail)
    with pytest.raises(ExceptionGroup):
        keep_pending(clock.now())
    db.session.refresh(good)
    assert good.pdf_digest
    assert keep_pending(clock.now(), limit=1) == 0
    monkeypatch.setattr(shelf, "draw", draw)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert keep_pending(clock.now()) == 1
