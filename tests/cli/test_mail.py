"""``flask mail receive``: what a mail server hands over is stored, or offered again; nothing in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config import Settings
from helpdesk.intake import inbox, understanding
from helpdesk.intake.inbound import Inbound
from helpdesk.lib.database import db
from helpdesk.lib.storage import DiskStorage
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.live import environment_of

RAW = (
    "From: Wati <wati@example.org>\r\nTo: pengaduan@rs.example\r\nSubject: Obat habis\r\n"
    "Message-ID: <a1@example.org>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0700\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nObat sirup untuk anak saya habis. 🙏\r\n"
).encode()


def receive(app: Flask, raw: bytes) -> tuple[int, dict[str, Any]]:
    """The exit code, and the one line that was said."""
    result = app.test_cli_runner().invoke(args=["mail", "receive"], input=raw)
    said = [line for line in result.output.splitlines() if line.startswith("{")]
    assert len(said) == 1, result.output
    return result.exit_code, json.loads(said[0])


def rows() -> list[Inbound]:
    db.session.rollback()
    return list(db.session.scalars(select(Inbound)))


def test_a_message_becomes_a_ticket_and_says_which(app: Flask, cast: Cast) -> None:
    code, said = receive(app, RAW)
    (row,) = rows()
    ticket = db.session.scalars(select(Ticket)).one()
    assert code == os.EX_OK
    assert said == {"taken": True, "id": row.id, "fate": "opened", "ticket": number_of(ticket)}
    assert inbox.raw_of(row) == RAW
    assert (row.mailbox_id, row.key) == (None, inbox.pipe_key(RAW))


def test_the_same_bytes_again_are_the_same_message(app: Flask, cast: Cast) -> None:
    first, again = receive(app, RAW), receive(app, RAW)
    assert again == first
    assert len(rows()) == 1


def test_handed_over_again_with_another_line_for_the_mbox_it_is_the_same(
    app: Flask, cast: Cast
) -> None:
    raw = b"From: wati@example.org\r\nSubject: Obat\r\n\r\nObat habis.\r\n"  # no Message-ID
    first = receive(app, b"From wati@example.org Sat Nov 21 09:00:00 2026\n" + raw)
    again = receive(app, b"From wati@example.org Sat Nov 21 09:30:00 2026\n" + raw)
    assert receive(app, raw) == again == first
    assert len(rows()) == 1


def test_what_is_no_mail_at_all_is_taken_as_well(app: Flask, cast: Cast) -> None:
    code, said = receive(app, b"\x00\xff\xfe tidak ada kepala surat")
    assert (code, said["taken"]) == (os.EX_OK, True)
    assert said["fate"]


@pytest.mark.parametrize("raw", [b"", b"\r\n \n"])
def test_an_empty_input_is_asked_for_again(app: Flask, cast: Cast, raw: bytes) -> None:
    assert receive(app, raw) == (os.EX_TEMPFAIL, {"taken": False, "error": "empty"})
    assert rows() == []


def test_what_cannot_be_stored_is_asked_for_again(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: DiskStorage, content: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DiskStorage, "put", full)
    assert receive(app, RAW) == (os.EX_TEMPFAIL, {"taken": False, "error": "OSError"})
    assert rows() == []


def test_what_cannot_be_understood_yet_is_taken(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(row_id: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(understanding, "understand", broken)
    code, said = receive(app, RAW)
    assert (code, said["taken"], said["fate"], said["ticket"]) == (os.EX_OK, True, "", None)
    assert rows()[0].look_at is not None, "the worker comes to it"


def test_as_a_mail_server_runs_it(cast: Cast, settings: Settings) -> None:
    """A process of its own, with bytes that no text stream would take."""
    root = Path(__file__).parents[2]
    raw = RAW.replace("🙏".encode(), b"\xff\x00")
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "mail", "receive"],
        input=raw,
        capture_output=True,
        cwd=root,
        env=environment_of(settings),
        check=False,
    )
    assert done.returncode == os.EX_OK, done.stderr
    said = json.loads(done.stdout)
    assert said["ticket"].startswith("KLH-")
    (row,) = rows()
    assert inbox.raw_of(row) == raw
