"""The figures as somebody would count them with the files on the table: slow, obvious, one ticket after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from statistics import median
from zoneinfo import ZoneInfo

from helpdesk.monitoring.answer_times import Median
from helpdesk.monitoring.figures import Figures
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.unit_figures import UnitFigures
from helpdesk.tickets.states import Grade, Kind
from tests.monitoring.lives import Life, Round

NO_TROUBLE = ("merged", "spam", "not_ours")
WIB = ZoneInfo("Asia/Jakarta")


class ByHand:
    """Everything there is, looked at from *at*."""

    def __init__(
        self, lives: list[Life], period: Period, at: datetime, unit_id: int | None = None
    ) -> None:
        self.period, self.at, self.unit_id = period, at, unit_id
        self.lives = [life for life in lives if unit_id is None or unit_id in life.units.values()]
        self.complaints = [life for life in self.received() if life.kind == "complaint"]

    def received(self) -> list[Life]:
        first, last = self.period.first_day, self.period.last_day
        return [life for life in self.lives if first <= received_on(life) <= last]

    def must_equal(self, counted: Figures) -> None:
        """Every figure."""
        for name in PLAIN:
            assert getattr(counted, name) == getattr(self, name)(), name
        assert counted.received == len(self.complaints)
        assert counted.promise == sum(self.promise_by_grade().values(), Kept())
        scores = [life.score for life in self.complaints]
        assert counted.rating.by_score == tuple(scores.count(score) for score in range(1, 6))
        categories = {one.category_id: (one.received, one.recurring) for one in counted.by_category}
        assert categories == {
            category: (len(lives), sum(map(self.came_again, lives)))
            for category, lives in self.by_category().items()
        }
        assert sum(counted.closings.values()) + sum(counted.left.values()) + counted.still_open == (
            counted.received
        )
        assert counted.median_answer == self.median_answer()
        units = {unit.unit_id: unit for unit in counted.by_unit}
        assert units == {unit: self.unit(unit) for unit in self.unit_ids()}
        recurring = {(one.unit_id, one.category_id): one for one in counted.recurring}
        expected = {
            pair: (self.of_pair(pair, self.period), self.of_pair(pair, self.period.before()), n)
            for pair, n in Counter(map(pair_of, filter(self.came_again, self.complaints))).items()
        }
        assert {
            pair: (one.received, one.before, one.recurring) for pair, one in recurring.items()
        } == expected

    # ------------------------------------------------------------ simple counts

    def received_by_kind(self) -> dict[Kind, int]:
        return {kind: sum(life.kind == kind for life in self.received()) for kind in Kind}

    def promise_by_grade(self) -> dict[Grade, Kept]:
        found = {grade: Kept() for grade in Grade}
        for life in self.complaints:
            grade, outcome = life.outcome(self.at)
            found[Grade(grade)] += Kept(**{outcome: 1})
        return found

    def answered(self) -> int:
        return sum(life.answered_at is not None for life in self.complaints)

    def seconds_with_units(self) -> int:
        return sum(seconds_with(life, set(life.units.values())) for life in self.complaints)

    def seconds_with_care(self) -> int:
        whole = timedelta()
        for life in self.complaints:
            if life.answered_at is not None:
                whole += life.answered_at - life.ticket.received_at
        return int(whole.total_seconds()) - self.seconds_with_units()

    def disposed(self) -> int:
        return sum(bool(life.units) for life in self.complaints)

    def by_channel(self) -> dict[str, int]:
        return dict(Counter(life.ticket.channel for life in self.complaints))

    def by_place(self) -> dict[int, int]:
        return dict(Counter(life.place_id or 0 for life in self.complaints))

    def by_weekday_and_hour(self) -> tuple[tuple[int, ...], ...]:
        moments = [life.ticket.received_at.astimezone(WIB) for life in self.complaints]
        slots = Counter((moment.weekday(), moment.hour) for moment in moments)
        return tuple(tuple(slots[day, hour] for hour in range(24)) for day in range(7))

    def by_hour(self) -> tuple[int, ...]:
        hours = [life.ticket.received_at.astimezone(WIB).hour for life in self.complaints]
        return tuple(hours.count(hour) for hour in range(24))

    def by_weekday(self) -> tuple[int, ...]:
        days = [received_on(life).weekday() for life in self.complaints]
        return tuple(days.count(day) for day in range(7))

    def closings(self) -> dict[str, int]:
        return dict(Counter(life.closing for life in self.complaints if life.closing))

    def left(self) -> dict[str, int]:
        return dict(Counter(life.exit for life in self.complaints if life.exit))

    def still_open(self) -> int:
        return sum(life.is_open for life in self.complaints)

    def reopened(self) -> int:
        return sum(life.reopenings > 0 for life in self.complaints)

    def restricted(self) -> int:
        return sum(life.access == "restricted" for life in self.complaints)

    def by_category(self) -> dict[int | None, list[Life]]:
        categories = {life.category_id for life in self.complaints}
        return {
            category: [life for life in self.complaints if life.category_id == category]
            for category in categories
        }

    def median_answer(self) -> Median | None:
        took = [
            (life.answered_at - life.ticket.received_at) / timedelta(hours=1)
            for life in self.complaints
            if life.answered_at is not None
        ]
        return Median(median(took)) if took else None

    # ------------------------------------------------------------ units

    def unit_ids(self) -> set[int]:
        sent = {unit for life in self.complaints for unit in life.units.values()}
        known = {unit for life in self.lives for unit in life.units.values()}
        late = {unit for unit in known if self.late_with(unit)}
        return {unit for unit in sent | late if self.unit_id in (None, unit)}

    def late_with(self, unit_id: int) -> int:
        return sum(
            life.kind == "complaint"
            and any(map(partial(self.is_late_with, unit_id), life.all_rounds))
            for life in self.lives
        )

    def is_late_with(self, unit_id: int, one: Round) -> bool:
        return one.unit_id == unit_id and one.ends is None and one.outcome(self.at) == "missed"

    def unit(self, unit_id: int) -> UnitFigures:
        of_unit = [life for life in self.complaints if unit_id in life.units.values()]
        sent = [
            life.standing[disposition]
            for life in of_unit
            for disposition, unit in life.units.items()
            if unit == unit_id
        ]
        return UnitFigures(
            unit_id=unit_id,
            tickets=len(of_unit),
            dispositions=len(sent),
            hops=self.hops(unit_id, of_unit),
            returned=sent.count("returned"),
            answered=sum(life.answered_at is not None for life in of_unit),
            seconds=sum(seconds_with(life, {unit_id}) for life in of_unit),
            late_now=self.late_with(unit_id),
            weeks=tuple(self.week(unit_id, back) for back in range(7, -1, -1)),
        )

    def hops(self, unit_id: int, lives: Iterable[Life]) -> Kept:
        outcomes = [
            one.outcome(self.at)
            for life in lives
            for one in life.all_rounds
            if one.unit_id == unit_id
        ]
        return sum((Kept(**{outcome: 1}) for outcome in outcomes), Kept())

    def week(self, unit_id: int, back: int) -> float | None:
        end = min(self.period.last_day, self.at.astimezone(WIB).date()) - timedelta(weeks=back)
        lives = [
            life
            for life in self.lives
            if life.kind == "complaint" and end - timedelta(days=6) <= received_on(life) <= end
        ]
        return self.hops(unit_id, lives).share

    # ------------------------------------------------------------ what comes again

    def came_again(self, life: Life) -> bool:
        return any(
            earlier.ticket.id != life.ticket.id
            and earlier.kind == "complaint"
            and earlier.exit not in NO_TROUBLE
            and pair_of(earlier) == pair_of(life)
            and (received_on(earlier), earlier.ticket.id) < (received_on(life), life.ticket.id)
            and received_on(life) - received_on(earlier) <= timedelta(days=90)
            for earlier in self.lives
            if self.is_whole_pair(life)
        )

    def is_whole_pair(self, life: Life) -> bool:
        unit, category = pair_of(life)
        is_trouble = life.exit not in NO_TROUBLE
        return bool(unit and category) and is_trouble and self.unit_id in (None, unit)

    def of_pair(self, pair: tuple[int | None, int | None], period: Period) -> int:
        return sum(
            life.kind == "complaint"
            and life.exit not in NO_TROUBLE
            and pair_of(life) == pair
            and period.first_day <= received_on(life) <= period.last_day
            for life in self.lives
        )

    # ------------------------------------------------------------ tickets behind a figure

    def ids(self, holds: Callable[[Life], bool]) -> set[int]:
        return {life.ticket.id for life in self.complaints if holds(life)}

    def has_outcome(self, outcome: str) -> Callable[[Life], bool]:
        return lambda life: life.outcome(self.at)[1] == outcome

    def has_round(self, outcome: str) -> Callable[[Life], bool]:
        return lambda life: any(
            one.outcome(self.at) == outcome and self.unit_id in (None, one.unit_id)
            for one in life.all_rounds
        )


PLAIN = (
    "received_by_kind",
    "promise_by_grade",
    "answered",
    "seconds_with_units",
    "seconds_with_care",
    "disposed",
    "by_place",
    "by_channel",
    "by_weekday_and_hour",
    "by_hour",
    "by_weekday",
    "closings",
    "left",
    "still_open",
    "reopened",
    "restricted",
)


def received_on(life: Life) -> date:
    return life.ticket.received_at.astimezone(WIB).date()


def pair_of(life: Life) -> tuple[int | None, int | None]:
    return life.main_unit, life.category_id


def seconds_with(life: Life, unit_ids: set[int]) -> int:
    """Between each two moments at which anything began or ended: was one of the units at work?"""
    if life.answered_at is None:
        return 0
    rounds = [one for one in life.all_rounds if one.unit_id in unit_ids]
    until = life.answered_at
    moments = {until, *(one.begins for one in rounds), *(one.ends or until for one in rounds)}
    moments = {moment for moment in moments if moment <= until}
    seconds = 0.0
    for begins, ends in zip(sorted(moments), sorted(moments)[1:], strict=False):
        if any(one.begins <= begins and (one.ends or until) >= ends for one in rounds):
            seconds += (ends - begins).total_seconds()
    return int(seconds)
