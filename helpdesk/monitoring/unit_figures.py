"""How each unit fares with the complaints that were sent to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk.monitoring.day_fact import UnitTally
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.reading import Overdue, kept_of, sum_within

WEEKS = 8  # of the sparkline
_HOUR = 3600


@dataclass(frozen=True)
class UnitFigures:
    """One unit and the complaints that were sent to it.

    *tickets* complaints, *dispositions* times sent, *hops* rounds with the unit against their deadline (an answer
    handed back begins another), *returned* dispositions sent back as not theirs, *answered* those of *tickets* with
    a first answer and *seconds* their time with this unit until then. *late_now* is what is late with the unit at
    this moment, whenever received. *weeks* are the shares of hops kept, by week of receipt, the oldest first, the
    last one ending with the period or today.
    """

    unit_id: int
    tickets: int = 0
    dispositions: int = 0
    hops: Kept = Kept()
    returned: int = 0
    answered: int = 0
    seconds: int = 0
    late_now: int = 0
    weeks: tuple[float | None, ...] = (None,) * WEEKS

    @property
    def hops_per_ticket(self) -> float | None:
        """Rounds with the unit per complaint; 1 when every first answer was enough."""
        return self.hops.total / self.tickets if self.tickets else None

    @property
    def average_hours(self) -> float | None:
        """Hours with this unit per answered complaint."""
        return self.seconds / self.answered / _HOUR if self.answered else None

    @property
    def need_of_help(self) -> tuple[float, int, int]:
        """What sorts the units that need help before the others: the lowest share, the most that is late."""
        share = self.hops.share
        return (1.0 if share is None else share, -self.late_now, -self.tickets)


@dataclass(frozen=True)
class HopDays:
    """Rounds with units, by unit/outcome and day of receipt, and those overdue since they were counted."""

    sums: Mapping[str, Mapping[date, int]]
    overdue: list[Overdue]

    def kept(self, unit_id: int, first_day: date, last_day: date) -> Kept:
        """How one unit kept its deadlines on complaints received in these days."""
        counted = {
            outcome: sum_within(self.sums.get(f"{unit_id}/{outcome}", {}), first_day, last_day)
            for outcome in ("kept", "missed", "pending", "left")
        }
        fallen = [
            one
            for one in self.overdue
            if one.unit_id == unit_id and first_day <= one.received_on <= last_day
        ]
        return kept_of(counted, fallen)

    def weeks(self, unit_id: int, last_day: date) -> tuple[float | None, ...]:
        """The share kept in each of the weeks that end with *last_day*, the oldest first."""
        ends = [last_day - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
        return tuple(self.kept(unit_id, end - timedelta(days=6), end).share for end in ends)


def first_day_of_weeks(last_day: date) -> date:
    """The day on which the weeks of the sparkline begin."""
    return last_day - timedelta(weeks=WEEKS) + timedelta(days=1)


def units_of(
    tallies: Mapping[str, int],
    hops: Mapping[str, int],
    overdue: Iterable[Overdue],
    late: Mapping[int, int],
    recent: HopDays,
    last_day: date,
) -> list[UnitFigures]:
    """Every unit with complaints of the period or with something late, those that need help first.

    *tallies* and *hops* are the sums of the period by unit/what, *overdue* its rounds overdue since, *recent* the
    days of the sparklines, which end with *last_day*.
    """
    of_unit, hops_of = _by_unit(tallies), _by_unit(hops)
    fallen: dict[int, list[Overdue]] = defaultdict(list)
    for one in overdue:
        if one.unit_id is not None:
            fallen[one.unit_id].append(one)
    found = [
        UnitFigures(
            unit_id=unit_id,
            tickets=of_unit[unit_id][UnitTally.TICKETS],
            dispositions=of_unit[unit_id][UnitTally.SENT],
            hops=kept_of(hops_of[unit_id], fallen[unit_id]),
            returned=of_unit[unit_id][UnitTally.RETURNED],
            answered=of_unit[unit_id][UnitTally.ANSWERED],
            seconds=of_unit[unit_id][UnitTally.SECONDS],
            late_now=late.get(unit_id, 0),
            weeks=recent.weeks(unit_id, last_day),
        )
        for unit_id in sorted({*of_unit, *late})
    ]
    return sorted(found, key=lambda unit: unit.need_of_help)


def _by_unit(sums: Mapping[str, int]) -> dict[int, Counter[str]]:
    """From keys such as ``12/kept`` to the sums of unit 12."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for key, amount in sums.items():
        unit_id, _, what = key.partition("/")
        found[int(unit_id)][what] += amount
    return found
