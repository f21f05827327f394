"""What a line of a file of holidays says: its day, or why it was not understood. Pure.

Reading never fails on a line: every one comes back, so that a preview can show them all before
anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import get_month_names
from flask_babel import lazy_gettext as _l

from helpdesk.sla.holiday_editing import BEYOND_YEARS, YEARS, DayOff
from helpdesk.sla.models import HolidayKind

KIND_WORDS = {
    HolidayKind.NATIONAL: "libur nasional",
    HolidayKind.COLLECTIVE: "cuti bersama",
    HolidayKind.LOCAL: "libur lokal",
}
_SHOWN = 120  # characters of a line that are shown back
_MONTHS = {
    name.lower(): number
    for language in ("en", "id")
    for width in ("abbreviated", "wide")
    for number, name in get_month_names(width, locale=language).items()
}


@dataclass(frozen=True)
class Line:
    """A line of a table, or one day of an event: its *day*, or the sentence that names its fault."""

    number: int
    text: str
    day: DayOff | None = None
    fault: Any = ""


class NotUnderstood(ValueError):
    """*fault* is the sentence for the preview."""

    def __init__(self, fault: Any) -> None:
        super().__init__(str(fault))
        self.fault = fault


def line_of(number: int, text: str, read: Callable[[], DayOff]) -> Line:
    """The line with the day that *read* finds in it, or with its NotUnderstood."""
    try:
        day = read()
        if day.on.year not in YEARS:
            raise NotUnderstood(BEYOND_YEARS)
        if not day.name_id.strip():
            raise NotUnderstood(_l("It has no name."))
        return Line(number, text[:_SHOWN], day)
    except NotUnderstood as refusal:
        return Line(number, text[:_SHOWN], fault=refusal.fault)


def read_date(written: str) -> date:
    """``2026-12-25``, ``25/12/2026``, ``25 Desember 2026``. Raises NotUnderstood."""
    parts = re.split(r"[\s./-]+", written.strip().lower())
    year, month, day = parts if len(parts[0]) == 4 and len(parts) == 3 else _from_the_end(parts)
    try:
        return date(int(year), _MONTHS.get(month) or int(month), int(day))
    except ValueError as error:
        raise NotUnderstood(_UNREADABLE) from error


def read_kind(word: str, otherwise: HolidayKind) -> HolidayKind:
    """The kind that *word* names; *otherwise* when it names none. Raises NotUnderstood."""
    if not word:
        return otherwise
    kind = known_kind(word)
    if kind is None:
        raise NotUnderstood(
            _l("This kind is not known: write libur nasional, cuti bersama or libur lokal.")
        )
    return kind


def known_kind(word: str) -> HolidayKind | None:
    """The kind of this name in Indonesian, or of this code."""
    plain = " ".join(word.lower().replace("_", " ").split())
    for kind, written in KIND_WORDS.items():
        if plain in (written, kind.value, written.removeprefix("libur ")):
            return kind
    return None


def read_calendar(code: str, calendars: Mapping[str, int]) -> int | None:
    """The id of the calendar with this code; None for no code. Raises NotUnderstood."""
    if not code:
        return None
    if code.lower() not in calendars:
        raise NotUnderstood(_l("No calendar has this code."))
    return calendars[code.lower()]


_UNREADABLE = _l("The day is not understood. Write it as 2026-12-25.")


def _from_the_end(parts: list[str]) -> tuple[str, str, str]:
    if len(parts) != 3:
        raise NotUnderstood(_UNREADABLE)
    return parts[2], parts[1], parts[0]
