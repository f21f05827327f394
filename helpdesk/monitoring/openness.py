"""What the public may see of our figures: sums of twelve whole months, and no count that points at somebody.

A count from 1 to 4 is never shown. Hiding it alone would not be enough where the rest of a sum is shown, so that a
neighbour or the sum goes with it: of a grade, either both numbers of its promise are shown, or the small one is called
*fewer than five* and any value from 1 to 4 stays possible, or nothing is; small categories are joined until their sum
is no small count either. Months are whole, so that tomorrow's page less today's tells nothing about a day. In
the first year of an installation, though, whoever keeps last month's page can subtract it from this month's, and learns
how much came in that month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib.remembered import remembered
from helpdesk.monitoring.figures import Figures, figures_of
from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.recurring import CategoryFigures
from helpdesk.tickets.states import Grade

LEAST = 5  # the smallest count that is shown
MOST_CATEGORIES = 6
_FRESH_FOR = 600  # seconds
# With *kept* + *missed* shown and one of them small, 1 to 4 must all be possible while the other is at least LEAST.
_LEAST_SUM = 2 * LEAST - 1


class Few(Enum):
    """What of a promise is too small to be shown."""

    NOTHING = "nothing"
    MISSED = "missed"  # fewer than five were late
    KEPT = "kept"  # fewer than five were in time
    ALL = "all"


@dataclass(frozen=True)
class GradePromise:
    """The promise of one grade. *judged* and *share* are None where they would tell too much."""

    grade: Grade
    few: Few
    judged: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Openness:
    """Everything that the page shows. *received* None: fewer than five, and then nothing else is shown.

    *categories* are ids with their counts, the largest first; *other* is the rest of *received*.
    """

    period: Period
    counted_at: datetime
    received: int | None
    promises: Sequence[GradePromise] = ()
    median_answer_hours: float | None = None
    categories: Sequence[tuple[int, int]] = ()
    other: int = 0
    rating: float | None = None
    rated: int | None = None


def openness_at(at: datetime) -> Openness:
    """The page's figures, at most ten minutes old: whoever reloads it costs nothing."""
    slot = int(at.timestamp()) // _FRESH_FOR
    return remembered("openness", slot, lambda: shown_of(figures_of(last_twelve_months(at), at)))


def last_twelve_months(at: datetime) -> Period:
    """The twelve whole months before the present one."""
    present = Period.containing(at.astimezone(local_zone()).date())
    first = present.after(-PeriodKind.YEAR.length)
    return Period(first.year, first.month, PeriodKind.YEAR.length)


def shown_of(figures: Figures) -> Openness:
    """What of *figures* may be shown."""
    if _is_small(figures.received):
        return Openness(figures.period, figures.counted_at, received=None)
    categories, other = _categories(figures.by_category, figures.received)
    is_rated = figures.rating.n >= LEAST
    return Openness(
        period=figures.period,
        counted_at=figures.counted_at,
        received=figures.received,
        promises=[_promise(grade, kept) for grade, kept in figures.promise_by_grade.items()],
        median_answer_hours=figures.median_answer_hours if figures.answered >= LEAST else None,
        categories=categories,
        other=other,
        rating=figures.rating.mean if is_rated else None,
        rated=figures.rating.n if is_rated else None,
    )


def _promise(grade: Grade, kept: Kept) -> GradePromise:
    judged = kept.judged
    is_few_kept, is_few_missed = _is_small(kept.kept), _is_small(kept.missed)
    if not is_few_kept and not is_few_missed:
        return GradePromise(grade, Few.NOTHING, judged, kept.share)
    if judged < _LEAST_SUM or (is_few_kept and is_few_missed):
        return GradePromise(grade, Few.ALL)
    return GradePromise(grade, Few.KEPT if is_few_kept else Few.MISSED, judged)


def _categories(
    found: Sequence[CategoryFigures], received: int
) -> tuple[list[tuple[int, int]], int]:
    """The largest categories, and the sum of all others with what has no category yet."""
    large = sorted(
        (
            (one.category_id, one.received)
            for one in found
            if one.category_id is not None and one.received >= LEAST
        ),
        key=lambda pair: (-pair[1], pair[0]),
    )[:MOST_CATEGORIES]
    other = received - sum(count for _id, count in large)
    while large and _is_small(other):
        other += large.pop()[1]
    return large, other


def _is_small(count: int) -> bool:
    return 0 < count < LEAST
