"""What people type, before it is understood: line ends, characters that nobody can see, numbers that name no row."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, time
from time import strptime
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from helpdesk.accounts.organisation import local_zone

LONGEST_TEXT = 100_000  # characters; a long letter of complaint has ten thousand
# What a key column of MariaDB holds; SQLite's driver fails on far larger ones.
LARGEST_ID = 2**31 - 1
# The first is what a browser's own picker sends; without one, people type a day as they write it.
DAYS_TYPED = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]
_WORTH_KEEPING = 40  # characters; what is shorter is typed again faster than it is copied
_NOT_WORDS = {"csrf_token", "once", "seen", "version", "lanjut"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def tidy(text: str | None) -> str:
    """*text* with plain line ends and without control characters; a filter for text fields.

    A NUL or half a surrogate pair, pasted or sent by a robot, is refused by one database or the
    other, and stands for nothing that anybody said. Marks that turn the direction of writing make
    a reader see other words than those that are stored; no language of ours needs them.
    """
    plain = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", plain).strip()


def digits_in(text: str | None) -> str:
    """The digits at the start of *text*, in ASCII, whatever the script and the spaces between them."""
    looked_at = unicodedata.normalize("NFKC", (text or "")[:40])
    return "".join(str(unicodedata.decimal(mark, "")) for mark in looked_at)


def whole_number(text: str | None) -> int | None:
    """The number in an address or a hidden field; None for anything else, also for what could name no row."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def day_typed(text: str | None) -> date | None:
    """The day in an address; None for anything else, and for the first and the last day there are."""
    for pattern in DAYS_TYPED:
        with suppress(ValueError):
            day = date(*strptime(text or "", pattern)[:3])
            return day if date.min < day < date.max else None
    return None


def moment_typed(day: date, hour: time) -> datetime:
    """The moment in UTC; what was typed is local time."""
    return datetime.combine(day, hour, tzinfo=local_zone()).astimezone(UTC)


class RowId(IntegerConverter):
    """``<int:...>`` in our addresses: a number that no row can have is a page that does not exist."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ID, **options})


def unsaved_words() -> list[str]:
    """The longer texts of a form that could not be taken, to be shown back so that they can be copied.

    Never what belongs to an account, and never what another site made the browser send: it would
    speak to the reader in our name.
    """
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if request.method != "POST" or request.blueprint == "account" or not is_ours:
        return []
    try:
        sent = request.form.items(multi=True)
    except HTTPException:  # too large or cut off on the way: nothing of it can be read
        return []
    texts = [tidy(text) for name, text in sent if name not in _NOT_WORDS]
    return [text for text in texts if len(text) > _WORTH_KEEPING or "\n" in text]
