"""A mail server of one's own for what is fetched."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.support.cast import Cast
from tests.support.dovecot import PrivateDovecot
from tests.support.machine import need
from tests.support.postboxes import Postbox


@pytest.fixture(scope="session")
def running_dovecot() -> Iterator[PrivateDovecot]:
    """Debian's IMAP server, started once in every process that runs tests."""
    need("Dovecot")
    server = PrivateDovecot.start()
    yield server
    server.stop()


@pytest.fixture
def dovecot(
    running_dovecot: PrivateDovecot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PrivateDovecot]:
    """The server at work, its certificate trusted as an administrator would have it trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(running_dovecot.ca_file))
    running_dovecot.revive()
    yield running_dovecot
    running_dovecot.sign_in_service.begin_anew()


@pytest.fixture
def box(cast: Cast, dovecot: PrivateDovecot) -> Postbox:
    """A mailbox on the server that Ayu has added and nobody has looked into yet."""
    return Postbox.added(cast, dovecot)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where somebody listens who never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])
