"""The figures of leadership: one query object that feeds screen, PDF and workbook, so that they cannot disagree.

Everything is counted by the local day of receipt. Complaint figures count complaints alone (``Kind.COMPLAINT``); the
other kinds stand apart in *received_by_kind*. Restricted complaints are counted, since the national indicator knows
no exclusion and a sum names nobody; they are listed only to whom ``visible_to`` lets see them.

The sums come from the facts of each day, which the worker counts within half a minute of a change; what time alone
has changed since is added at the moment of asking. The cost follows the days of the period and what is overdue; only
the median of few answers is read from the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from helpdesk.accounts.organisation import local_zone
from helpdesk.monitoring import reading
from helpdesk.monitoring.answer_times import Median, median_of, median_of_bars
from helpdesk.monitoring.day_fact import Cut, Tally
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.reading import Overdue, kept_of
from helpdesk.monitoring.recurrence import WITHIN_DAYS
from helpdesk.monitoring.recurring import CategoryFigures, Recurring, categories_of, recurring_of
from helpdesk.monitoring.unit_figures import HopDays, UnitFigures, first_day_of_weeks, units_of
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.states import Closing, Grade, Kind, Status

TREND_STEPS = 7
FEW_ANSWERS = 50  # so many are read one by one for their median
_HOUR = 3600
Week = tuple[tuple[int, ...], ...]  # seven days, Monday first, of 24 hours


@dataclass(frozen=True)
class Rating:
    """What complainants gave, 1 to 5; the newest rating of each complaint."""

    by_score: tuple[int, ...] = (0, 0, 0, 0, 0)

    @property
    def n(self) -> int:
        """How many rated."""
        return sum(self.by_score)

    @property
    def total(self) -> int:
        """The sum of their scores."""
        return sum(score * n for score, n in enumerate(self.by_score, start=1))

    @property
    def mean(self) -> float | None:
        """Of 5; None when nobody rated."""
        return self.total / self.n if self.n else None


@dataclass(frozen=True)
class Figures:
    """Every figure of one period, of the whole house (*unit_id* None) or of the complaints sent to one unit.

    ``received`` = all *closings* + all *left* + *still_open*. *answered* have a first final answer;
    *median_answer* is from receipt to it; of many answers it is read from bars, and says so.
    *seconds_with_units* is the time until the first answer in which a unit had an answered complaint,
    *seconds_with_care* the rest of it; both are elapsed time. *disposed* are the complaints that were sent to a
    unit. *left* are complaints gone by an exit, by exit; ``promise.left`` those of them whose clock ran until then,
    in time: what had missed its deadline before stays missed, for the indicator excludes nothing. *by_place* has all
    complaints by the id of their place, 0 where none of the list is named. Of the complaints confirmed as solved, and
    of those rated, *confirmed_by_staff* and *rated_by_staff* are what the complainant said to somebody of the house,
    who wrote it down.
    """

    period: Period
    unit_id: int | None
    counted_at: datetime
    received: int
    received_by_kind: dict[Kind, int]
    promise: Kept
    promise_by_grade: dict[Grade, Kept]
    answered: int
    median_answer: Median | None
    seconds_with_care: int
    seconds_with_units: int
    disposed: int
    by_unit: list[UnitFigures]
    by_category: list[CategoryFigures]
    recurring: list[Recurring]
    by_place: dict[int, int]
    by_channel: dict[str, int]
    by_weekday_and_hour: Week
    closings: dict[Closing, int]
    left: dict[Status, int]
    still_open: int
    reopened: int
    rating: Rating
    restricted: int
    confirmed_by_staff: int = 0
    rated_by_staff: int = 0

    @property
    def by_hour(self) -> tuple[int, ...]:
        """Complaints by local hour of receipt, 0 to 23."""
        return tuple(map(sum, zip(*self.by_weekday_and_hour, strict=True)))

    @property
    def by_weekday(self) -> tuple[int, ...]:
        """Complaints by weekday of receipt, Monday first."""
        return tuple(map(sum, self.by_weekday_and_hour))

    @property
    def care_hours(self) -> float | None:
        """Average hours with customer care per answered complaint."""
        return self.seconds_with_care / self.answered / _HOUR if self.answered else None

    @property
    def unit_hours(self) -> float | None:
        """Average hours with units per answered complaint."""
        return self.seconds_with_units / self.answered / _HOUR if self.answered else None

    @property
    def dispositions(self) -> int:
        """Times that a complaint was sent to a unit."""
        return sum(unit.dispositions for unit in self.by_unit)

    @property
    def returned(self) -> int:
        """Dispositions that a unit sent back as not its own."""
        return sum(unit.returned for unit in self.by_unit)

    @property
    def hops(self) -> Kept:
        """All rounds with units against their deadlines."""
        return sum((unit.hops for unit in self.by_unit), Kept())

    @property
    def hops_per_ticket(self) -> float | None:
        """Rounds with units per complaint that was sent to one."""
        return self.hops.total / self.disposed if self.disposed else None

    @property
    def reopened_share(self) -> float | None:
        """Reopened of those answered."""
        return self.reopened / self.answered if self.answered else None


class TrendPoint(NamedTuple):
    """One period of a trend and the promise by grade."""

    period: Period
    by_grade: dict[Grade, Kept]

    @property
    def promise(self) -> Kept:
        """All grades pooled."""
        return sum(self.by_grade.values(), Kept())


def figures_of(
    period: Period, at: datetime, *, unit_id: int | None = None, is_exact: bool = False
) -> Figures:
    """Count *period* as it stands at *at*, which is not before the last change; eight statements at most.

    *is_exact*: the median too, however many answers it is read from.
    """
    first_day, last_day = period.first_day, period.last_day
    weeks_end = min(last_day, at.astimezone(local_zone()).date())
    since = min(first_day, first_day_of_weeks(weeks_end))
    sums = reading.sums_of(period, unit_id)
    recent = reading.sums_by_day(Cut.HOP, first_day_of_weeks(weeks_end), weeks_end, unit_id)
    pairs = reading.sums_by_day(Cut.PAIR, _first_day_of_pairs(period), last_day, unit_id)
    hours = reading.sums_by_day(Cut.HOUR, first_day, last_day, unit_id)
    overdue = reading.overdue_since_counted(since, last_day, at, unit_id)
    rounds = [one for one in overdue if one.clock is ClockKind.HOP]
    of_period = [one for one in overdue if one.received_on >= first_day]
    by_grade = _by_grade(sums[Cut.PROMISE], of_period)
    recurring = recurring_of(pairs, period)
    return Figures(
        period=period,
        unit_id=unit_id,
        counted_at=at,
        promise=sum(by_grade.values(), Kept()),
        promise_by_grade=by_grade,
        by_unit=units_of(
            sums[Cut.UNIT],
            sums[Cut.HOP],
            [one for one in of_period if one.clock is ClockKind.HOP],
            reading.late_by_unit(at, unit_id),
            HopDays(recent, rounds),
            weeks_end,
        ),
        by_category=categories_of(sums[Cut.CATEGORY], recurring),
        recurring=recurring,
        median_answer=_median(period, unit_id, sums, is_exact),
        by_weekday_and_hour=_week_of(hours),
        **_plain_sums(sums),
    )


def _median(
    period: Period, unit_id: int | None, sums: dict[Cut, dict[str, int]], is_exact: bool
) -> Median | None:
    """From the answers where they are few: the bars of two in the middle may lie far apart."""
    if is_exact or sums[Cut.TALLY].get(Tally.ANSWERED, 0) <= FEW_ANSWERS:
        return median_of(reading.answer_times(period, unit_id))
    return median_of_bars({int(bar): n for bar, n in sums[Cut.WAIT].items()})


def _plain_sums(sums: dict[Cut, dict[str, int]]) -> dict[str, Any]:
    """What is only added up."""
    tally = sums[Cut.TALLY]
    kinds = {kind: sums[Cut.KIND].get(kind.value, 0) for kind in Kind}
    return {
        "received": kinds[Kind.COMPLAINT],
        "received_by_kind": kinds,
        "answered": tally.get(Tally.ANSWERED, 0),
        "seconds_with_care": tally.get(Tally.CARE_SECONDS, 0),
        "seconds_with_units": tally.get(Tally.UNIT_SECONDS, 0),
        "disposed": tally.get(Tally.DISPOSED, 0),
        "by_place": {int(place): n for place, n in sums[Cut.PLACE].items()},
        "by_channel": sums[Cut.CHANNEL],
        "closings": {Closing(key): n for key, n in sums[Cut.CLOSING].items()},
        "left": {Status(key): n for key, n in sums[Cut.EXIT].items()},
        "still_open": tally.get(Tally.OPEN, 0),
        "reopened": tally.get(Tally.REOPENED, 0),
        "rating": Rating(tuple(sums[Cut.SCORE].get(str(score), 0) for score in range(1, 6))),
        "restricted": tally.get(Tally.RESTRICTED, 0),
        "confirmed_by_staff": tally.get(Tally.CONFIRMED_BY_STAFF, 0),
        "rated_by_staff": tally.get(Tally.RATED_BY_STAFF, 0),
    }


def _week_of(hours: Mapping[str, Mapping[date, int]]) -> Week:
    """From hours with their sums of each day to weekdays with their hours."""
    week = [[0] * 24 for _day in range(7)]
    for hour, by_day in hours.items():
        for day, amount in by_day.items():
            week[day.weekday()][int(hour)] += amount
    return tuple(map(tuple, week))


def trend(
    period: Period, at: datetime, *, steps: int = TREND_STEPS, unit_id: int | None = None
) -> list[TrendPoint]:
    """The promise in *steps* periods of the same length, the last one *period*; three statements."""
    periods = [period.after(-back) for back in range(steps - 1, -1, -1)]
    days = periods[0].first_day, period.last_day
    months = reading.sums_by_month(Cut.PROMISE, *days, unit_id)
    overdue = reading.overdue_since_counted(*days, at, unit_id)
    points = []
    for one in periods:
        first_day, last_day = one.first_day, one.last_day
        sums: dict[str, int] = {}
        for month, key, amount in months:
            if first_day <= month <= last_day:
                sums[key] = sums.get(key, 0) + amount
        of_period = [late for late in overdue if first_day <= late.received_on <= last_day]
        points.append(TrendPoint(one, _by_grade(sums, of_period)))
    return points


def _by_grade(sums: Mapping[str, int], overdue: list[Overdue]) -> dict[Grade, Kept]:
    """From keys such as ``merah/kept`` to the promise of each grade."""
    return {
        grade: kept_of(
            {
                key.removeprefix(f"{grade}/"): amount
                for key, amount in sums.items()
                if key.startswith(f"{grade}/")
            },
            [one for one in overdue if one.clock is ClockKind.ANSWER and one.grade == grade],
        )
        for grade in Grade
    }


def _first_day_of_pairs(period: Period) -> date:
    """From when on complaints matter for what came again in *period*, and for the period before it."""
    return min(period.before().first_day, period.first_day - timedelta(days=WITHIN_DAYS))
