"""ClamAV's clamd, which examines what is sent to it over its socket: clamd(8), INSTREAM. It knows no encryption."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from helpdesk.lib.clients.faults import Trouble, WireFault, fault_of

TIMEOUT = 10.0  # seconds for each act on the wire
ANSWERS_WITHIN = 150.0  # clamd itself gives a file up after two minutes (MaxScanTime)
_CHUNK = 1 << 16
_LONGEST_ANSWER = 1000  # bytes
_OK, _TOO_LARGE = "stream: OK", "INSTREAM size limit exceeded"
_FOUND = re.compile(r"stream: (.*\S) FOUND")


class TooLarge(Exception):
    """The file is larger than clamd takes (its StreamMaxLength)."""


@dataclass(frozen=True)
class Clamd:
    """The scanner at *address*: the path of its socket, or ``host:port``."""

    address: str

    def try_out(self) -> None:
        """Does it examine? One whose disk is full answers a PING as ever, and no more. Raises WireFault."""
        self.found_in(BytesIO(b"PING"))

    def found_in(self, file: BinaryIO) -> str:
        """The name of what it finds in *file*, '' for nothing. Raises WireFault, TooLarge."""
        with self._connected() as wire:
            with suppress(BrokenPipeError, ConnectionResetError):  # it has had enough, and says why
                _stream(wire, file)
            wire.settimeout(ANSWERS_WITHIN)
            said = _answer(wire)
        if said == _OK:
            return ""
        if found := _FOUND.fullmatch(said):
            return found[1]
        if said.startswith(_TOO_LARGE):
            raise TooLarge
        raise WireFault(Trouble.ANSWER if said else Trouble.LOST, said)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            with self._connect() as wire:
                yield wire
        except OSError as error:
            raise fault_of(error) from error

    def _connect(self) -> socket.socket:
        if not self.address.startswith("/"):
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT)
        wire = socket.socket(socket.AF_UNIX)
        try:
            wire.settimeout(TIMEOUT)
            wire.connect(self.address)
        except OSError:
            wire.close()
            raise
        return wire


def _stream(wire: socket.socket, file: BinaryIO) -> None:
    """Piece by piece, each with its length before it; a length of nothing ends it."""
    wire.sendall(b"zINSTREAM\0")
    while piece := file.read(_CHUNK):
        wire.sendall(len(piece).to_bytes(4, "big") + piece)
    wire.sendall(bytes(4))


def _answer(wire: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER and (piece := wire.recv(4096)):
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace")
