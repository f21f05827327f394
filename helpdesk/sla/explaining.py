"""Why a deadline falls where it falls: every day on the way to it, and what of it counted. Pure.

It asks the same arithmetic as the clocks do (``due``) and only shows the way, so that what the
administrator is told is what will happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.due import Limit, LimitUnit, moment_after, warn_at

MOST_DAYS = 400  # a limit of more days than this is shown without its way


@dataclass(frozen=True, slots=True)
class Stretch:
    """An open stretch that counted, from one moment (UTC) to another."""

    from_at: datetime
    to_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.to_at - self.from_at


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One local day on the way. *number* is its place among the working days; None if it has none.

    The day of receipt is number 0 whatever day it is. On a day that *is_closed* nothing opens, for
    it *is_holiday* or for it is that day of the week.
    """

    on: date
    number: int | None
    stretches: tuple[Stretch, ...]
    is_closed: bool
    is_holiday: bool

    @property
    def length(self) -> timedelta:
        """How much of it counted."""
        return sum((stretch.length for stretch in self.stretches), timedelta())


@dataclass(frozen=True, slots=True)
class Explanation:
    """When a limit is used up, when its warning comes, and the *days* between; none if it is exact."""

    due_at: datetime
    warn_at: datetime | None
    days: tuple[CountedDay, ...]


def explain(
    start: datetime, limit: Limit, calendar: BusinessCalendar, *, warn_share: float = 1.0
) -> Explanation:
    """What *limit* means when it starts at *start*. Raises NoOpenHours when it never ends."""
    due_at = moment_after(start, limit, calendar)
    warned_at = warn_at(start, limit, warn_share, calendar) if warn_share < 1 else None
    if limit.unit.is_exact or due_at - start > timedelta(days=MOST_DAYS):
        return Explanation(due_at, warned_at, ())
    by_days = limit.unit is LimitUnit.WORKING_DAYS
    return Explanation(due_at, warned_at, tuple(_days(start, due_at, calendar, by_days=by_days)))


def _days(
    start: datetime, due_at: datetime, calendar: BusinessCalendar, *, by_days: bool
) -> list[CountedDay]:
    zone = ZoneInfo(calendar.zone)
    first = start.astimezone(zone).date()
    # A day that closes at midnight ends with the first moment of the next.
    last = max(first, (due_at.astimezone(zone) - timedelta(microseconds=1)).date())
    days: list[CountedDay] = []
    number = 0
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        on = date.fromordinal(ordinal)
        is_first, is_closed = on == first, not calendar.is_working_day(on)
        number += not (is_first or is_closed)
        # Of working days each counts as a whole, and the day of receipt not at all.
        stretches = () if by_days and is_first else _counted(calendar, on, start, due_at)
        numbered = number if by_days and (is_first or not is_closed) else None
        days.append(CountedDay(on, numbered, stretches, is_closed, on in calendar.holidays))
    return days


def _counted(
    calendar: BusinessCalendar, on: date, start: datetime, due_at: datetime
) -> tuple[Stretch, ...]:
    cut = [(max(opens, start), min(closes, due_at)) for opens, closes in calendar.spans_on(on)]
    return tuple(Stretch(opens, closes) for opens, closes in cut if opens < closes)
