"""Categories and what keeps coming back in them, from the sums of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from helpdesk.monitoring.period import Period
from helpdesk.monitoring.reading import sum_within
from helpdesk.monitoring.recurrence import count_again


@dataclass(frozen=True)
class CategoryFigures:
    """Complaints of one category (None: not yet classified), and how many of them came again.

    A complaint came *again* when one of the same category with the same main unit was received at most 90 days
    before it (``recurrence``).
    """

    category_id: int | None
    received: int
    recurring: int


@dataclass(frozen=True)
class Recurring:
    """What keeps coming back: one category with one main unit, this period and the one before."""

    unit_id: int
    category_id: int
    received: int
    before: int
    recurring: int

    @property
    def change(self) -> int:
        """More (or, negative, fewer) than in the period before."""
        return self.received - self.before


def recurring_of(pairs: Mapping[str, Mapping[date, int]], period: Period) -> list[Recurring]:
    """The pairs of unit and category with a complaint of *period* that came again, the most frequent first.

    *pairs* are complaints by unit/category and day, from 90 days before the period and the whole one before it.
    """
    found = []
    now, earlier = ((one.first_day, one.last_day) for one in (period, period.before()))
    for key, by_day in pairs.items():
        again = count_again(by_day, *now)
        if again:
            unit_id, _, category_id = key.partition("/")
            received, before = sum_within(by_day, *now), sum_within(by_day, *earlier)
            found.append(Recurring(int(unit_id), int(category_id), received, before, again))
    return sorted(found, key=lambda one: (-one.received, -one.change, one.unit_id, one.category_id))


def categories_of(sums: Mapping[str, int], recurring: list[Recurring]) -> list[CategoryFigures]:
    """Every category with a complaint of the period, the largest first."""
    again: Counter[int] = Counter()
    for one in recurring:
        again[one.category_id] += one.recurring
    found = [
        CategoryFigures(int(key) or None, received, again[int(key)])
        for key, received in sums.items()
    ]
    return sorted(found, key=lambda one: (-one.received, one.category_id or 0))
