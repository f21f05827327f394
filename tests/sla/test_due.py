"""Deadlines: three kinds of time, and what a pause does to each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.due import (
    Limit,
    LimitUnit,
    Pause,
    due,
    moment_after,
    warn_at,
    warn_between,
)
from tests.sla import hours
from tests.sla.hours import wib

RED = Limit(24, LimitUnit.HOURS)
YELLOW = Limit(3, LimitUnit.CALENDAR_DAYS)
GREEN = Limit(7, LimitUnit.CALENDAR_DAYS)


def paused(text_from: str, text_to: str | None) -> Pause:
    """A pause in WIB."""
    return Pause(wib(text_from), wib(text_to) if text_to else None)


def working(amount: int, unit: LimitUnit = LimitUnit.WORKING_DAYS) -> Limit:
    """A limit that needs a calendar."""
    return Limit(amount, unit)


def used_up(
    start: datetime,
    at: datetime,
    limit: Limit,
    calendar: BusinessCalendar,
    pauses: Iterable[Pause] = (),
) -> float:
    """Seconds of the limit from *start* to *at* that no pause covers, stretch by stretch."""
    rests = [(pause.from_at, pause.to_at or at) for pause in pauses]
    edges = {start, at, *(edge for rest in rests for edge in rest if start < edge < at)}
    stretches = [
        (a, b)
        for a, b in pairwise(sorted(edges))
        if not any(begins <= a and b <= ends for begins, ends in rests)
    ]
    if limit.unit.is_exact:
        return sum((b - a).total_seconds() for a, b in stretches)
    return sum(calendar.working_time_between(a, b) for a, b in stretches)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(RED, "2026-03-22 23.00"), (YELLOW, "2026-03-24 23.00"), (GREEN, "2026-03-28 23.00")],
)
def test_the_national_indicator_knows_no_holiday(limit: Limit, expected: str) -> None:
    lebaran_night = wib("2026-03-21 23.00")
    assert due(lebaran_night, limit, hours.weekdays()) == wib(expected)
    assert due(lebaran_night, limit, None) == wib(expected)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (Limit(1800, LimitUnit.SECONDS), "2026-11-20 11.30"),
        (Limit(30, LimitUnit.MINUTES), "2026-11-20 11.30"),
        (working(2, LimitUnit.WORKING_HOURS), "2026-11-20 14.30"),
        (working(1), "2026-11-21 12.00"),
        (working(2), "2026-11-23 16.00"),
        (Limit(0, LimitUnit.WORKING_DAYS), "2026-11-20 11.00"),
    ],
)
def test_units(limit: Limit, expected: str) -> None:
    assert due(wib("2026-11-20 11.00"), limit, hours.office()) == wib(expected)


def test_a_working_limit_needs_a_calendar() -> None:
    for unit in (LimitUnit.WORKING_DAYS, LimitUnit.WORKING_HOURS):
        with pytest.raises(ValueError, match="calendar"):
            due(wib("2026-11-20 11.00"), Limit(1, unit), None)


def test_limits_and_pauses_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="negative"):
        Limit(-1, LimitUnit.HOURS)
    with pytest.raises(ValueError, match="before"):
        paused("2026-11-20 11.00", "2026-11-20 10.00")


def test_limits_survive_storage() -> None:
    assert Limit.from_json(YELLOW.as_json()) == YELLOW
    with pytest.raises(ValueError, match="weeks"):
        Limit.from_json({"amount": 1, "unit": "weeks"})


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([("2026-11-16 20.00", "2026-11-17 06.00")], "2026-11-18 20.00"),  # ten hours
        ([("2026-11-15 00.00", "2026-11-16 12.00")], "2026-11-18 12.00"),  # before the start: 2 h
        ([("2026-11-18 10.00", "2026-11-19 10.00")], "2026-11-18 10.00"),  # begins when due
        # the first moves the deadline past the beginning of the second
        (
            [("2026-11-17 10.00", "2026-11-17 12.00"), ("2026-11-18 11.00", "2026-11-18 14.00")],
            "2026-11-18 15.00",
        ),
        # overlapping ones count once, in any order
        (
            [("2026-11-17 11.00", "2026-11-17 13.00"), ("2026-11-17 10.00", "2026-11-17 12.00")],
            "2026-11-18 13.00",
        ),
    ],
)
def test_pauses_stretch_an_exact_limit(pauses: list[tuple[str, str]], expected: str) -> None:
    limit = Limit(2, LimitUnit.CALENDAR_DAYS)
    rests = [paused(*pause) for pause in pauses]
    assert due(wib("2026-11-16 10.00"), limit, None, rests) == wib(expected)


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        (("2026-11-16 18.00", "2026-11-17 07.00"), "2026-11-17 16.00"),  # a night costs nothing
        (("2026-11-17 12.00", "2026-11-17 13.00"), "2026-11-17 16.00"),  # nor does the noon break
        (("2026-11-17 09.00", "2026-11-17 11.00"), "2026-11-18 09.30"),  # two hours, worked later
        (("2026-11-17 15.00", "2026-11-18 08.30"), "2026-11-18 09.30"),  # 1 h + 1 h
        (("2026-11-17 16.00", "2026-11-18 16.00"), "2026-11-17 16.00"),  # begins when due
    ],
)
def test_pauses_stretch_working_days_by_working_time(pause: tuple[str, str], expected: str) -> None:
    start = wib("2026-11-16 10.00")
    assert due(start, working(1), hours.office(), [paused(*pause)]) == wib(expected)


def test_an_open_pause_hides_the_deadline() -> None:
    start, resting = wib("2026-11-16 10.00"), paused("2026-11-16 12.00", None)
    assert due(start, RED, None, [resting]) is None
    assert due(start, working(1), hours.office(), [resting]) is None
    assert warn_at(start, RED, 0.75, None, [resting]) is None
    already_late = paused("2026-11-17 10.00", None)
    assert due(start, RED, None, [already_late]) == wib("2026-11-17 10.00")
    before_and_open = [paused("2026-11-16 11.00", "2026-11-16 12.00"), resting]
    assert due(start, RED, None, before_and_open) is None


def test_a_warning_in_working_time() -> None:
    received = wib("2026-11-19 15.00")
    limit = working(4, LimitUnit.WORKING_HOURS)
    # three of the four hours: one on Thursday, two on Friday morning
    assert warn_at(received, limit, 0.75, hours.office()) == wib("2026-11-20 09.30")
    assert warn_at(received, RED, 0.75, None) == wib("2026-11-20 09.00")
    moved = [paused("2026-11-20 08.30", "2026-11-20 10.30")]
    assert warn_at(received, limit, 0.75, hours.office(), moved) == wib("2026-11-20 11.30")


def test_a_deadline_set_by_hand() -> None:
    start, due_at = wib("2026-11-19 10.00"), wib("2026-11-20 10.00")
    assert warn_between(start, due_at, 0.75) == wib("2026-11-20 04.00")
    assert warn_between(due_at, start, 0.75) == due_at


limits = st.builds(Limit, st.integers(1, 5), st.sampled_from(list(LimitUnit))) | st.builds(
    Limit, st.integers(1, 200), st.sampled_from([LimitUnit.HOURS, LimitUnit.WORKING_HOURS])
)
pause_lists = st.lists(hours.pauses(), max_size=4)


@given(hours.moments, limits, hours.calendars())
def test_without_pauses_nothing_moves(
    start: datetime, limit: Limit, calendar: BusinessCalendar
) -> None:
    assert due(start, limit, calendar) == moment_after(start, limit, calendar)


@given(hours.moments, limits, hours.calendars(), pause_lists, hours.pauses())
def test_one_more_pause_never_makes_it_earlier(
    start: datetime, limit: Limit, calendar: BusinessCalendar, pauses: list[Pause], more: Pause
) -> None:
    without = due(start, limit, calendar, pauses)
    with_more = due(start, limit, calendar, [*pauses, more])
    assert without is not None
    assert with_more is not None
    assert with_more >= without


@given(hours.moments, limits, hours.calendars(), st.lists(hours.pauses(), min_size=1, max_size=4))
def test_a_longer_pause_never_makes_it_earlier(
    start: datetime, limit: Limit, calendar: BusinessCalendar, pauses: list[Pause]
) -> None:
    first, *others = pauses
    assert first.to_at is not None
    longer = Pause(first.from_at, first.to_at + timedelta(hours=3))
    short_due = due(start, limit, calendar, pauses)
    long_due = due(start, limit, calendar, [longer, *others])
    assert short_due is not None
    assert long_due is not None
    assert long_due >= short_due


@given(hours.moments, st.integers(1, 5), hours.calendars(), hours.pauses())
def test_a_pause_outside_working_time_moves_no_working_limit(
    start: datetime, days: int, calendar: BusinessCalendar, pause: Pause
) -> None:
    begins = pause.from_at
    if calendar.is_open(begins):
        begins = calendar.add_working_time(begins, 60)
    opening = calendar.next_opening(begins)
    closed = Pause(min(begins, opening), opening)
    if calendar.working_time_between(closed.from_at, opening) == 0:
        for unit in (LimitUnit.WORKING_DAYS, LimitUnit.WORKING_HOURS):
            limit = Limit(days, unit)
            assert due(start, limit, calendar, [closed]) == due(start, limit, calendar)


@given(hours.moments, limits, hours.calendars(), pause_lists)
def test_the_whole_limit_is_used_up_when_due(
    start: datetime, limit: Limit, calendar: BusinessCalendar, pauses: list[Pause]
) -> None:
    due_at = due(start, limit, calendar, pauses)
    assert due_at is not None
    whole = used_up(start, moment_after(start, limit, calendar), limit, calendar)
    assert used_up(start, due_at, limit, calendar, pauses) == pytest.approx(whole)
    assert used_up(start, due_at - timedelta(seconds=1), limit, calendar, pauses) < whole


@given(hours.moments, limits, hours.calendars(), pause_lists, st.floats(0.05, 0.95))
def test_the_warning_comes_at_its_share(
    start: datetime,
    limit: Limit,
    calendar: BusinessCalendar,
    pauses: list[Pause],
    warn_share: float,
) -> None:
    warning = warn_at(start, limit, warn_share, calendar, pauses)
    due_at = due(start, limit, calendar, pauses)
    assert warning is not None
    assert due_at is not None
    assert start <= warning <= due_at
    whole = used_up(start, moment_after(start, limit, calendar), limit, calendar)
    assert used_up(start, warning, limit, calendar, pauses) == pytest.approx(
        warn_share * whole, abs=1e-3
    )
