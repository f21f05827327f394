"""The shipped hours and holidays, and that setup may be run twice."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla.calendars import all_calendars, default_calendar
from helpdesk.sla.holiday_editing import switch_holiday
from helpdesk.sla.models import Calendar, Holiday, HolidayKind, PolicyVersion
from helpdesk.sla.public_holidays import load_holidays, public_holidays
from helpdesk.sla.seed import seed_sla
from tests.sla.hours import COLLECTIVE, NATIONAL, WIB, WIT, days, wib


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_library_agrees_with_the_decree(year: int) -> None:
    listed = public_holidays([year])
    for kind, decree in ((HolidayKind.NATIONAL, NATIONAL), (HolidayKind.COLLECTIVE, COLLECTIVE)):
        assert {day.on for day in listed if day.kind is kind} == days({year: decree[year]})


def test_holidays_have_a_name_in_both_languages() -> None:
    named = {day.on: (day.name_id, day.name_en) for day in public_holidays([2026])}
    assert named[date(2026, 8, 17)] == ("Hari Kemerdekaan Republik Indonesia", "Independence Day")
    assert named[date(2026, 12, 24)][0] == "Cuti Bersama Hari Raya Natal"
    assert all(name_id and name_en for name_id, name_en in named.values())


def test_setup_may_be_run_twice(seeded: Flask) -> None:
    before = counts()
    editions = db.session.scalars(select(Calendar.edition)).all()
    unit_of_work(lambda: seed_sla(WIT))
    assert counts() == before
    assert db.session.scalars(select(Calendar.edition)).all() == editions
    assert default_calendar().zone == WIB


def counts() -> dict[str, int]:
    """Rows of each seeded table."""
    return {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model))
        for model in (Calendar, Holiday, PolicyVersion)
    }


def test_a_day_switched_off_stays_off_at_the_next_import(seeded: Flask) -> None:
    leave = date(2026, 3, 20)
    holiday_id = db.session.scalar(select(Holiday.id).where(Holiday.on == leave))
    unit_of_work(lambda: switch_holiday(holiday_id, on=False, by=Actor.system()))
    assert unit_of_work(lambda: load_holidays([2026])) == 0
    assert leave not in default_calendar().holidays


def test_a_further_year_counts_at_once(seeded: Flask) -> None:
    independence = date(2028, 8, 17)
    assert independence not in default_calendar().holidays
    assert unit_of_work(lambda: load_holidays([2028])) > 10
    assert independence in default_calendar().holidays


def test_the_two_calendars(seeded: Flask) -> None:
    office = default_calendar()
    (always,) = [each for each in all_calendars().values() if each != office]
    assert office.is_open(wib("2026-11-21 11.59"))
    assert not office.is_open(wib("2026-11-21 12.00"))
    assert always.is_open(wib("2026-03-21 23.59"))
    assert always.end_of_working_day(wib("2026-03-20 10.00"), 1) == wib("2026-03-22 00.00")
