"""Calendars from their tables: who keeps which, what closes them, and that edits count at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.sla import calendar_editing as editing
from helpdesk.sla import calendars, holiday_editing
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.calendar_editing import CalendarFacts
from helpdesk.sla.holiday_editing import DayOff
from helpdesk.sla.models import Calendar, HolidayKind
from helpdesk.sla.seed import OFFICE, ROUND_THE_CLOCK
from tests.sla.conftest import QueryCounter
from tests.sla.hours import WIT, wib

LEBARAN, LEAVE = date(2026, 3, 21), date(2026, 3, 20)
THURSDAY = date(2026, 11, 19)
AYU = Actor.system("Ayu")


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


def facts_of(code: str) -> CalendarFacts:
    """What is written about a seeded calendar."""
    row = calendar_row(code)
    week = calendars.calendar_by_id(row.id).spans_by_weekday
    return CalendarFacts(
        code,
        row.name_id,
        row.name_en,
        row.zone,
        dict(enumerate(week)),
        row.observes_holidays,
        row.observes_collective_leave,
    )


def edit(which: str, **changed: object) -> None:
    """Change what is written about a calendar, in its own unit."""
    facts = replace(facts_of(which), **changed)  # type: ignore[arg-type]
    row = calendar_row(which)
    unit_of_work(lambda: editing.edit_calendar(row.id, facts, version=row.version, by=AYU))


def switch(code: str, *, on: bool) -> None:
    """Switch a calendar by code."""
    unit_of_work(lambda: editing.switch_calendar(calendar_row(code).id, on=on, by=AYU))


def give(unit_id: int, code: str | None) -> None:
    """Assign a calendar by code."""
    unit_of_work(
        lambda: editing.assign_calendar(unit_id, calendar_row(code).id if code else None, by=AYU)
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
        unit_of_work(lambda: editing.assign_calendar(emergency, 999, by=AYU))


def test_a_unit_falls_back_while_its_calendar_is_off(seeded: Flask) -> None:
    emergency = unit("IGD")
    give(emergency, ROUND_THE_CLOCK)
    switch(ROUND_THE_CLOCK, on=False)
    assert calendars.calendar_for_unit(emergency) == calendars.default_calendar()
    kept = calendars.calendar_by_id(calendar_row(ROUND_THE_CLOCK).id)
    assert kept.is_open(wib("2026-03-21 23.00"))


def test_the_default_calendar(seeded: Flask) -> None:
    with pytest.raises(Refused):
        switch(OFFICE, on=False)
    unit_of_work(lambda: editing.make_default(calendar_row(ROUND_THE_CLOCK).id, by=AYU))
    assert calendars.default_calendar().is_open(wib("2026-03-21 23.00"))
    defaults = db.session.scalars(select(Calendar.code).where(Calendar.is_default)).all()
    assert defaults == [ROUND_THE_CLOCK]
    switch(OFFICE, on=False)
    with pytest.raises(Refused):
        unit_of_work(lambda: editing.make_default(calendar_row(OFFICE).id, by=AYU))


def test_without_setup_there_is_no_calendar(house: Flask) -> None:
    with pytest.raises(calendars.NoCalendar):
        calendars.default_calendar()
    with pytest.raises(calendars.NoCalendar):
        calendars.calendar_by_id(1)
    assert calendars.all_calendars() == {}


def test_holidays_close_only_who_observes_them(seeded: Flask) -> None:
    office = calendars.default_calendar()
    assert {LEBARAN, LEAVE} <= office.holidays
    edit(OFFICE, observes_collective_leave=False)
    office = calendars.default_calendar()
    assert LEBARAN in office.holidays
    assert LEAVE not in office.holidays
    assert not calendars.calendar_by_id(calendar_row(ROUND_THE_CLOCK).id).holidays


def test_a_local_holiday_closes_one_calendar_or_all(seeded: Flask) -> None:
    facts = CalendarFacts("papua", "Papua", "Papua", WIT, {3: [(480, 960)]})
    other = unit_of_work(lambda: editing.add_calendar(facts, by=AYU).id)
    add_day(calendar_id=other)
    assert THURSDAY in calendars.calendar_by_id(other).holidays
    assert THURSDAY not in calendars.default_calendar().holidays
    add_day(calendar_id=None)
    assert THURSDAY in calendars.default_calendar().holidays
    with pytest.raises(Conflict):
        add_day(calendar_id=None)


def test_no_two_calendars_bear_one_name(seeded: Flask) -> None:
    """Whoever chooses one for a unit sees its name alone."""
    office = facts_of(OFFICE)
    with pytest.raises(Invalid) as refusal:
        unit_of_work(lambda: editing.add_calendar(replace(office, code="other"), by=AYU))
    assert set(refusal.value.fields) == {"name_id"}
    edit(OFFICE, name_id=office.name_id.upper())


def test_a_day_taken_back_and_closed_again(seeded: Flask) -> None:
    holiday_id = add_day(calendar_id=None)
    unit_of_work(lambda: holiday_editing.switch_holiday(holiday_id, on=False, by=AYU))
    assert THURSDAY not in calendars.default_calendar().holidays
    assert add_day(calendar_id=None) == holiday_id
    assert THURSDAY in calendars.default_calendar().holidays
    with pytest.raises(NotFound):
        unit_of_work(lambda: holiday_editing.switch_holiday(999_999, on=True, by=AYU))


def add_day(calendar_id: int | None) -> int:
    """Close a Thursday."""
    day = DayOff(THURSDAY, HolidayKind.LOCAL, "Pilkada", "Local election", calendar_id)
    return unit_of_work(lambda: holiday_editing.add_holiday(day, by=AYU).id)


def test_new_hours_count_from_the_next_call(seeded: Flask) -> None:
    assert calendars.default_calendar().is_open(wib("2026-11-19 08.00"))
    edit(OFFICE, spans={3: [(540, 600)]})
    assert not calendars.default_calendar().is_open(wib("2026-11-19 08.00"))
    assert calendars.default_calendar().is_open(wib("2026-11-19 09.00"))
    assert calendar_row(OFFICE).version > 1


def test_hours_undone_by_a_rollback_are_not_remembered(seeded: Flask) -> None:
    before = calendars.default_calendar()
    facts = replace(facts_of(OFFICE), spans={3: [(540, 600)]})

    def edit_and_fail() -> None:
        editing.edit_calendar(calendar_row(OFFICE).id, facts, version=1, by=AYU)
        assert calendars.default_calendar() != before
        raise LookupError("the rest of the request failed")

    with pytest.raises(LookupError, match="failed"):
        unit_of_work(edit_and_fail)
    assert calendars.default_calendar() == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"spans": {}}, "spans"),
        ({"spans": {0: [(600, 500)]}}, "spans"),
        ({"spans": {0: [(0, 1441)]}}, "spans"),
        ({"spans": {0: [(480, 600), (540, 700)]}}, "spans"),
        ({"zone": "Moon/Tranquility"}, "zone"),
        ({"name_id": " "}, "name_id"),
        ({"code": "24 jam"}, "code"),
        ({"code": ROUND_THE_CLOCK}, "code"),
    ],
)
def test_impossible_calendars_are_refused(
    seeded: Flask, changed: dict[str, object], field: str
) -> None:
    before = calendars.default_calendar()
    with pytest.raises(Invalid) as refusal:
        edit(OFFICE, **changed)
    assert set(refusal.value.fields) == {field}
    assert calendars.default_calendar() == before


def test_whoever_saves_second_is_told(seeded: Flask) -> None:
    facts, row = facts_of(OFFICE), calendar_row(OFFICE)
    edit(OFFICE, name_id="Jam layanan")
    with pytest.raises(Conflict):
        unit_of_work(lambda: editing.edit_calendar(row.id, facts, version=1, by=AYU))


def test_an_edition_changes_with_what_counts_and_with_nothing_else(seeded: Flask) -> None:
    before = calendars.editions()
    office, always = calendar_row(OFFICE).id, calendar_row(ROUND_THE_CLOCK).id
    edit(OFFICE, name_id="Jam layanan")
    switch(ROUND_THE_CLOCK, on=False)
    assert calendars.editions() == before
    add_day(calendar_id=None)
    after = calendars.editions()
    assert after[office] != before[office]
    assert after[always] == before[always], "no holiday closes it"
    assert calendar_row(OFFICE).version == 2, "a holiday is no edit of the calendar"
    edit(OFFICE, zone=WIT)
    assert calendars.editions()[office] != after[office]


def test_one_query_however_many_units(seeded: Flask, queries: QueryCounter) -> None:
    units = [unit(f"U{n}") for n in range(6)]
    give(units[0], ROUND_THE_CLOCK)
    expected = {each: calendars.calendar_for_unit(each) for each in units}
    found: dict[int, BusinessCalendar] = {}
    assert queries(lambda: found.update(calendars.calendars_for_units(units))) == 1
    assert found == expected
    assert queries(lambda: calendars.calendar_for_unit(units[0])) == 1
    assert queries(calendars.all_calendars) == 1
