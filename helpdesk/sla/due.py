"""When a promise falls due: limits, pauses and their arithmetic. Pure: no database, no clock.

Three kinds of time live side by side (regulations mix them, and the word *hari* alone is not *hari
kerja*):

- *exact* (seconds, minutes, hours, calendar days of 24 hours) ignores every calendar. The national
  indicator INM of Permenkes 30/2022 counts so: red at 23.00 on Lebaran is due at 23.00 the next
  day.
- *working hours* run only while the calendar is open.
- *working days* end with the last span of working day N; the day of receipt is day 0 (SP4N
  practice).

**Pauses.** A clock falls due when its limit is used up, and a pause uses up nothing. An exact limit
moves by the length of the pause. A working limit moves by the *working time* that the pause
covered, added as working time to the unpaused deadline: a night's pause moves nothing, a pause of
two working hours moves the end of a working day to two hours after the next opening. Overlapping
pauses count once; what lies before the start or begins at or after the deadline (as moved so far)
counts nothing, because the promise was already broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from helpdesk.sla.calendar import BusinessCalendar


class LimitUnit(StrEnum):
    """In what a limit is measured; the first four are exact, the last two need a calendar."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"

    @property
    def is_exact(self) -> bool:
        """Does it run day and night, holidays included?"""
        return self in _SECONDS_IN

    @property
    def seconds(self) -> int:
        """Length of one unit; KeyError for working days, whose length only a calendar knows."""
        return 3600 if self is LimitUnit.WORKING_HOURS else _SECONDS_IN[self]


_SECONDS_IN = {
    LimitUnit.SECONDS: 1,
    LimitUnit.MINUTES: 60,
    LimitUnit.HOURS: 3600,
    LimitUnit.CALENDAR_DAYS: 24 * 3600,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time as a regulation states it. Nought is allowed: *at the breach itself*."""

    amount: int
    unit: LimitUnit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("a limit cannot be negative")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Limit:
        """Read ``{"amount": 2, "unit": "hours"}``; raises KeyError or ValueError otherwise."""
        return cls(int(value["amount"]), LimitUnit(value["unit"]))

    def as_json(self) -> dict[str, Any]:
        """The form in which it is stored."""
        return {"amount": self.amount, "unit": self.unit.value}


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock rests; *to_at* is None while it lasts."""

    from_at: datetime
    to_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.to_at is not None and self.to_at < self.from_at:
            raise ValueError("a pause cannot end before it begins")


def moment_after(start: datetime, limit: Limit, calendar: BusinessCalendar | None) -> datetime:
    """The moment *limit* after *start* when nothing pauses; *start* itself for a limit of nought.

    Raises ValueError when a working limit comes without a calendar, NoOpenHours when it never
    opens.
    """
    if limit.amount == 0:
        return start.astimezone(UTC)
    if limit.unit is LimitUnit.WORKING_DAYS:
        return _needed(calendar).end_of_working_day(start, limit.amount)
    return _forward(start, limit.amount * limit.unit.seconds, limit, calendar)


def due(
    start: datetime,
    limit: Limit,
    calendar: BusinessCalendar | None,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """The moment (UTC) at which the limit is used up; see the module's words on pauses.

    None while a pause is open, because nobody knows when it will end; except that an open pause
    which began at or after the deadline leaves the deadline standing.
    """
    unpaused = moment_after(start, limit, calendar)
    return _moved_by_pauses(unpaused, start, limit, calendar, pauses)


def warn_at(
    start: datetime,
    limit: Limit,
    warn_share: float,
    calendar: BusinessCalendar | None,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """The moment (UTC) at which *warn_share* (0..1) of the limit is used up; None as in ``due``."""
    used = _length(start, limit, calendar) * warn_share
    unpaused = _forward(start, used, limit, calendar)
    return _moved_by_pauses(unpaused, start, limit, calendar, pauses)


def warn_between(start: datetime, due_at: datetime, warn_share: float) -> datetime:
    """The warning moment of a deadline set by hand: *warn_share* of the plain time up to it."""
    return (start + max(due_at - start, timedelta(0)) * warn_share).astimezone(UTC)


def _moved_by_pauses(
    unpaused: datetime,
    start: datetime,
    limit: Limit,
    calendar: BusinessCalendar | None,
    pauses: Iterable[Pause],
) -> datetime | None:
    at = unpaused
    for pause in _merged(pauses, start):
        if pause.from_at >= at:
            break
        if pause.to_at is None:
            return None
        lost = _length_between(pause.from_at, pause.to_at, limit, calendar)
        at = _forward(at, lost, limit, calendar)
    return at


def _merged(pauses: Iterable[Pause], start: datetime) -> Iterator[Pause]:
    """The pauses in order, cut at *start*, those that touch or overlap made one."""
    current: Pause | None = None
    for pause in sorted(pauses, key=lambda each: each.from_at):
        if pause.to_at is not None and pause.to_at <= start:
            continue
        begins = max(pause.from_at, start)
        if current is None:
            current = Pause(begins, pause.to_at)
        elif current.to_at is None:
            break
        elif begins <= current.to_at:
            ends = None if pause.to_at is None else max(current.to_at, pause.to_at)
            current = Pause(current.from_at, ends)
        else:
            yield current
            current = Pause(begins, pause.to_at)
    if current is not None:
        yield current


def _length(start: datetime, limit: Limit, calendar: BusinessCalendar | None) -> float:
    """The whole limit in its own seconds; those of N working days depend on where they begin."""
    if limit.unit is LimitUnit.WORKING_DAYS:
        return _length_between(start, moment_after(start, limit, calendar), limit, calendar)
    return limit.amount * limit.unit.seconds


def _length_between(
    a: datetime, b: datetime, limit: Limit, calendar: BusinessCalendar | None
) -> float:
    if limit.unit.is_exact:
        return max((b - a).total_seconds(), 0.0)
    return _needed(calendar).working_time_between(a, b)


def _forward(
    at: datetime, seconds: float, limit: Limit, calendar: BusinessCalendar | None
) -> datetime:
    if limit.unit.is_exact:
        return at.astimezone(UTC) + timedelta(seconds=seconds)
    return _needed(calendar).add_working_time(at, seconds)


def _needed(calendar: BusinessCalendar | None) -> BusinessCalendar:
    if calendar is None:
        raise ValueError("a working limit needs a calendar")
    return calendar
