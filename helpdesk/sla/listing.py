"""Calendars and holidays as an administrator's page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, extract, select

from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db
from helpdesk.sla import calendars
from helpdesk.sla.calendar import Span
from helpdesk.sla.models import Calendar, Holiday, HolidayKind, UnitCalendar


@dataclass(frozen=True)
class CalendarSheet:
    """A calendar with its week: seven lists of spans in minutes of the local day, Monday first."""

    calendar: Calendar
    week: tuple[tuple[Span, ...], ...]


def calendar_sheets() -> list[CalendarSheet]:
    """Every calendar, the default one first."""
    order = Calendar.is_default.desc(), Calendar.is_active.desc(), Calendar.id
    rows = db.session.scalars(select(Calendar).order_by(*order)).all()
    known = calendars.all_calendars()
    return [CalendarSheet(row, known[row.id].spans_by_weekday) for row in rows]


def active_calendars() -> list[Calendar]:
    """Those that a unit can keep, the default one first."""
    order = Calendar.is_default.desc(), Calendar.id
    return list(db.session.scalars(select(Calendar).where(Calendar.is_active).order_by(*order)))


def calendar_sheet(calendar: Calendar) -> CalendarSheet:
    """One calendar with its week."""
    return CalendarSheet(calendar, calendars.calendar_by_id(calendar.id).spans_by_weekday)


def own_calendar_of(unit_id: int) -> int | None:
    """The calendar that a unit keeps for itself; None when it keeps the default one."""
    return db.session.scalar(
        select(UnitCalendar.calendar_id).where(UnitCalendar.unit_id == unit_id)
    )


def units_keeping(calendar_ids: Iterable[int]) -> dict[int, list[Unit]]:
    """The active units that were given each calendar as their own, by its id."""
    rows = db.session.execute(
        select(UnitCalendar.calendar_id, Unit)
        .join(Unit, Unit.id == UnitCalendar.unit_id)
        .where(Unit.is_active, UnitCalendar.calendar_id.in_(list(calendar_ids)))
        .order_by(Unit.name_id, Unit.id)
    )
    kept: dict[int, list[Unit]] = defaultdict(list)
    for calendar_id, unit in rows:
        kept[calendar_id].append(unit)
    return kept


def years_without_holidays(first: date, last: date) -> list[int]:
    """The years from *first* to *last* of which no national holiday is in the table; none where nobody keeps them."""
    is_known = and_(Holiday.is_active, Holiday.kind == HolidayKind.NATIONAL.value)
    rows = (
        select(extract("year", Holiday.on))
        .select_from(Calendar)
        .outerjoin(Holiday, is_known)
        .where(Calendar.is_active, Calendar.observes_holidays)
        .distinct()
    )
    known = db.session.scalars(rows).all()  # of a calendar without any holiday there is a row too
    return [year for year in range(first.year, last.year + 1) if known and year not in known]


def holidays_in(year: int) -> list[Holiday]:
    """Every day of the table in that year, switched off ones too, in order."""
    within = Holiday.on.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(Holiday).where(within).order_by(Holiday.on, Holiday.id)))


def holidays_between(first: date, last: date) -> dict[date, list[Holiday]]:
    """The days of the table that count as closed, from *first* to *last*, by date."""
    rows = db.session.scalars(
        select(Holiday)
        .where(Holiday.is_active, Holiday.on.between(first, last))
        .order_by(Holiday.id)
    )
    found: dict[date, list[Holiday]] = defaultdict(list)
    for holiday in rows:
        found[holiday.on].append(holiday)
    return found
