"""Working time as pure arithmetic: no database, no clock.

A calendar is a zone, the open spans of each weekday and the days that are closed. From these one
block per local year is built on demand: the spans as UTC microseconds with a prefix sum, so that
every question is a bisect. Whole microseconds, because ``working_time_between`` must undo
``add_working_time`` exactly.

Sources of the rules: Perpres 21/2023 (several spans a day: the noon break, and the longer one on
Friday), the yearly joint decree on holidays and *cuti bersama*, and SP4N practice for counting
*hari kerja*.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
EVERY_DAY = range(7)  # Monday is 0, as in datetime.weekday()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A span can only stay away this long when the holidays swallow every one of them.
_HORIZON_YEARS = 60

Span = tuple[int, int]
"""Opening and closing minute of the local day; 0 is midnight, 1440 the midnight that follows."""


class NoOpenHours(ValueError):
    """The calendar never opens (or not within sixty years), so nothing can ever fall due in it."""


@dataclass(frozen=True, slots=True)
class _Year:
    """The open spans of one local year, and the working days they make up."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    # Open time in this year before span i; one longer, so the last is the total
    before: tuple[int, ...]
    days: tuple[int, ...]  # ordinals of the local dates on which something is open
    day_closes: tuple[int, ...]  # the end of the last span of each of them


