"""What an administrator does to calendars and holidays. Call inside a unit of work.

A deadline that was already stored keeps its moment until its clock is next recomputed; ``flask
check clocks`` shows which would move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.sla.calendar import BusinessCalendar, Span
from helpdesk.sla.models import (
    Calendar,
    CalendarSpan,
    Holiday,
    HolidayKind,
    UnitCalendar,
    new_edition,
)


def add_calendar(
    *,
    code: str,
    name_id: str,
    name_en: str,
    zone: str,
    spans: Mapping[int, Iterable[Span]],
    observes_holidays: bool = True,
    observes_collective_leave: bool = True,
) -> Calendar:
    """Create a calendar; the first one becomes the default.

    Raises Conflict when the code is taken, Invalid for an unknown zone or impossible spans.
    """
    if db.session.scalar(select(Calendar.id).where(Calendar.code == code)) is not None:
        raise Conflict(_l("There is already a calendar with this code."))
    if zone not in available_timezones():
        raise Invalid({"zone": _l("This time zone does not exist.")})
    is_first = db.session.scalar(select(Calendar.id).limit(1)) is None
    calendar = Calendar(
        code=code,
        name_id=name_id,
        name_en=name_en,
        zone=zone,
        observes_holidays=observes_holidays,
        observes_collective_leave=observes_collective_leave,
        is_default=is_first,
    )
    db.session.add(calendar)
    db.session.flush()
    replace_spans(calendar, spans)
    return calendar


def replace_spans(calendar: Calendar, spans: Mapping[int, Iterable[Span]]) -> None:
    """Set all open hours, in minutes of the local day by weekday (0 Monday).

    Raises Invalid when spans overlap or leave the day, or when nothing would be open at all.
    """
    try:
        week = BusinessCalendar.weekly(calendar.zone, spans).spans_by_weekday
    except ValueError as error:
        message = _l("Opening hours must follow each other and end within the same day.")
        raise Invalid({"spans": message}) from error
    if not any(week):
        raise Invalid({"spans": _l("A calendar needs at least one open hour in the week.")})
    db.session.execute(delete(CalendarSpan).where(CalendarSpan.calendar_id == calendar.id))
    for weekday, day in enumerate(week):
        for opens, closes in day:
            span = CalendarSpan(
                calendar_id=calendar.id, weekday=weekday, opens_minute=opens, closes_minute=closes
            )
            db.session.add(span)
    _renew(calendar.id)


def observe(calendar: Calendar, *, holidays: bool, collective_leave: bool) -> None:
    """Decide whether holidays, and among them *cuti bersama*, are days off in this calendar."""
    calendar.observes_holidays = holidays
    calendar.observes_collective_leave = collective_leave
    _renew(calendar.id)


def make_default(calendar: Calendar) -> None:
    """Let this calendar hold for whatever has none of its own. Raises Refused when it is off."""
    if not calendar.is_active:
        raise Refused(_l("A calendar that is switched off cannot be the default one."))
    # One statement for the others, so that two administrators cannot leave two defaults behind.
    db.session.execute(update(Calendar).where(Calendar.id != calendar.id).values(is_default=False))
    calendar.is_default = True
    db.session.flush()


def switch_calendar(calendar: Calendar, *, on: bool) -> None:
    """Switch a calendar on or off; while off, its units keep the default one. Raises Refused."""
    if calendar.is_default and not on:
        raise Refused(_l("The default calendar cannot be switched off."))
    calendar.is_active = on
    db.session.flush()


def assign_calendar(unit_id: int, calendar_id: int | None, *, by: Actor) -> None:
    """Give a unit its own calendar, or (None) the default one; a change is audited. Raises NotFound."""
    kept = db.session.get(UnitCalendar, unit_id)
    before = kept.calendar_id if kept else None
    if before == calendar_id:
        return
    trail.record(
        "unit_calendar_assigned",
        actor_id=by.user_id,
        actor_label=by.label,
        subject=("unit", unit_id),
        details={"before": before, "after": calendar_id},
    )
    if calendar_id is None:
        if kept is not None:
            db.session.delete(kept)
    elif db.session.get(Calendar, calendar_id) is None:
        raise NotFound
    elif kept is None:
        db.session.add(UnitCalendar(unit_id=unit_id, calendar_id=calendar_id))
    else:
        kept.calendar_id = calendar_id
    db.session.flush()


def add_holiday(
    on: date,
    *,
    kind: HolidayKind,
    name_id: str,
    name_en: str,
    calendar_id: int | None = None,
) -> Holiday:
    """Close a day for one calendar, or (None) for all that observe its kind.

    A day that had been switched off comes back under the new name. Raises Conflict when it is
    closed already.
    """
    holiday = db.session.scalar(
        select(Holiday).where(
            Holiday.on == on, Holiday.kind == kind, Holiday.calendar_key == (calendar_id or 0)
        )
    )
    if holiday is None:
        holiday = Holiday(on=on, kind=kind.value, calendar_id=calendar_id)
        db.session.add(holiday)
    elif holiday.is_active:
        raise Conflict(_l("This day is already in the list."))
    holiday.name_id, holiday.name_en, holiday.is_active = name_id, name_en, True
    _renew(calendar_id)
    return holiday


def switch_holiday(holiday_id: int, *, on: bool) -> Holiday:
    """Let a day count as closed, or no longer; the next import respects it. Raises NotFound."""
    holiday = db.session.get(Holiday, holiday_id)
    if holiday is None:
        raise NotFound
    holiday.is_active = on
    _renew(holiday.calendar_id)
    return holiday


def renew_all_calendars() -> None:
    """Have every process build every calendar again: what holds for all of them has changed."""
    _renew(None)


def _renew(calendar_id: int | None) -> None:
    db.session.flush()
    statement = update(Calendar).values(edition=new_edition(), version=Calendar.version + 1)
    if calendar_id is not None:
        statement = statement.where(Calendar.id == calendar_id)
    db.session.execute(statement)
    db.session.flush()
