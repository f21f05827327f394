"""The files inside winmail.dat, Outlook's own wrapping (TNEF, MS-OXTNEF).

Own, because the one library for it copies the rest of the file for every attribute and believes a count
of four billion: 1 MB keeps it busy for minutes. This one passes over the file once and looks at what
files need: title, long name, content.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

_SIGNATURE = 0x223E9F78
_ATTACHMENT_LEVEL = 2
_BEGINS = 0x9002  # attAttachRendData: first of every attachment
_TITLE = 0x8010
_CONTENT = 0x800F
_PROPERTIES = 0x9005
_LONG_NAME = 0x3707  # PR_ATTACH_LONG_FILENAME
_TEXT, _UNICODE = 0x001E, 0x001F
_OBJECTS = frozenset({0x000D, 0x0102, _TEXT, _UNICODE})  # of variable length
_WIDTHS = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8,
           0x0014: 8, 0x0040: 8, 0x0048: 16}  # fmt: skip
_MAX_FILES = 300
_MAX_PROPERTIES = 200


class Unreadable(Exception):
    """It is no winmail.dat, or a damaged one."""


@dataclass(frozen=True)
class WinmailFile:
    """One file of it."""

    name: str
    content: bytes


def read_winmail(content: bytes) -> list[WinmailFile]:
    """The files in *content*; none when only the layout of the text was wrapped. Raises Unreadable."""
    files: list[WinmailFile] = []
    try:
        for level, name, value in _attributes(content):
            if level != _ATTACHMENT_LEVEL:
                continue
            if name == _BEGINS:
                files.append(WinmailFile("", b""))
            if files:
                files[-1] = _with(files[-1], name, value)
            if len(files) > _MAX_FILES:
                raise Unreadable
    except struct.error as fault:
        raise Unreadable from fault
    return [file for file in files if file.content]


def _with(file: WinmailFile, attribute: int, value: bytes) -> WinmailFile:
    if attribute == _TITLE and not file.name:
        return replace(file, name=_text(value))
    if attribute == _CONTENT:
        return replace(file, content=value)
    if attribute == _PROPERTIES:
        return replace(file, name=_long_name(value) or file.name)
    return file


def _attributes(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, name and value of each. Raises Unreadable, struct.error."""
    if struct.unpack_from("<I", content)[0] != _SIGNATURE:
        raise Unreadable
    at = 6
    while at + 11 <= len(content):
        level, name, _, size = struct.unpack_from("<BHHI", content, at)
        at += 9
        if at + size + 2 > len(content):
            raise Unreadable  # cut off
        yield level, name, content[at : at + size]
        at += size + 2  # a checksum that nobody needs


def _long_name(properties: bytes) -> str:
    """Out of the properties that Outlook adds; empty when they are of a kind not met."""
    (count,) = struct.unpack_from("<I", properties)
    at = 4
    for _ in range(min(count, _MAX_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", properties, at)
        at += 4
        if name >= 0x8000 or (kind not in _OBJECTS and kind not in _WIDTHS):
            return ""  # named properties come after those that matter here
        if kind in _WIDTHS:
            at += _WIDTHS[kind]
            continue
        _, size = struct.unpack_from("<II", properties, at)
        value = properties[at + 8 : at + 8 + size]
        if name == _LONG_NAME:
            return (
                value.decode("utf-16-le", "replace").strip("\0")
                if kind == _UNICODE
                else _text(value)
            )
        at += 8 + size + (-size % 4)
    return ""


def _text(value: bytes) -> str:
    value = value.rstrip(b"\0")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("windows-1252", "replace")
