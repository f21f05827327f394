"""Calendars from their tables: who keeps which, what closes them, and that edits count at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.sla import calendar_editing as editing
from helpdesk.sla import calendars
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.models import Calendar, HolidayKind
from helpdesk.sla.seed import OFFICE, ROUND_THE_CLOCK
from tests.sla.conftest import QueryCounter
from tests.sla.hours import WIB, WIT, wib

LEBARAN, LEAVE = date(2026, 3, 21), date(2026, 3, 20)
THURSDAY = date(2026, 11, 19)


def calendar_row(code: str) -> Calendar:
    """A seeded calendar's row."""
    row: Calendar = db.session.scalars(select(Calendar).where(Calendar.code == code)).one()
    return row


def unit(code: str) -> int:
    """A unit made for the test."""

    def add() -> int:
        row = Unit(code=code, name_id=code, name_en=code)
        db.session.add(row)
        db.session.flush()
        return row.id

    return unit_of_work(add)


def give(unit_id: int, code: str | None) -> None:
    """Assign a calendar by code."""
    unit_of_work(
        lambda: editing.assign_calendar(
            unit_id, calendar_row(code).id if code else None, by=Actor.system()
        )
    )


def test_a_unit_keeps_the_default_calendar_until_it_has_its_own(seeded: Flask) -> None:
    emergency = unit("IGD")
    assert calendars.calendar_for_unit(emergency) == calendars.default_calendar()
    give(emergency, ROUND_THE_CLOCK)
    assert calendars.calendar_for_unit(emergency).is_open(wib("2026-03-21 23.00"))
    assert calendars.calendar_id_for_unit(emergency) == calendar_row(ROUND_THE_CLOCK).id
    assert not calendars.default_calendar().is_open(wib("2026-03-21 23.00"))
    give(emergency, OFFICE)
    give(emergency, None)
    give(emergency, None)
    assert calendars.calendar_for_unit(emergency) == calendars.default_calendar()
    with pytest.raises(NotFound):
        unit_of_work(lambda: editing.assign_calendar(emergency, 999, by=Actor.system()))


def test_a_unit_falls_back_while_its_calendar_is_off(seeded: Flask) -> None:
    emergency = unit("IGD")
    give(emergency, ROUND_THE_CLOCK)
    unit_of_work(lambda: editing.switch_calendar(calendar_row(ROUND_THE_CLOCK), on=False))
    assert calendars.calendar_for_unit(emergency) == calendars.default_calendar()
    kept = calendars.calendar_by_id(calendar_row(ROUND_THE_CLOCK).id)
    assert kept.is_open(wib("2026-03-21 23.00"))


def test_the_default_calendar(seeded: Flask) -> None:
    with pytest.raises(Refused):
        unit_of_work(lambda: editing.switch_calendar(calendar_row(OFFICE), on=False))
    unit_of_work(lambda: editing.make_default(calendar_row(ROUND_THE_CLOCK)))
    assert calendars.default_calendar().is_open(wib("2026-03-21 23.00"))
    defaults = db.session.scalars(select(Calendar.code).where(Calendar.is_default)).all()
    assert defaults == [ROUND_THE_CLOCK]
    unit_of_work(lambda: editing.switch_calendar(calendar_row(OFFICE), on=False))
    with pytest.raises(Refused):
        unit_of_work(lambda: editing.make_default(calendar_row(OFFICE)))


def test_without_setup_there_is_no_calendar(house: Flask) -> None:
    with pytest.raises(calendars.NoCalendar):
        calendars.default_calendar()
    with pytest.raises(calendars.NoCalendar):
        calendars.calendar_by_id(1)
    assert calendars.all_calendars() == {}


def test_holidays_close_only_who_observes_them(seeded: Flask) -> None:
    office = calendars.default_calendar()
    assert {LEBARAN, LEAVE} <= office.holidays
    unit_of_work(
        lambda: editing.observe(calendar_row(OFFICE), holidays=True, collective_leave=False)
    )
    office = calendars.default_calendar()
    assert LEBARAN in office.holidays
    assert LEAVE not in office.holidays
    assert not calendars.calendar_by_id(calendar_row(ROUND_THE_CLOCK).id).holidays


