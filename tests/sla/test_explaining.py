"""The way to a deadline: what counted on it is what the arithmetic says, day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.due import Limit, LimitUnit, due
from helpdesk.sla.explaining import explain
from tests.sla.hours import calendars, moments, weekdays, wib

HOURS, DAYS = LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS


def test_working_hours_over_a_weekend_and_a_holiday() -> None:
    # Wednesday 23 December 2026, 15.00: one hour is left; Thursday is cuti bersama, Friday Natal.
    way = explain(wib("2026-12-23 15.00"), Limit(3, HOURS), weekdays())
    assert way.due_at == wib("2026-12-28 09.30")
    told = [(day.on.day, day.length, day.is_closed, day.is_holiday) for day in way.days]
    hour, nothing = timedelta(hours=1), timedelta()
    assert told == [
        (23, hour, False, False),
        (24, nothing, True, True),
        (25, nothing, True, True),
        (26, nothing, True, False),
        (27, nothing, True, False),
        (28, 2 * hour, False, False),
    ]
    assert [(s.from_at, s.to_at) for s in way.days[-1].stretches] == [
        (wib("2026-12-28 07.30"), wib("2026-12-28 09.30"))
    ]


def test_working_days_are_numbered_from_the_day_of_receipt() -> None:
    way = explain(wib("2026-12-23 15.00"), Limit(2, DAYS), weekdays())
    assert [(day.on.day, day.number) for day in way.days] == [
        (23, 0), (24, None), (25, None), (26, None), (27, None), (28, 1), (29, 2),
    ]  # fmt: skip
    assert way.days[0].stretches == ()
    assert way.due_at == wib("2026-12-29 16.00")


@pytest.mark.parametrize("unit", [LimitUnit.HOURS, LimitUnit.CALENDAR_DAYS, LimitUnit.MINUTES])
def test_an_exact_limit_has_no_days_to_tell(unit: LimitUnit) -> None:
    way = explain(wib("2026-12-23 15.00"), Limit(3, unit), weekdays(), warn_share=0.5)
    assert way.days == ()
    assert way.warn_at is not None
    assert way.warn_at - wib("2026-12-23 15.00") == (way.due_at - wib("2026-12-23 15.00")) / 2


def test_a_limit_of_years_is_shown_without_its_way() -> None:
    assert explain(wib("2026-12-23 15.00"), Limit(500, DAYS), weekdays()).days == ()


def test_a_day_that_closes_at_midnight_ends_that_day() -> None:
    always = BusinessCalendar.weekly("Asia/Jakarta", {day: [(0, 1440)] for day in range(7)})
    way = explain(wib("2026-11-20 10.00"), Limit(1, DAYS), always)
    assert [day.on for day in way.days] == [date(2026, 11, 20), date(2026, 11, 21)]


@given(calendars(), moments, st.integers(1, 60))
def test_what_counted_of_working_hours_is_the_limit(
    calendar: BusinessCalendar, start: datetime, amount: int
) -> None:
    limit = Limit(amount, HOURS)
    way = explain(start, limit, calendar)
    assert way.due_at == due(start, limit, calendar)
    if way.days:
        assert sum((day.length for day in way.days), timedelta()) == timedelta(hours=amount)
        assert way.days[-1].stretches[-1].to_at == way.due_at
        assert all(not day.stretches for day in way.days if day.is_closed)


@given(calendars(), moments, st.integers(1, 20))
def test_the_last_working_day_has_the_number_of_the_limit(
    calendar: BusinessCalendar, start: datetime, amount: int
) -> None:
    limit = Limit(amount, DAYS)
    way = explain(start, limit, calendar)
    assert way.due_at == due(start, limit, calendar)
    if way.days:
        numbers = [day.number for day in way.days if day.number is not None]
        assert numbers == list(range(amount + 1))
        assert way.days[-1].stretches[-1].to_at == way.due_at
