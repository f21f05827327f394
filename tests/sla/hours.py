"""Calendars and moments that the tests of working time share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from helpdesk.sla.calendar import BusinessCalendar, Span
from helpdesk.sla.due import Pause
from helpdesk.sla.seed import office_spans

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"

# The decree lists of 2026 (SKB 1497/2025) and 2027 (SKB 1205/2026), typed from the decree.
NATIONAL = {
    2026: "1-1 1-16 2-17 3-19 3-21 3-22 4-3 4-5 5-1 5-14 5-27 5-31 6-1 6-16 8-17 8-25 12-25",
    2027: "1-1 1-5 2-6 3-8 3-10 3-11 3-26 3-28 5-1 5-6 5-17 5-20 6-1 6-6 8-15 8-17 12-25 12-26",
}
COLLECTIVE = {
    2026: "2-16 3-18 3-20 3-23 3-24 5-15 5-28 12-24",
    2027: "2-5 3-9 3-12 3-15 3-25 5-18 5-19 12-24",
}


def days(lists: dict[int, str]) -> set[date]:
    """The dates of a decree list."""
    return {
        date(year, *map(int, day.split("-")))
        for year, text in lists.items()
        for day in text.split()
    }


def wib(text: str) -> datetime:
    """``2026-11-20 14.00`` as a moment in WIB."""
    return at(text, WIB)


def at(text: str, zone: str) -> datetime:
    """``2026-11-20 14.00`` as a moment in *zone*."""
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZoneInfo(zone))


def weekdays(*, collective_leave: bool = True, zone: str = WIB) -> BusinessCalendar:
    """Monday to Friday with the breaks of the office, closed on the holidays of 2026 and 2027."""
    spans = {day: spans for day, spans in office_spans().items() if day < 5}
    closed = days(NATIONAL) | (days(COLLECTIVE) if collective_leave else set())
    return BusinessCalendar.weekly(zone, spans, closed)


def office(zone: str = WIB) -> BusinessCalendar:
    """The shipped office hours, without holidays."""
    return BusinessCalendar.weekly(zone, office_spans())


def zone_of(calendar: BusinessCalendar) -> ZoneInfo:
    """The zone in which a calendar's days begin."""
    return ZoneInfo(calendar.zone)


def local_date(moment: datetime, zone: str) -> date:
    """The date on the wall."""
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """The midnight that ends a local day."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=ZoneInfo(zone))


FIRST_DAY = date(2026, 1, 1)
_MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)

moments = st.integers(0, 40 * 86_400 * 1_000_000).map(
    lambda us: _MIDNIGHT + timedelta(microseconds=us)
)
minutes = st.integers(0, 40 * 1440).map(lambda minute: _MIDNIGHT + timedelta(minutes=minute))


@st.composite
def day_spans(draw: st.DrawFn) -> list[Span]:
    """Up to three spans of a day, apart from each other or touching."""
    edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=0, max_size=6)))
    return list(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Any week that opens for an hour or more, with a few holidays among the first forty days of 2026.

    With less than that the longest limits lie beyond the horizon to which a calendar is followed.
    """
    kinds = draw(st.lists(day_spans(), min_size=3, max_size=3))  # seven take twice as long
    week = st.lists(st.sampled_from(kinds), min_size=7, max_size=7)
    spans = draw(week.filter(_opens_for_an_hour))
    closed = draw(st.sets(st.integers(-2, 45), max_size=10))
    holidays = {FIRST_DAY + timedelta(days=offset) for offset in closed}
    zone = draw(st.sampled_from([WIB, WITA, WIT]))
    return BusinessCalendar.weekly(zone, dict(enumerate(spans)), holidays)


def _opens_for_an_hour(week: list[list[tuple[int, int]]]) -> bool:
    return sum(end - start for day in week for start, end in day) >= 60


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    """A closed pause of up to four days within the forty days."""
    begins = draw(moments)
    return Pause(begins, begins + timedelta(seconds=draw(st.integers(0, 4 * 86_400))))
