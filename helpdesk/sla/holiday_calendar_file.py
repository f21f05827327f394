"""Holidays as an iCalendar file (RFC 5545), as telephones and office calendars exchange them. Pure.

Each day is an event of a whole day. Ours also carry the English name and, where a day closes one
calendar only, its code, in fields that other programs pass over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from helpdesk.lib import clock
from helpdesk.lib.errors import Invalid
from helpdesk.sla.holiday_editing import DayOff
from helpdesk.sla.holiday_lines import (
    KIND_WORDS,
    Line,
    NotUnderstood,
    known_kind,
    line_of,
    read_calendar,
)
from helpdesk.sla.models import HolidayKind

_LONGEST_EVENT = timedelta(days=31)
_ONE_DAY = timedelta(days=1)
_NAME_EN, _CALENDAR = "X-TANGGAP-NAME-EN", "X-TANGGAP-CALENDAR"


def write_events(days: Iterable[DayOff], codes: Mapping[int, str], *, title: str) -> bytes:
    """The days as one file; *codes* are those of the calendars by id, *title* is shown by programs."""
    # A tenth of a second to import, needed by one page: not at the start of every process.
    from icalendar import Calendar

    book = Calendar()
    book.add("prodid", "-//Tanggap//holidays//ID")
    book.add("version", "2.0")
    book.add("x-wr-calname", title)
    for day in days:
        book.add_component(_event(day, codes.get(day.calendar_id or 0, "")))
    return bytes(book.to_ical())


def read_events(
    text: str, *, otherwise: HolidayKind, calendars: Mapping[str, int], zone: ZoneInfo
) -> Iterator[Line]:
    """Every day of every event.

    *otherwise* is the kind of an event that does not say its own, *calendars* are the ids by code,
    *zone* is where an event with an hour has its day. Raises Invalid (field ``file``) when it is no
    such file.
    """
    from icalendar import Calendar

    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except ValueError as error:
        message = _l("This is neither a CSV nor an iCalendar file.")
        raise Invalid({"file": message}) from error
    for number, event in enumerate(events, start=1):
        name = str(event.get("SUMMARY", "")).strip()
        try:
            days = _days(event, zone)
        except NotUnderstood as refusal:
            yield Line(number, name, fault=refusal.fault)
            continue
        for on in days:
            day = partial(_day, event, on, name, otherwise, calendars)
            yield line_of(number, f"{on.isoformat()} {name}", day)


def _event(day: DayOff, code: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", "-".join(filter(None, (day.on.isoformat(), day.kind, code))) + "@tanggap")
    event.add("dtstamp", clock.now())
    event.add("dtstart", day.on)
    event.add("dtend", day.on + _ONE_DAY)
    event.add("summary", day.name_id)
    event.add("categories", [KIND_WORDS[day.kind]])
    event.add("transp", "TRANSPARENT")
    event.add(_NAME_EN, day.name_en)
    if code:
        event.add(_CALENDAR, code)
    return event


def _day(
    event: Any, on: date, name: str, otherwise: HolidayKind, calendars: Mapping[str, int]
) -> DayOff:
    kind = _kind(event, name, otherwise)
    name_en = str(event.get(_NAME_EN, ""))
    return DayOff(on, kind, name, name_en, read_calendar(str(event.get(_CALENDAR, "")), calendars))


def _days(event: Any, zone: ZoneInfo) -> list[date]:
    """The local days of an event; its end is the first day that no longer belongs to it."""
    if "RRULE" in event or "RDATE" in event:
        raise NotUnderstood(_l("It repeats. Write each day by itself."))
    begins, ends = event.get("DTSTART"), event.get("DTEND")
    if not isinstance(getattr(begins, "dt", None), date):
        raise NotUnderstood(_l("It has no day."))
    first = _local_day(begins.dt, zone)
    after = first + _ONE_DAY
    if isinstance(getattr(ends, "dt", None), date):
        after = max(after, _local_day(ends.dt, zone))
    if after - first > _LONGEST_EVENT:
        raise NotUnderstood(_l("It lasts longer than a month."))
    return [first + timedelta(days=offset) for offset in range((after - first).days)]


def _local_day(moment: date, zone: ZoneInfo) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(zone) if moment.tzinfo else moment).date()


def _kind(event: Any, name: str, otherwise: HolidayKind) -> HolidayKind:
    """What the event says it is; other programs say nothing, but the decree's names do."""
    said = event.get("CATEGORIES")
    kinds = (known_kind(str(word)) for word in getattr(said, "cats", ()))
    by_name = HolidayKind.COLLECTIVE if "cuti bersama" in name.lower() else otherwise
    return next((kind for kind in kinds if kind is not None), by_name)
