"""What an opaquely signed S/MIME mail says (``smime.p7m``): the content inside CMS SignedData (RFC 5652).

The cryptography library writes such messages but hands out the content of none, so this walks down to it:
ContentInfo → [0] → SignedData → EncapsulatedContentInfo → [0] → OCTET STRING, which may come in pieces of
unknown length (BER). The signature is not checked.
"""

from __future__ import annotations

from dataclasses import dataclass

_SIGNED = bytes.fromhex("2a864886f70d010702")  # the object identifier of SignedData
_COMPOUND = 0x20
_OCTETS = 0x04
_FIRST_CHOICE = 0xA0
_MAX_DEPTH = 12
_MAX_VALUES = 200_000  # a large mail comes in pieces of 1,000 bytes


class _NoContent(Exception):
    """It is something else (encrypted, most likely), or broken."""


@dataclass
class _Value:
    """One value of ASN.1: its tag, where its content begins and ends, and where the next one begins."""

    tag: int
    start: int
    end: int
    after: int


def signed_content(blob: bytes) -> bytes | None:
    """The signed MIME part inside *blob*; None when it is no SignedData or has nothing in it."""
    try:
        reader = _Reader(blob)
        kind, wrapped = reader.inside(reader.read(0))[:2]
        if blob[kind.start : kind.end] != _SIGNED:
            return None
        (signed,) = reader.inside(wrapped)
        _, _, encapsulated = reader.inside(signed)[:3]
        content = reader.inside(encapsulated)[1]
        if content.tag != _FIRST_CHOICE:
            return None
        return b"".join(reader.octets(one) for one in reader.inside(content)) or None
    except (_NoContent, ValueError, IndexError):
        return None


class _Reader:
    """Reads values at offsets of one blob; their number and depth are bounded."""

    def __init__(self, blob: bytes) -> None:
        self._blob = blob
        self._values = 0

    def read(self, at: int, depth: int = 0) -> _Value:
        self._values += 1
        if self._values > _MAX_VALUES or depth > _MAX_DEPTH or at + 2 > len(self._blob):
            raise _NoContent
        tag, size = self._blob[at], self._blob[at + 1]
        start = at + 2
        if size == 0x80:  # until two zero bytes
            end = start
            while self._blob[end : end + 2] != b"\0\0":
                end = self.read(end, depth + 1).after
            return _Value(tag, start, end, end + 2)
        if size > 0x80:
            width = size & 0x7F
            size = int.from_bytes(self._blob[start : start + width], "big")
            start += width
        if start + size > len(self._blob):
            raise _NoContent
        return _Value(tag, start, start + size, start + size)

    def inside(self, value: _Value) -> list[_Value]:
        """The values a compound one is made of."""
        if not value.tag & _COMPOUND:
            raise _NoContent
        found, at = [], value.start
        while at < value.end:
            found.append(self.read(at))
            at = found[-1].after
        return found

    def octets(self, value: _Value, depth: int = 0) -> bytes:
        """An OCTET STRING, whole or in pieces."""
        if value.tag & _COMPOUND and depth < _MAX_DEPTH:
            return b"".join(self.octets(piece, depth + 1) for piece in self.inside(value))
        if value.tag != _OCTETS:
            raise _NoContent
        return self._blob[value.start : value.end]
