"""Working time: breaks, edges, zones, working days, against vectors and against brute force."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpdesk.sla.calendar import BusinessCalendar, NoOpenHours
from tests.sla import hours
from tests.sla.hours import WIB, WIT, WITA, wib

HOUR = 3600
COUNTS = (3, 5, 10, 14, 60)

# Receipt → end of working day 3, 5, 10, 14, 60, Monday to Friday; cuti bersama off / worked.
VECTORS = [
    ("2026-02-13", "2026-02-20 2026-02-24 2026-03-03 2026-03-09 2026-05-25"),
    ("2026-03-16", "2026-03-26 2026-03-30 2026-04-07 2026-04-13 2026-06-25"),
    ("2026-03-17", "2026-03-27 2026-03-31 2026-04-08 2026-04-14 2026-06-26"),
    ("2026-05-13", "2026-05-20 2026-05-22 2026-06-03 2026-06-09 2026-08-13"),
    ("2026-10-01", "2026-10-06 2026-10-08 2026-10-15 2026-10-21 2026-12-28"),
    ("2026-12-23", "2026-12-30 2027-01-04 2027-01-12 2027-01-18 2027-04-05"),
    ("2027-03-05", "2027-03-18 2027-03-22 2027-03-31 2027-04-06 2027-06-17"),
]
VECTORS_WORKED = [
    ("2026-02-13", "2026-02-19 2026-02-23 2026-03-02 2026-03-06 2026-05-15"),
    ("2026-03-16", "2026-03-20 2026-03-24 2026-03-31 2026-04-07 2026-06-17"),
    ("2026-03-17", "2026-03-23 2026-03-25 2026-04-01 2026-04-08 2026-06-18"),
    ("2026-05-13", "2026-05-19 2026-05-21 2026-05-29 2026-06-05 2026-08-11"),
    ("2026-10-01", "2026-10-06 2026-10-08 2026-10-15 2026-10-21 2026-12-24"),
    ("2026-12-23", "2026-12-29 2026-12-31 2027-01-11 2027-01-15 2027-03-25"),
    ("2027-03-05", "2027-03-15 2027-03-17 2027-03-24 2027-03-31 2027-06-09"),
]


def _rows(vectors: list[tuple[str, str]], *, off: bool) -> list[tuple[str, int, str, bool]]:
    return [
        (receipt, count, due, off)
        for receipt, row in vectors
        for count, due in zip(COUNTS, row.split(), strict=True)
    ]


@pytest.mark.parametrize(
    ("receipt", "count", "due", "off"),
    _rows(VECTORS, off=True) + _rows(VECTORS_WORKED, off=False),
)
def test_working_days_of_the_decree(receipt: str, count: int, due: str, off: bool) -> None:
    calendar = hours.weekdays(collective_leave=off)
    closing = "16.30" if date.fromisoformat(due).weekday() == 4 else "16.00"
    for hour in ("00.00", "10.15", "23.59"):
        assert calendar.end_of_working_day(wib(f"{receipt} {hour}"), count) == wib(
            f"{due} {closing}"
        )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-20 23.00", "2026-11-21 12.00"),  # Friday night → Saturday, a half day
        ("2026-11-21 10.00", "2026-11-23 16.00"),  # Saturday is day 0, Monday day 1
        ("2026-11-22 10.00", "2026-11-23 16.00"),  # so is a Sunday that was never open
    ],
)
def test_the_day_of_receipt_is_day_nought(received: str, due: str) -> None:
    assert hours.office().end_of_working_day(wib(received), 1) == wib(due)


def test_working_days_begin_with_the_first() -> None:
    with pytest.raises(ValueError, match="day 1"):
        hours.office().end_of_working_day(wib("2026-11-20 10.00"), 0)


@pytest.mark.parametrize(
    ("start", "worked", "end"),
    [
        ("2026-11-19 07.30", 1, "2026-11-19 08.30"),  # at the minute of opening
        ("2026-11-19 05.00", 1, "2026-11-19 08.30"),  # before opening nothing runs
        ("2026-11-19 11.00", 2, "2026-11-19 14.00"),  # over the noon break
        ("2026-11-19 12.00", 1, "2026-11-19 14.00"),  # at the minute it begins
        ("2026-11-19 11.00", 1, "2026-11-19 12.00"),  # used up at closing ends at closing
        ("2026-11-20 11.00", 1, "2026-11-20 13.30"),  # the Friday prayer: 11.30 to 13.00
        ("2026-11-20 16.00", 1, "2026-11-21 08.00"),  # Friday's closing to Saturday
        ("2026-11-21 11.30", 1, "2026-11-23 08.00"),  # half a Saturday, no Sunday
        ("2026-12-31 15.30", 1, "2027-01-01 08.00"),  # over New Year, no holidays here
    ],
)
def test_adding_working_hours(start: str, worked: int, end: str) -> None:
    calendar = hours.office()
    assert calendar.add_working_time(wib(start), worked * HOUR) == wib(end)
    assert calendar.working_time_between(wib(start), wib(end)) == worked * HOUR


def test_adding_nothing_stays_where_it_is() -> None:
    sunday = wib("2026-11-22 10.00")
    assert hours.office().add_working_time(sunday, 0) == sunday
    with pytest.raises(ValueError, match="negative"):
        hours.office().add_working_time(sunday, -1)


def test_a_week_of_the_office_is_the_decreed_one() -> None:
    monday = wib("2026-11-16 00.00")
    saturday = monday + timedelta(days=5)
    assert hours.office().working_time_between(monday, saturday) == 37.5 * HOUR
    assert hours.office().working_time_between(saturday, monday) == 0


def test_open_at_the_opening_minute_and_closed_at_the_closing_one() -> None:
    calendar = hours.office()
    assert not calendar.is_open(wib("2026-11-19 07.29"))
    assert calendar.is_open(wib("2026-11-19 07.30"))
    assert not calendar.is_open(wib("2026-11-19 12.00"))
    assert calendar.next_opening(wib("2026-11-19 12.00")) == wib("2026-11-19 13.00")
    assert calendar.next_opening(wib("2026-11-19 13.00")) == wib("2026-11-19 13.00")
    assert calendar.next_opening(wib("2026-11-21 12.00")) == wib("2026-11-23 07.30")


def test_lebaran_is_closed_and_collective_leave_is_a_choice() -> None:
    eve = wib("2026-03-17 17.00")
    assert hours.weekdays().next_opening(eve) == wib("2026-03-25 07.30")
    worked = hours.weekdays(collective_leave=False)
    assert worked.next_opening(eve) == wib("2026-03-18 07.30")
    assert not worked.is_working_day(date(2026, 3, 19))
    assert worked.is_working_day(date(2026, 3, 20))


def test_the_same_hours_in_three_zones() -> None:
    noon_utc = datetime(2026, 11, 18, 22, 0, tzinfo=UTC)  # 05.00 WIB, 06.00 WITA, 07.00 WIT
    openings = [hours.office(zone).next_opening(noon_utc) for zone in (WIB, WITA, WIT)]
    assert openings == [
        datetime(2026, 11, 19, 0, 30, tzinfo=UTC) - timedelta(hours=n) for n in range(3)
    ]


def test_the_day_of_receipt_is_the_local_one() -> None:
    # 22.30 WIB on the 18th, 00.30 WIT on the 19th
    moment = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
    assert hours.office(WIB).end_of_working_day(moment, 1) == wib("2026-11-19 16.00")
    assert hours.office(WIT).end_of_working_day(moment, 1) == hours.at("2026-11-20 16.30", WIT)


@pytest.mark.parametrize("spans", [{}, {0: []}])
def test_no_open_hours(spans: dict[int, list[tuple[int, int]]]) -> None:
    calendar, moment = BusinessCalendar.weekly(WIB, spans), wib("2026-11-20 10.00")
    with pytest.raises(NoOpenHours):
        calendar.add_working_time(moment, 1)
    with pytest.raises(NoOpenHours):
        calendar.end_of_working_day(moment, 1)
    with pytest.raises(NoOpenHours):
        calendar.next_opening(moment)
    assert not calendar.is_open(moment)
    assert calendar.working_time_between(moment, moment + timedelta(days=9)) == 0


@pytest.mark.parametrize(
    "spans", [[(500, 400)], [(0, 0)], [(0, 60), (30, 90)], [(-1, 5)], [(0, 1441)]]
)
def test_impossible_spans_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="spans"):
        BusinessCalendar.weekly(WIB, {0: spans})


def test_a_moment_needs_its_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        hours.office().is_open(datetime(2026, 11, 20, 10))  # noqa: DTZ001 - the mistake itself


def test_equal_calendars_are_one_key() -> None:
    asked, fresh = hours.weekdays(), hours.weekdays()
    asked.is_open(wib("2026-11-20 10.00"))
    assert asked == fresh
    assert len({asked, fresh, hours.office()}) == 2


@given(hours.calendars(), hours.moments, st.integers(0, 20 * 86_400 * 1_000_000))
def test_between_undoes_add(calendar: BusinessCalendar, start: datetime, microseconds: int) -> None:
    seconds = microseconds / 1_000_000
    end = calendar.add_working_time(start, seconds)
    assert calendar.working_time_between(start, end) == seconds


@given(hours.calendars(), hours.moments, hours.moments)
def test_add_undoes_between(calendar: BusinessCalendar, a: datetime, b: datetime) -> None:
    a, b = min(a, b), max(a, b)
    worked = calendar.working_time_between(a, b)
    end = calendar.add_working_time(a, worked)
    assert end <= b
    assert calendar.working_time_between(end, b) == 0
    if worked and calendar.is_open(b):
        assert end == b


@given(hours.calendars(), hours.minutes, st.integers(0, 5 * 1440))
def test_counting_minute_by_minute(
    calendar: BusinessCalendar, start: datetime, length: int
) -> None:
    minutes = [start + timedelta(minutes=n) for n in range(length)]
    worked = sum(_is_open_by_hand(calendar, minute) for minute in minutes)
    assert calendar.working_time_between(start, start + timedelta(minutes=length)) == worked * 60


@given(hours.calendars(), hours.minutes)
def test_openings_by_hand(calendar: BusinessCalendar, start: datetime) -> None:
    assert calendar.is_open(start) == _is_open_by_hand(calendar, start)
    opening = calendar.next_opening(start)
    assert calendar.is_open(opening)
    assert calendar.working_time_between(start, opening) == 0


@given(hours.calendars(), hours.moments, st.integers(1, 30))
def test_working_days_by_hand(calendar: BusinessCalendar, start: datetime, n: int) -> None:
    assume(sum(map(bool, calendar.spans_by_weekday)) > 1)
    day = hours.local_date(start, calendar.zone)
    for _ in range(n):
        day += timedelta(days=1)
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
    end = calendar.end_of_working_day(start, n)
    last_minute = end - timedelta(minutes=1)
    assert hours.local_date(last_minute, calendar.zone) == day
    assert calendar.is_open(last_minute)
    assert calendar.working_time_between(end, hours.end_of(day, calendar.zone)) == 0


def _is_open_by_hand(calendar: BusinessCalendar, moment: datetime) -> bool:
    local = moment.astimezone(hours.zone_of(calendar))
    if local.date() in calendar.holidays:
        return False
    minute = local.hour * 60 + local.minute
    return any(a <= minute < b for a, b in calendar.spans_by_weekday[local.weekday()])
