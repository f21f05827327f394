"""Holidays from a file or from the library: first shown line by line, then written.

Nothing is kept between the two steps: the preview hands the days to be added to the page as a
table, and the page hands them back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.lib.tables import text_of
from helpdesk.sla.holiday_calendar_file import read_events
from helpdesk.sla.holiday_editing import DayOff, Key, known_days
from helpdesk.sla.holiday_lines import Line
from helpdesk.sla.holiday_table_file import read_table
from helpdesk.sla.models import Calendar, Holiday, HolidayKind

MOST_BYTES = 500_000
MOST_LINES = 2000


class Fate(StrEnum):
    """What would become of a line."""

    NEW = "new"
    KNOWN = "known"  # closed already
    OTHER_KIND = "other_kind"  # closed already as something else, which it stays
    SWITCHED_OFF = "switched_off"  # in the table, but made a working day: it stays one
    REPEATED = "repeated"  # stands further up in the same file
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Foreseen:
    """A line and what would become of it; *stands_as* is the kind that the table has for its day."""

    line: Line
    fate: Fate
    stands_as: HolidayKind | None = None


def calendar_codes() -> dict[int, str]:
    """The codes of all calendars by id, as files name them."""
    return {row.id: row.code for row in db.session.execute(select(Calendar.id, Calendar.code))}


def read_file(content: bytes, *, otherwise: HolidayKind, zone: ZoneInfo) -> list[Line]:
    """Every line of a CSV or iCalendar file, whichever it is.

    *otherwise* is the kind of a day that does not say its own; *zone* is where an event with an
    hour has its day. Raises Invalid (field ``file``) for what is no such file, empty or too large.
    """
    if len(content) > MOST_BYTES:
        raise Invalid({"file": _l("This file is too large for a list of holidays.")})
    text, calendars = text_of(content), {code: id_ for id_, code in calendar_codes().items()}
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        read = read_events(text, otherwise=otherwise, calendars=calendars, zone=zone)
    else:
        read = read_table(text, otherwise=otherwise, calendars=calendars)
    lines = list(read)
    if not lines:
        raise Invalid({"file": _l("There is no day in this file.")})
    if len(lines) > MOST_LINES:
        raise Invalid({"file": _l("This file is too large for a list of holidays.")})
    return lines


def lines_of(days: Iterable[DayOff]) -> list[Line]:
    """Days that come from no file, such as the library's, as lines."""
    return [
        Line(number, f"{day.on.isoformat()} {day.name_id}", day)
        for number, day in enumerate(days, start=1)
    ]


def foresee(lines: Iterable[Line]) -> list[Foreseen]:
    """What would become of each line, in their order; one query."""
    known, seen = known_days(), set[Key]()
    found = []
    for line in lines:
        fate = _fate(line.day, known, seen)
        found.append(Foreseen(line, fate, known.get(line.day.key) if line.day else None))
        if line.day is not None:
            seen.add(line.day.key)
    return found


def to_add(foreseen: Iterable[Foreseen]) -> list[DayOff]:
    """The days that would be added."""
    return [one.line.day for one in foreseen if one.fate is Fate.NEW and one.line.day]


def day_of(holiday: Holiday) -> DayOff:
    """A row of the table as files write it."""
    kind = HolidayKind(holiday.kind)
    return DayOff(holiday.on, kind, holiday.name_id, holiday.name_en, holiday.calendar_id)


def _fate(
    day: DayOff | None, known: Mapping[Key, HolidayKind | None], seen: Collection[Key]
) -> Fate:
    if day is None:
        return Fate.NOT_UNDERSTOOD
    if day.key not in known:
        return Fate.REPEATED if day.key in seen else Fate.NEW
    if known[day.key] is None:
        return Fate.SWITCHED_OFF
    return Fate.KNOWN if known[day.key] is day.kind else Fate.OTHER_KIND
