"""The law *No network inside a transaction*, held in every test: connecting while a unit of work is open raises."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_databases: set[tuple[str, int]] = set()


class NetworkInTransaction(AssertionError):
    """The product talked to somebody while holding locks: a slow answer there would stop everybody here."""


def allow_database(host: str, port: int) -> None:
    """Name an address that is a database, and may therefore be reached inside a transaction."""
    _databases.add((host, port))


@contextmanager
def guarded() -> Iterator[None]:
    """Refuse connections inside a unit of work, except those to a database."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def careful(original: Any) -> Any:
        def checked(self: socket.socket, address: Any) -> Any:
            if _in_transaction() and not _is_database(address):
                raise NetworkInTransaction(f"connecting to {address!r} inside a unit of work")
            return original(self, address)

        return checked

    socket.socket.connect = careful(connect)
    socket.socket.connect_ex = careful(connect_ex)
    try:
        yield
    finally:
        socket.socket.connect = connect
        socket.socket.connect_ex = connect_ex


def _in_transaction() -> bool:
    """Ask only where the product's database was imported at all: other tests pay nothing."""
    database = sys.modules.get("helpdesk.lib.database")
    return bool(database and database.in_transaction())


def _is_database(address: Any) -> bool:
    return isinstance(address, tuple) and tuple(address[:2]) in _databases
