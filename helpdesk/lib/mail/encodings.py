"""The bytes of a part out of how they travelled (Content-Transfer-Encoding)."""

from __future__ import annotations

import binascii
import re

from helpdesk.lib.mail.defects import Defect

_MAX_PADDING = 2_000
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_RUBBISH = bytes(set(range(256)) - set(_ALPHABET))


def unpacked(body: bytes, encoding: str, defects: set[Defect]) -> bytes:
    """*body* decoded as far as it can be; rubbish in it is passed over and joins *defects*."""
    match encoding.strip().strip('"').lower().partition(";")[0].strip():
        case "base64":
            return _from_base64(body, defects)
        case "quoted-printable":
            return binascii.a2b_qp(body)  # leaves "=zz" as it stands
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _from_uuencode(body, defects)
        case _:
            return body


def _from_base64(body: bytes, defects: set[Defect]) -> bytes:
    letters = body.translate(None, _RUBBISH)
    if len(letters) != len(body.translate(None, b" \t\r\n")):
        defects.add(Defect.ENCODING_BROKEN)
    # Padding in the middle: pieces that were encoded apart and strung together. So many of them are
    # rubbish, and would take fifty times the room of the mail.
    if letters.count(b"=") > _MAX_PADDING:
        letters = letters.replace(b"=", b"")
    pieces = [piece for piece in re.split(rb"=+", letters) if piece]
    return b"".join(_from_piece(piece, defects) for piece in pieces)


def _from_piece(letters: bytes, defects: set[Defect]) -> bytes:
    if len(letters) % 4 == 1:  # six bits over, which make no byte: the end is missing
        defects.add(Defect.ENCODING_BROKEN)
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _from_uuencode(body: bytes, defects: set[Defect]) -> bytes:
    found = []
    for line in body.splitlines():
        if line.startswith(b"begin ") or not line.strip():
            continue
        if line.strip() == b"end":
            break
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            defects.add(Defect.ENCODING_BROKEN)
    return b"".join(found)
