"""Raw header values to what they mean. Nothing here raises; what cannot be read is empty."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from helpdesk.lib import clock
from helpdesk.lib.mail.charsets import cleaned, decoded
from helpdesk.lib.mail.defects import Defect
from helpdesk.lib.mail.message import MailAddress

MAX_TEXT = 500  # characters of a subject, a name, a reason
MAX_REFERENCES = 100
MAX_RECIPIENTS = 200
_MAX_READ = 8_000  # of an encoded value
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)

_FOLDS = re.compile(r"[\r\n]+[ \t]*")
_SPACES = re.compile(r"\s+")
# The text between the question marks may hold one, against RFC 2047: "=?utf-8?Q?Kenapa??=".
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,2000}?)\?=(\s{0,80}(?==\?))?")
_ID = re.compile(r"<([^<>\s]{1,240})>")
_BARE_ID = re.compile(r"[^<>\s,;\"]{1,120}@[^<>\s,;\"]{1,120}")
_ADDRESS = re.compile(
    r"[^\s@<>()\[\]\",;:\\]{1,64}@(?:[^\s@<>()\[\]\",;:\\]{1,250}|\[[0-9a-fA-F.:IPv]{3,50}\])"
)
# What is opened and never closed is one token to the end: were it looked for again from every quotation
# mark, the time would grow with their square.
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*+"?|\((?:[^()\\]|\\.)*+\)?|<[^<>]*+>?|[^",;<>():\\]++|.', re.DOTALL
)
_IN_ANGLES = re.compile(r"<([^<>]*+)>")


def text_of(raw: str, most: int = MAX_TEXT) -> str:
    """A header value as people read it: unfolded, encoded words decoded, on one line of at most *most* characters."""
    value = _FOLDS.sub(" ", _characters(raw[:_MAX_READ]))
    words, run, charset = [], b"", ""
    at = 0
    for found in _ENCODED.finditer(value):
        between = value[at : found.start()]
        if run and (between or found.group(1).lower() != charset):
            words.append(decoded(run, charset, set()))
            run = b""
        words.append(between)
        # Words that follow each other are put together before they are decoded: a letter of several
        # bytes may be split between them.
        run, charset = run + _word(found), found.group(1).lower()
        at = found.end()
    words += [decoded(run, charset, set()), value[at:]]
    return _SPACES.sub(" ", cleaned("".join(words))).strip()[:most]


def addresses(values: Iterable[str]) -> list[MailAddress]:
    """Every mailbox named in *values* of headers like To, unreadable ones with an empty address.

    Not ``email.utils``: it takes ``boss@rs.test <thief@evil.test>`` for the boss, where the servers
    that check a sender take what is in angle brackets.
    """
    found: list[MailAddress] = []
    for value in values:
        entry = _Entry(found)
        for piece in _TOKEN.findall(_FOLDS.sub(" ", _characters(value))):
            entry.add(piece)
        entry.close()
    return found


def readable(mailboxes: Iterable[MailAddress]) -> tuple[str, ...]:
    """The addresses of *mailboxes*, each once, in order, the first 200."""
    return tuple(dict.fromkeys(one.address for one in mailboxes if one.address))[:MAX_RECIPIENTS]


def address_of(text: str) -> str:
    """*text* in lower case when it is one address, otherwise empty."""
    stripped = text.strip().strip("'").rstrip(".").lower()
    return cleaned(stripped) if _ADDRESS.fullmatch(stripped) else ""


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """The Message-IDs named in *values*, in angle brackets, each once, the newest (last) 100."""
    found: list[str] = []
    for value in values:
        value = _characters(value)
        inside = _ID.findall(value) if "<" in value else _BARE_ID.findall(value)
        found += [f"<{cleaned(one)}>" for one in inside]
    return tuple(dict.fromkeys(found))[-MAX_REFERENCES:]


def moment(value: str, defects: set[Defect]) -> datetime | None:
    """A Date header in UTC; None when it is unreadable or absurd, which then joins *defects*."""
    try:
        found = parsedate_to_datetime(_SPACES.sub(" ", value[:200]).strip())
        aware = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        defects.add(Defect.DATE_UNREADABLE)
        return None
    if not _EARLIEST <= aware <= clock.now() + _AHEAD:
        defects.add(Defect.DATE_ABSURD)
        return None
    return aware


def first(fields: dict[str, list[str]], name: str) -> str:
    """The topmost value of a header, raw, or an empty text."""
    return (fields.get(name) or [""])[0]


class _Entry:
    """One mailbox of a list of addresses while its tokens come in."""

    def __init__(self, found: list[MailAddress]) -> None:
        self._found = found
        self._words: list[str] = []
        self._angles: list[str] = []

    def add(self, piece: str) -> None:
        if piece[:1] in (",", ";"):
            self.close()
        elif piece == ":" and not self._angles:  # "undisclosed-recipients:;" begins a group
            self._words = []
        elif piece.startswith("<") and piece.endswith(">"):
            self._angles.append(piece[1:-1].rpartition(":")[2])  # without a route "<@a,@b:who@c>"
        elif not (piece.startswith("(") and piece.endswith(")")):
            is_quoted = piece.startswith('"') and piece.endswith('"') and len(piece) > 1
            self._words.append(re.sub(r"\\(.)", r"\1", piece[1:-1]) if is_quoted else piece)

    def close(self) -> None:
        words = "".join(self._words).strip()
        if self._angles:
            name = text_of(words)
            self._found += [MailAddress(name, address_of(angle)) for angle in self._angles]
        elif words:
            # A quotation mark that nobody closed has swallowed the address.
            swallowed = _IN_ANGLES.findall(words)
            address = address_of(swallowed[-1] if swallowed else words)
            name = words.partition("<")[0].strip(' "') if swallowed or not address else ""
            self._found.append(MailAddress(text_of(name), address))
        self._words, self._angles = [], []


def _characters(raw: str) -> str:
    """Bytes beyond ASCII, which stand in *raw* as surrogates, as the characters they most likely are."""
    if raw.isascii():
        return raw
    try:
        content = raw.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # halves of characters, out of a parameter in UTF-7
        content = raw.encode("utf-8", "replace")
    return decoded(content, "", set())


def _word(found: re.Match[str]) -> bytes:
    """The bytes in one encoded word; the word itself when they cannot be got out."""
    encoded = found.group(3).encode("utf-8", "replace")
    try:
        if found.group(2) in "qQ":
            return binascii.a2b_qp(encoded, header=True)
        return binascii.a2b_base64(encoded + b"=" * (-len(encoded) % 4))
    except ValueError:
        return found.group(0).encode("utf-8", "replace")
