"""A database server whose machine loses its power in the middle of an answer keeps nobody waiting for ever."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from config import Settings
from helpdesk.app import create_app
from helpdesk.lib import database_line
from helpdesk.lib.database import db
from tests.support.processes import wait_until

SO_ATTACH_FILTER = 26
QUESTION = "SELECT SLEEP(60)"
WITHIN = 15.0  # seconds; without hanging up it is two hours


class Line:
    """A line to the server on which the power can be cut: from then on nothing is heard or acknowledged."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        drop_everything = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
        program = struct.pack("HL", 1, ctypes.addressof(drop_everything))
        for end in self._ends:
            end.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)

    def close(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for one in (self._listener, *self._ends):
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                ours, _ = self._listener.accept()
            except OSError:
                return
            self._ends.append(ours)
            theirs = socket.create_connection(("127.0.0.1", self._port))
            for source, target in ((ours, theirs), (theirs, ours)):
                Thread(target=_carry, args=(source, target), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    try:
        while said := source.recv(65536):
            target.sendall(said)
    except OSError:
        pass
    target.close()


@pytest.fixture
def line(settings: Settings, engine: str) -> Iterator[Line]:
    if engine == "sqlite":
        pytest.skip("a file has no line")
    line = Line(urlsplit(settings.database_url).port or 0)
    yield line
    line.close()


def test_an_answer_is_not_waited_for_from_a_dead_machine(
    app: Flask, settings: Settings, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ASKED_AFTER", "ASKED_EVERY", "ASKED_TIMES"):
        monkeypatch.setattr(database_line, name, 1)
    port = urlsplit(settings.database_url).port
    far = settings.database_url.replace(f":{port}/", f":{line.port}/")
    house = create_app(replace(settings, database_url=far))

    def ask() -> None:
        with house.app_context():
            db.session.execute(text(QUESTION))

    with ThreadPoolExecutor(1) as threads, app.app_context():
        asked = threads.submit(ask)
        try:
            wait_until(is_asked)
            line.cut()
            with pytest.raises(OperationalError):
                asked.result(WITHIN)
        finally:
            line.close()


def is_asked() -> bool:
    asked = text("SELECT COUNT(*) FROM information_schema.processlist WHERE info = :question")
    return bool(db.session.scalar(asked, {"question": QUESTION}))
