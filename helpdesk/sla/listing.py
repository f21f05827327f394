"""Calendars and holidays as an administrator's page shows them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.sla.calendar import EVERY_DAY, Span
from helpdesk.sla.models import Calendar, CalendarSpan, Holiday, UnitCalendar


@dataclass(frozen=True)
class CalendarSheet:
    """A calendar with its week: seven lists of spans in minutes of the local day, Monday first."""

    calendar: Calendar
    week: tuple[tuple[Span, ...], ...]


def calendar_sheets() -> list[CalendarSheet]:
    """Every calendar, the default one first, in two queries."""
    spans: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for span in db.session.scalars(select(CalendarSpan).order_by(CalendarSpan.opens_minute)):
        spans[span.calendar_id][span.weekday].append((span.opens_minute, span.closes_minute))
    order = Calendar.is_default.desc(), Calendar.is_active.desc(), Calendar.id
    return [
        CalendarSheet(calendar, tuple(tuple(spans[calendar.id][day]) for day in EVERY_DAY))
        for calendar in db.session.scalars(select(Calendar).order_by(*order))
    ]


def active_calendars() -> list[Calendar]:
    """Those that a unit can keep, the default one first."""
    order = Calendar.is_default.desc(), Calendar.id
    return list(db.session.scalars(select(Calendar).where(Calendar.is_active).order_by(*order)))


def own_calendar_of(unit_id: int) -> int | None:
    """The calendar that a unit keeps for itself; None when it keeps the default one."""
    return db.session.scalar(
        select(UnitCalendar.calendar_id).where(UnitCalendar.unit_id == unit_id)
    )


def holidays_in(year: int) -> list[Holiday]:
    """Every day of the table in that year, switched off ones too, in order."""
    within = Holiday.on.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(Holiday).where(within).order_by(Holiday.on, Holiday.id)))