@dataclass(frozen=True)
class BusinessCalendar:
    """The hours that count. Immutable and hashable; equal when zone, spans and holidays are equal.

    *zone* is an IANA name (WIB Asia/Jakarta, WITA Asia/Makassar, WIT Asia/Jayapura);
    *spans_by_weekday* has seven entries, Monday first; *holidays* are local dates that are closed
    all day. Raises ValueError for a span that is empty, overlaps another or leaves the day.
    """

    zone: str
    spans_by_weekday: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()
    # Blocks are immutable and equal whoever builds them, so threads may race to store one.
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.spans_by_weekday) != len(EVERY_DAY):
            raise ValueError("a week has seven days")
        for spans in self.spans_by_weekday:
            _check_spans(spans)
        ZoneInfo(self.zone)

    @classmethod
    def weekly(
        cls, zone: str, spans: Mapping[int, Iterable[Span]], holidays: Iterable[date] = ()
    ) -> BusinessCalendar:
        """Build a calendar from the weekdays that are open; spans may come in any order."""
        week = tuple(tuple(sorted(spans.get(day, ()))) for day in EVERY_DAY)
        return cls(zone, week, frozenset(holidays))

    def add_working_time(self, start: datetime, seconds: float) -> datetime:
        """The earliest moment (UTC) by which *seconds* of working time have passed since *start*.

        Nothing to add gives *start* itself, open or not; time that is used up exactly at closing
        ends at closing, not at the next opening. Raises NoOpenHours, or ValueError for negative
        seconds.
        """
        left = round(seconds * 1_000_000)
        if left < 0:
            raise ValueError("working time cannot be negative")
        if left == 0:
            return start.astimezone(UTC)
        at = _microseconds(start)
        first = self._local(start).year
        left += _position(self._year(first), at)
        for number in self._years_from(first):
            year = self._year(number)
            if left <= year.before[-1]:
                return _moment_at(year, left)
            left -= year.before[-1]
        raise NoOpenHours("the working time does not fit into the horizon")

    def working_time_between(self, a: datetime, b: datetime) -> float:
        """Seconds of working time from *a* to *b*, to the microsecond; 0 when *b* is earlier."""
        if b <= a:
            return 0.0
        first, last = self._local(a).year, self._local(b).year
        open_time = _position(self._year(last), _microseconds(b))
        open_time -= _position(self._year(first), _microseconds(a))
        open_time += sum(self._year(number).before[-1] for number in range(first, last))
        return open_time / 1_000_000

    def end_of_working_day(self, start: datetime, n: int) -> datetime:
        """The end (UTC) of the last span of working day *n*; the local day of *start* is day 0.

        Day 0 never counts, whatever the hour and whether or not it was a working day: received on
        Friday at 23.00 or on Saturday, day 1 is Monday. Raises NoOpenHours, or ValueError when *n*
        < 1.
        """
        if n < 1:
            raise ValueError("working days are counted from day 1")
        local = self._local(start)
        left = n + bisect_right(self._year(local.year).days, local.toordinal())
        for number in self._years_from(local.year):
            closes = self._year(number).day_closes
            if left <= len(closes):
                return _moment(closes[left - 1])
            left -= len(closes)
        raise NoOpenHours("the working days do not fit into the horizon")

    def is_open(self, at: datetime) -> bool:
        """Is *at* inside a span? The opening minute is, the closing minute is not."""
        year, moment = self._year(self._local(at).year), _microseconds(at)
        index = bisect_right(year.opens, moment) - 1
        return index >= 0 and moment < year.closes[index]

    def is_working_day(self, on: date) -> bool:
        """Is anything open on this local date?"""
        return on not in self.holidays and bool(self.spans_by_weekday[on.weekday()])

    def spans_on(self, on: date) -> list[tuple[datetime, datetime]]:
        """The stretches (UTC) that are open on this local date, in order."""
        spans = self.spans_by_weekday[on.weekday()] if self.is_working_day(on) else ()
        return [
            (_moment(self._microseconds_on(on, opens)), _moment(self._microseconds_on(on, closes)))
            for opens, closes in spans
        ]

    def next_opening(self, at: datetime) -> datetime:
        """*at* itself when open, otherwise the next opening (UTC). Raises NoOpenHours."""
        if self.is_open(at):
            return at.astimezone(UTC)
        moment, first = _microseconds(at), self._local(at).year
        for number in self._years_from(first):
            opens = self._year(number).opens
            index = bisect_left(opens, moment)
            if index < len(opens):
                return _moment(opens[index])
        raise NoOpenHours("the calendar does not open within the horizon")

    def _local(self, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError(f"a moment needs its zone: {at!r}")
        return at.astimezone(ZoneInfo(self.zone))

    def _years_from(self, first: int) -> range:
        if not any(self.spans_by_weekday):
            raise NoOpenHours("the calendar has no open hours")
        return range(first, first + _HORIZON_YEARS)

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._build_year(number)
        return year

    def _build_year(self, number: int) -> _Year:
        opens: list[int] = []
        closes: list[int] = []
        before = [0]
        days: list[int] = []
        day_closes: list[int] = []
        for ordinal in range(date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            if not self.is_working_day(day):
                continue
            for opens_minute, closes_minute in self.spans_by_weekday[day.weekday()]:
                opens.append(self._microseconds_on(day, opens_minute))
                closes.append(self._microseconds_on(day, closes_minute))
                before.append(before[-1] + closes[-1] - opens[-1])
            days.append(ordinal)
            day_closes.append(closes[-1])
        return _Year(tuple(opens), tuple(closes), tuple(before), tuple(days), tuple(day_closes))

    def _microseconds_on(self, day: date, minute: int) -> int:
        midnight = datetime.combine(day, time(0), tzinfo=ZoneInfo(self.zone))
        return _microseconds(midnight + timedelta(minutes=minute))  # adds on the wall clock


def _check_spans(spans: tuple[Span, ...]) -> None:
    end = 0
    for opens, closes in spans:
        if not end <= opens < closes <= MINUTES_A_DAY:
            raise ValueError(f"spans must be in order, apart and inside the day: {spans!r}")
        end = closes


def _position(year: _Year, at: int) -> int:
    """Open microseconds of this year that lie before *at*."""
    index = bisect_right(year.opens, at) - 1
    if index < 0:
        return 0
    return year.before[index] + min(at, year.closes[index]) - year.opens[index]


def _moment_at(year: _Year, position: int) -> datetime:
    """The earliest moment whose position is *position* (more than 0, at most the year's total)."""
    index = bisect_left(year.before, position) - 1
    return _moment(year.opens[index] + position - year.before[index])


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
