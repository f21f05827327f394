"""Bytes to characters, whatever the mail says they are."""

from __future__ import annotations

import codecs
import re

from helpdesk.lib.mail.defects import Defect

# Names that are met in mail and that Python does not know, and sets of which a larger one is meant:
# those that call themselves iso-8859-1 contain the quotation marks of Windows, gb2312 the letters of
# gb18030 (so do browsers read them).
_MEANT = {
    "ansi": "windows-1252",
    "ansi_x3.110-1983": "windows-1252",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "windows-1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso_8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "ks_c_5601-1987": "cp949",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
}
# Codecs that are no character sets, and one of quadratic cost.
_NOT_MEANT = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
)
# A mail that names one of these or nothing has UTF-8 in it more often than not.
_VAGUE = frozenset(
    {"", "us-ascii", "ascii", "windows-1252", "unknown-8bit", "x-unknown", "default"}
)

_META = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:.-]{1,40})", re.I)
# Controls, the marks that turn the direction of writing, and what is no character at all. A table, not
# an expression: of a text in which every second one goes, that would make a million pieces.
_REMOVED = dict.fromkeys(
    [
        *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x200E, 0x200F,
        *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF,
    ]
)  # fmt: skip
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def decoded(content: bytes, charset: str, defects: set[Defect]) -> str:
    """*content* as text. *charset* is what the mail names; what is wrong with it joins *defects*."""
    named = charset.strip().strip("\"'").lower().partition("*")[0].replace(" ", "")
    meant = _MEANT.get(named, named)
    if meant in _VAGUE or content.isascii() and meant == "utf-8":
        return _guessed(content, named, defects)
    codec = _codec(meant)
    if codec is None:
        defects.add(Defect.CHARSET_UNKNOWN)
        return _guessed(content, "", defects)
    try:
        return content.decode(codec)
    except UnicodeError:
        defects.add(Defect.CHARSET_WRONG)
    return _mended(content, codec)


def charset_of_html(content: bytes) -> str:
    """What an HTML page says of itself; empty when it says nothing."""
    found = _META.search(content[:2_000])
    named = found.group(1).decode("ascii").lower() if found else ""
    return "" if named.startswith("utf-16") else named  # in which it could not have been read


def cleaned(text: str) -> str:
    """*text* fit to be stored and shown: line ends as ``\\n``, no NUL or other control character, no
    mark that turns the direction of what follows, no half of a character."""
    text = _LINE_ENDS.sub("\n", text).translate(_REMOVED)
    return text.encode("utf-8", "replace").decode("utf-8")


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):  # unknown, or with a NUL in it
        return None
    is_of_text = getattr(found, "_is_text_encoding", True)  # zlib, hex and others are not
    return found.name if is_of_text and found.name not in _NOT_MEANT else None


def _guessed(content: bytes, named: str, defects: set[Defect]) -> str:
    if content.isascii():
        # ISO-2022-JP is seven bits wide, too, and begins its characters with an escape.
        is_japanese = b"\x1b$" in content
        return content.decode("iso2022_jp" if is_japanese else "ascii", "replace")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if named not in ("iso-8859-1", "windows-1252"):
            defects.add(Defect.CHARSET_WRONG)
        return content.decode("windows-1252", "replace")
    if named:
        defects.add(Defect.CHARSET_WRONG)
    return text


def _mended(content: bytes, codec: str) -> str:
    """What is not of its set: either one letter was broken on the way, or the set was never meant."""
    text = content.decode(codec, "replace")
    has_sense = any(ord(letter) > 127 and letter != "\ufffd" for letter in text)
    if codec == "utf-8" and not has_sense:
        return content.decode("windows-1252", "replace")
    return text