def test_a_local_holiday_closes_one_calendar_or_all(seeded: Flask) -> None:
    other = unit_of_work(
        lambda: (
            editing.add_calendar(
                code="papua", name_id="Papua", name_en="Papua", zone=WIT, spans={3: [(480, 960)]}
            ).id
        )
    )
    add_day(calendar_id=other)
    assert THURSDAY in calendars.calendar_by_id(other).holidays
    assert THURSDAY not in calendars.default_calendar().holidays
    add_day(calendar_id=None)
    assert THURSDAY in calendars.default_calendar().holidays
    with pytest.raises(Conflict):
        add_day(calendar_id=None)


def test_a_day_taken_back_and_closed_again(seeded: Flask) -> None:
    holiday_id = add_day(calendar_id=None)
    unit_of_work(lambda: editing.switch_holiday(holiday_id, on=False))
    assert THURSDAY not in calendars.default_calendar().holidays
    assert add_day(calendar_id=None) == holiday_id
    assert THURSDAY in calendars.default_calendar().holidays
    with pytest.raises(NotFound):
        unit_of_work(lambda: editing.switch_holiday(999_999, on=True))


def add_day(calendar_id: int | None) -> int:
    """Close a Thursday."""
    return unit_of_work(
        lambda: (
            editing.add_holiday(
                THURSDAY,
                kind=HolidayKind.LOCAL,
                name_id="Pilkada",
                name_en="Local election",
                calendar_id=calendar_id,
            ).id
        )
    )


def test_new_hours_count_from_the_next_call(seeded: Flask) -> None:
    assert calendars.default_calendar().is_open(wib("2026-11-19 08.00"))
    unit_of_work(lambda: editing.replace_spans(calendar_row(OFFICE), {3: [(540, 600)]}))
    assert not calendars.default_calendar().is_open(wib("2026-11-19 08.00"))
    assert calendars.default_calendar().is_open(wib("2026-11-19 09.00"))
    assert calendar_row(OFFICE).version > 1


def test_hours_undone_by_a_rollback_are_not_remembered(seeded: Flask) -> None:
    before = calendars.default_calendar()

    def edit_and_fail() -> None:
        editing.replace_spans(calendar_row(OFFICE), {3: [(540, 600)]})
        assert calendars.default_calendar() != before
        raise LookupError("the rest of the request failed")

    with pytest.raises(LookupError, match="failed"):
        unit_of_work(edit_and_fail)
    assert calendars.default_calendar() == before


@pytest.mark.parametrize("spans", [{}, {0: [(600, 500)]}, {0: [(0, 1441)]}])
def test_impossible_hours_are_refused(
    seeded: Flask, spans: dict[int, list[tuple[int, int]]]
) -> None:
    with pytest.raises(Invalid) as refusal:
        unit_of_work(lambda: editing.replace_spans(calendar_row(OFFICE), spans))
    assert set(refusal.value.fields) == {"spans"}


def test_impossible_calendars_are_refused(seeded: Flask) -> None:
    def add(code: str, zone: str) -> Callable[[], object]:
        return lambda: editing.add_calendar(
            code=code, name_id="", name_en="", zone=zone, spans={0: [(0, 60)]}
        )

    with pytest.raises(Conflict):
        unit_of_work(add(OFFICE, WIB))
    with pytest.raises(Invalid):
        unit_of_work(add("moon", "Moon/Tranquility"))


def test_one_query_however_many_units(seeded: Flask, queries: QueryCounter) -> None:
    units = [unit(f"U{n}") for n in range(6)]
    give(units[0], ROUND_THE_CLOCK)
    expected = {each: calendars.calendar_for_unit(each) for each in units}
    found: dict[int, BusinessCalendar] = {}
    assert queries(lambda: found.update(calendars.calendars_for_units(units))) == 1
    assert found == expected
    assert queries(lambda: calendars.calendar_for_unit(units[0])) == 1
    assert queries(calendars.all_calendars) == 1
