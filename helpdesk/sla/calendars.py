"""The calendars of the units, read from their tables into ``BusinessCalendar`` values.

Every call asks one indexed query for the editions of the calendars in question; only a calendar
whose edition is new to this process is built again (three queries for all of them). So an edit made
in another process counts from the next call on, and nothing has to be told to anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.sql import ColumnElement

from helpdesk.lib.database import db, in_transaction, run_core
from helpdesk.sla.calendar import BusinessCalendar, Span
from helpdesk.sla.models import Calendar, CalendarSpan, Holiday, HolidayKind, UnitCalendar


class NoCalendar(LookupError):
    """No such calendar, or no default one: the installation was not set up (``flask setup``)."""


class Standing(NamedTuple):
    """The calendars by id; *usual_id* is that of whoever has none of their own, None before setup."""

    by_id: dict[int, BusinessCalendar]
    usual_id: int | None


class _Known(NamedTuple):
    id: int
    edition: str
    is_usual: bool = False


# calendar id → edition, calendar. Editions are random: another database here cannot match.
_built: dict[int, tuple[str, BusinessCalendar]] = {}


def default_calendar() -> BusinessCalendar:
    """The calendar of everything that belongs to no unit. Raises NoCalendar before setup."""
    return calendar_for_unit(None)


def calendar_for_unit(unit_id: int | None) -> BusinessCalendar:
    """The calendar a unit keeps: its own while active, otherwise the default. Raises NoCalendar."""
    known = _calendars_of([unit_id])[unit_id]
    return _current([known])[known.id]


def calendar_id_for_unit(unit_id: int | None) -> int:
    """The id of ``calendar_for_unit``, for a clock to remember. Raises NoCalendar."""
    return _calendars_of([unit_id])[unit_id].id


def calendars_for_units(unit_ids: Iterable[int]) -> dict[int, BusinessCalendar]:
    """``calendar_for_unit`` for many units in the same number of queries."""
    wanted = set(unit_ids)
    kept = _calendars_of(wanted)
    calendars = _current(kept.values())
    return {unit_id: calendars[kept[unit_id].id] for unit_id in wanted}


def calendar_by_id(calendar_id: int) -> BusinessCalendar:
    """One calendar, active or not: clocks that started under it still run. Raises NoCalendar."""
    found = _current(_editions(Calendar.id == calendar_id))
    if calendar_id not in found:
        raise NoCalendar(f"no calendar {calendar_id}")
    return found[calendar_id]


def all_calendars() -> dict[int, BusinessCalendar]:
    """Every calendar by id, active or not; for pages and sweeps that meet many clocks."""
    return _current(_editions())


def standing_calendars() -> Standing:
    """Every calendar, and which is the usual one; inside a unit of work they stand still until it ends.

    A deadline counted under an edition is then committed before the next edition is, so whoever counts
    deadlines again (``tickets.recomputing``) finds them all. A change that the unit itself has not
    flushed is not seen.
    """
    known = [_Known(*row) for row in run_core(_STANDING if in_transaction() else _MARKS)]
    return Standing(_current(known), next((each.id for each in known if each.is_usual), None))


def editions() -> dict[int, str]:
    """The mark of every calendar's present state, by its id."""
    return {known.id: known.edition for known in _editions()}


def _editions(*conditions: ColumnElement[bool]) -> list[_Known]:
    return [_Known(*row) for row in db.session.execute(_MARKS.where(*conditions))]


_IS_USUAL = and_(Calendar.is_default, Calendar.is_active).label("is_usual")
_MARKS = select(Calendar.id, Calendar.edition, _IS_USUAL).order_by(Calendar.id)
_STANDING = _MARKS.with_for_update(read=True)


def _calendars_of(unit_ids: Collection[int | None]) -> dict[int | None, _Known]:
    """Which calendar each unit keeps; one query, however many units."""
    ids = [unit_id for unit_id in unit_ids if unit_id is not None]
    rows = db.session.execute(_KEPT, {"unit_ids": ids}).all()
    default = next((_Known(row.id, row.edition) for row in rows if row.is_default), None)
    own = {row.unit_id: _Known(row.id, row.edition) for row in rows if row.unit_id is not None}
    kept: dict[int | None, _Known] = {}
    for unit_id in unit_ids:
        known = own.get(unit_id) or default
        if known is None:
            raise NoCalendar("no default calendar")
        kept[unit_id] = known
    return kept


_ASSIGNED = and_(
    UnitCalendar.calendar_id == Calendar.id,
    UnitCalendar.unit_id.in_(bindparam("unit_ids", expanding=True)),
)
_KEPT = (
    select(Calendar.id, Calendar.edition, Calendar.is_default, UnitCalendar.unit_id)
    .outerjoin(UnitCalendar, _ASSIGNED)
    .where(Calendar.is_active, or_(Calendar.is_default, UnitCalendar.unit_id.is_not(None)))
)


def _current(known: Iterable[_Known]) -> dict[int, BusinessCalendar]:
    """The calendars as they stand, from memory where the edition is the one we built."""
    editions = {each.id: each.edition for each in known}
    found: dict[int, BusinessCalendar] = {}
    for calendar_id, edition in editions.items():
        kept = _built.get(calendar_id)
        if kept is not None and kept[0] == edition:
            found[calendar_id] = kept[1]
    stale = [calendar_id for calendar_id in editions if calendar_id not in found]
    if stale:
        for calendar_id, calendar in _build(stale).items():
            _built[calendar_id] = (editions[calendar_id], calendar)
            found[calendar_id] = calendar
    return found


def _build(ids: Collection[int]) -> dict[int, BusinessCalendar]:
    spans = _spans(ids)
    holidays = _holidays(ids)
    rows = db.session.execute(
        select(
            Calendar.id,
            Calendar.zone,
            Calendar.observes_holidays,
            Calendar.observes_collective_leave,
        ).where(Calendar.id.in_(ids))
    )
    return {
        row.id: BusinessCalendar.weekly(
            row.zone,
            spans[row.id],
            [
                day.on
                for day in holidays
                if day.calendar_key in (0, row.id)
                and row.observes_holidays
                and (row.observes_collective_leave or day.kind != HolidayKind.COLLECTIVE)
            ],
        )
        for row in rows
    }


def _spans(ids: Collection[int]) -> dict[int, dict[int, list[Span]]]:
    spans: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    rows = db.session.execute(
        select(
            CalendarSpan.calendar_id,
            CalendarSpan.weekday,
            CalendarSpan.opens_minute,
            CalendarSpan.closes_minute,
        ).where(CalendarSpan.calendar_id.in_(ids))
    )
    for calendar_id, weekday, opens, closes in rows:
        spans[calendar_id][weekday].append((opens, closes))
    return spans


class _ClosedDay(NamedTuple):
    on: date
    kind: str
    calendar_key: int


def _holidays(ids: Collection[int]) -> list[_ClosedDay]:
    rows = db.session.execute(
        select(Holiday.on, Holiday.kind, Holiday.calendar_key).where(
            Holiday.is_active, Holiday.calendar_key.in_([0, *ids])
        )
    )
    return [_ClosedDay(*row) for row in rows]
