"""The certificate of the public address: read from a real server, remembered once, told before it ends."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from config import Settings
from helpdesk.accounts import public_certificate
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.web.admin.machine import parts_of_machine
from helpdesk.web.admin.part import Part
from tests.support.cast import Cast


class TlsServer:
    """Greets whoever comes with the certificate it has, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.address = f"https://127.0.0.1:{self._listening.getsockname()[1]}"

    def renew(self, until: datetime) -> None:
        """From now on show a new one, signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(until - timedelta(days=90))
            .not_valid_after(until)
            .sign(key, SHA256())
        )
        file = self._folder / "server.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + made.public_bytes(Encoding.PEM))
        self._context.load_cert_chain(file)

    def serve(self) -> None:
        """Until it is closed."""
        while True:
            try:
                line, _address = self._listening.accept()
            except OSError:
                return
            with line, self._context.wrap_socket(line, server_side=True):
                pass

    def close(self) -> None:
        """Nobody answers any more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TlsServer]:
    server = TlsServer(tmp_path)
    greeter = threading.Thread(target=server.serve, daemon=True)
    greeter.start()
    yield server
    if greeter.is_alive():
        server.close()
    greeter.join(10)


@pytest.fixture
def at_home(app: Flask, settings: Settings) -> Callable[[str], None]:
    """Give the house a public address."""

    def move(base_url: str) -> None:
        app.extensions["settings"] = replace(settings, base_url=base_url)

    return move


@pytest.fixture
def told(app: Flask, cast: Cast) -> Callable[[], Part]:
    """The line of the page, in English."""

    def line() -> Part:
        db.session.rollback()
        with app.test_request_context("/"), force_locale("en"):
            parts = parts_of_machine(clock.now())
            return next(part for part in parts if part.name == "HTTPS certificate")

    return line


def seen() -> int:
    db.session.rollback()
    entries = select(func.count()).where(AuditEntry.act == public_certificate.ACT)
    return db.session.scalar(entries) or 0


def look() -> None:
    public_certificate.look(clock.now())


def test_it_is_said_loudly_in_the_last_two_weeks(
    server: TlsServer, at_home: Callable[[str], None], told: Callable[[], Part]
) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(days=20)
    server.renew(until)
    at_home(server.address)
    look()
    with time_machine.travel(until, tick=False) as traveller:
        for before, is_well, state in (
            (timedelta(days=20), True, "20 days left"),
            (timedelta(days=14), True, "14 days left"),
            (timedelta(days=13, hours=23), False, "13 days left"),
            (timedelta(0), False, "Expired"),
        ):
            traveller.move_to(until - before)
            line = told()
            assert (line.is_well, line.state) == (is_well, state)
        assert "Renew it" in line.advice


def test_a_new_one_is_noted_once(
    server: TlsServer, at_home: Callable[[str], None], told: Callable[[], Part]
) -> None:
    at_home(server.address)
    server.renew(clock.now() + timedelta(days=3))
    look()
    look()
    assert seen() == 1
    assert not told().is_well
    server.renew(clock.now() + timedelta(days=80))
    look()
    assert seen() == 2
    assert told().is_well


def test_one_that_has_expired_is_read_too(
    server: TlsServer, at_home: Callable[[str], None], told: Callable[[], Part]
) -> None:
    server.renew(clock.now() - timedelta(days=1))
    at_home(server.address)
    look()
    assert told().state == "Expired"


def test_what_is_not_known_is_not_claimed(
    server: TlsServer, at_home: Callable[[str], None], told: Callable[[], Part]
) -> None:
    for address in ("http://localhost:8000", server.address):
        at_home(address)
        if address == server.address:
            server.close()
        look()
        line = told()
        assert (line.is_well, line.state) == (True, "Not checked")
        assert address in line.last
    assert seen() == 0


def test_another_address_is_another_matter(
    server: TlsServer, at_home: Callable[[str], None], told: Callable[[], Part]
) -> None:
    server.renew(clock.now() + timedelta(days=3))
    at_home(server.address)
    look()
    at_home("https://keluhan.example.com")
    assert told().state == "Not checked"
