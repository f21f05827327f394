"""What an administrator does to calendars, and to which unit keeps which. Call inside a unit of work.

A change gives the calendar a new *edition*: every process builds it anew from the next call on, and
the worker counts the stored deadlines of running clocks again (``tickets.recomputing``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.database import db
from helpdesk.lib.editing import find_row, take_row
from helpdesk.lib.errors import Invalid, Refused
from helpdesk.lib.zones import is_zone
from helpdesk.sla.calendar import BusinessCalendar, Span
from helpdesk.sla.calendars import calendar_by_id
from helpdesk.sla.models import Calendar, CalendarSpan, UnitCalendar, new_edition
from helpdesk.sla.written_hours import write_hours

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_NAMING = ("code", "name_id", "name_en")
_COUNTING = ("zone", "observes_holidays", "observes_collective_leave", "hours")


@dataclass(frozen=True)
class CalendarFacts:
    """What is written about a calendar; an empty English name means the Indonesian one.

    *zone* is an IANA name; *spans* are the open stretches by weekday (0 Monday), in minutes of the
    local day, in any order.
    """

    code: str
    name_id: str
    name_en: str
    zone: str
    spans: Mapping[int, Iterable[Span]]
    observes_holidays: bool = True
    observes_collective_leave: bool = True


def add_calendar(facts: CalendarFacts, *, by: Actor) -> Calendar:
    """Create a calendar; the first one becomes the default. Raises Invalid as ``edit_calendar``."""
    tidy, week = _tidy(facts, but=None), _week(facts)
    is_first = db.session.scalar(select(Calendar.id).limit(1)) is None
    calendar = Calendar(**tidy, is_default=is_first)
    db.session.add(calendar)
    db.session.flush()
    _write_week(calendar.id, week)
    _note("calendar_added", calendar, by, after=_told(calendar, week))
    return calendar


def edit_calendar(calendar_id: int, facts: CalendarFacts, *, version: int, by: Actor) -> Calendar:
    """Change what is written about a calendar.

    Raises Conflict for an old *version*; Invalid for a malformed or taken code, no name, an unknown
    zone, spans that overlap or leave the day (field ``spans``), or a week without an open hour.
    """
    calendar = take_row(Calendar, calendar_id, version)
    tidy, week = _tidy(facts, but=calendar_id), _week(facts)
    before = _told(calendar, calendar_by_id(calendar_id).spans_by_weekday)
    for name, value in tidy.items():
        setattr(calendar, name, value)
    calendar.version += 1
    _write_week(calendar_id, week)
    after = _told(calendar, week)
    if any(before[name] != after[name] for name in _COUNTING):
        calendar.edition = new_edition()
    _note("calendar_edited", calendar, by, before=before, after=after)
    return calendar


def make_default(calendar_id: int, *, by: Actor) -> Calendar:
    """Let this calendar hold for whatever starts from now on without one of its own.

    Raises Refused when it is off.
    """
    calendar = take_row(Calendar, calendar_id)
    if not calendar.is_active:
        raise Refused(_l("A calendar that is switched off cannot be the default one."))
    # One statement for the others, so that two administrators cannot leave two defaults behind.
    db.session.execute(update(Calendar).where(Calendar.id != calendar_id).values(is_default=False))
    calendar.is_default = True
    calendar.version += 1
    _note("calendar_made_default", calendar, by)
    return calendar


def switch_calendar(calendar_id: int, *, on: bool, by: Actor) -> Calendar:
    """Switch a calendar on or off; while off, its units keep the default one. Raises Refused.

    Clocks that run under it run on, under the hours they were promised in.
    """
    calendar = take_row(Calendar, calendar_id)
    if calendar.is_default and not on:
        raise Refused(_l("The default calendar cannot be switched off."))
    calendar.is_active = on
    calendar.version += 1
    _note("calendar_reactivated" if on else "calendar_deactivated", calendar, by)
    return calendar


def assign_calendar(unit_id: int, calendar_id: int | None, *, by: Actor) -> None:
    """Give a unit its own calendar, or (None) the default one; a change is audited. Raises NotFound."""
    kept = db.session.get(UnitCalendar, unit_id)
    before = kept.calendar_id if kept else None
    if before == calendar_id:
        return
    trail.record(
        "unit_calendar_assigned",
        by=by,
        subject=("unit", unit_id),
        details={
            "before": {"calendar": _name_of(before)},
            "after": {"calendar": _name_of(calendar_id)},
        },
    )
    if calendar_id is None:
        if kept is not None:
            db.session.delete(kept)
    elif kept is None:
        db.session.add(UnitCalendar(unit_id=unit_id, calendar_id=calendar_id))
    else:
        kept.calendar_id = calendar_id
    db.session.flush()


def _name_of(calendar_id: int | None) -> str:
    return find_row(Calendar, calendar_id).name_id if calendar_id else ""


def _tidy(facts: CalendarFacts, *, but: int | None) -> dict[str, Any]:
    code, name_id = facts.code.strip().lower(), facts.name_id.strip()
    if not _CODE.fullmatch(code):
        raise Invalid({"code": _l("Use small letters, digits and dashes, such as rawat-jalan.")})
    if not name_id:
        raise Invalid({"name_id": _l("Write the name in Indonesian.")})
    if not is_zone(facts.zone):
        raise Invalid({"zone": _l("This time zone does not exist.")})
    taken = db.session.scalars(select(Calendar.id).where(Calendar.code == code)).first()
    if taken not in (None, but):
        raise Invalid({"code": _l("Another row already has this code.")})
    alike = select(Calendar.id).where(func.lower(Calendar.name_id) == name_id.lower())
    if set(db.session.scalars(alike)) - {but}:
        raise Invalid({"name_id": _l("Another calendar already has this name.")})
    return {
        "code": code,
        "name_id": name_id,
        "name_en": facts.name_en.strip() or name_id,
        "zone": facts.zone,
        "observes_holidays": facts.observes_holidays,
        "observes_collective_leave": facts.observes_collective_leave,
    }


def _week(facts: CalendarFacts) -> tuple[tuple[Span, ...], ...]:
    try:
        week = BusinessCalendar.weekly(facts.zone, facts.spans).spans_by_weekday
    except ValueError as error:
        message = _l("Opening hours must follow each other and end within the same day.")
        raise Invalid({"spans": message}) from error
    if not any(week):
        raise Invalid({"spans": _l("A calendar needs at least one open hour in the week.")})
    return week


def _write_week(calendar_id: int, week: Iterable[Iterable[Span]]) -> None:
    db.session.execute(delete(CalendarSpan).where(CalendarSpan.calendar_id == calendar_id))
    for weekday, day in enumerate(week):
        for opens, closes in day:
            span = CalendarSpan(
                calendar_id=calendar_id, weekday=weekday, opens_minute=opens, closes_minute=closes
            )
            db.session.add(span)
    db.session.flush()


def _told(calendar: Calendar, week: Iterable[Iterable[Span]]) -> dict[str, Any]:
    """What the audit trail keeps of a calendar."""
    hours = " | ".join(write_hours(day) or "–" for day in week)
    names = (*_NAMING, *_COUNTING[:-1])
    return {**{name: getattr(calendar, name) for name in names}, "hours": hours}


def _note(act: str, calendar: Calendar, by: Actor, **details: Any) -> None:
    trail.record(act, by=by, subject=("calendar", calendar.id), details=details)
