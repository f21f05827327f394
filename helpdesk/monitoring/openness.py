"""What the public may see of our figures: sums of twelve whole months, and no count that points at somebody.

A count from 1 to 4 is never shown. Hiding it alone would not be enough where the rest of a sum is shown, so that a
neighbour or the sum goes with it: of a grade, either both numbers of its promise are shown, or the small one is called
*fewer than five* and any value from 1 to 4 stays possible, or nothing is; small categories are joined until their sum
is no small count either, and so are grades with what is not judged. Months are whole, so that tomorrow's page less
today's tells nothing about a day. In the first year of an installation, though, whoever keeps last month's page can
subtract it from this month's, and learns how much came in that month.

Every sum can be added up by the reader: what was received is what the grades judge and the *unjudged*, and what the
categories hold and the *other*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib.remembered import remembered
from helpdesk.monitoring.answer_times import Median
from helpdesk.monitoring.figures import Figures, figures_of
from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.reading import first_day_counted
from helpdesk.monitoring.recurring import CategoryFigures
from helpdesk.tickets.states import Grade, Status

LEAST = 5  # the smallest count that is shown
MOST_CATEGORIES = 12  # more where the others together would be the largest of all
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

    *unjudged* is the rest of *received* beside the grades that are shown: not due yet, gone by an exit before it was,
    or of a grade too small to be shown (*has_hidden*). *categories* are ids with their counts, the largest first;
    *other* is the rest of *received* beside them. *since*: the first day of a house younger than the period.
    """

    period: Period
    counted_at: datetime
    received: int | None
    promises: Sequence[GradePromise] = ()
    unjudged: int = 0
    median_answer: Median | None = None
    categories: Sequence[tuple[int, int]] = ()
    other: int = 0
    rating: float | None = None
    rated: int | None = None
    since: date | None = None

    @property
    def has_hidden(self) -> bool:
        """Is a grade too small to be shown?"""
        return any(one.few is Few.ALL for one in self.promises)


def openness_at(at: datetime) -> Openness:
    """The page's figures, at most ten minutes old: whoever reloads it costs nothing."""
    slot = int(at.timestamp()) // _FRESH_FOR
    return remembered("openness", slot, lambda: _read(last_twelve_months(at), at))


def last_twelve_months(at: datetime) -> Period:
    """The twelve whole months before the present one."""
    present = Period.containing(at.astimezone(local_zone()).date())
    first = present.after(-PeriodKind.YEAR.length)
    return Period(first.year, first.month, PeriodKind.YEAR.length)


def shown_of(figures: Figures) -> Openness:
    """What of *figures* may be shown."""
    received = figures.received - _advertising(figures)
    if _is_small(received):
        return Openness(figures.period, figures.counted_at, received=None)
    promises, unjudged = _promises(figures.promise_by_grade, received)
    categories, other = _categories(figures.by_category, received)
    is_rated = figures.rating.n >= LEAST
    return Openness(
        period=figures.period,
        counted_at=figures.counted_at,
        received=received,
        promises=promises,
        unjudged=unjudged,
        median_answer=figures.median_answer if figures.answered >= LEAST else None,
        categories=categories,
        other=other,
        rating=figures.rating.mean if is_rated else None,
        rated=figures.rating.n if is_rated else None,
    )


def _read(period: Period, at: datetime) -> Openness:
    shown, first_day = shown_of(figures_of(period, at)), first_day_counted()
    is_younger = first_day is not None and period.first_day < first_day <= period.last_day
    return replace(shown, since=first_day) if is_younger and shown.received else shown


def _advertising(figures: Figures) -> int:
    """Spam is no complaint: as much of it as neither a category nor a grade counts, so that the sums hold."""
    unclassified = sum(one.received for one in figures.by_category if one.category_id is None)
    return min(figures.left.get(Status.SPAM, 0), figures.promise.left, unclassified)


def _promises(by_grade: Mapping[Grade, Kept], received: int) -> tuple[list[GradePromise], int]:
    """Each grade, and how many of *received* are in none that is shown; the smallest grade joins few of those."""
    found = {grade: _promise(grade, kept) for grade, kept in by_grade.items()}
    while True:
        shown = {grade: one.judged for grade, one in found.items() if one.judged}
        unjudged = received - sum(shown.values())
        if not shown or not _is_small(unjudged):
            return list(found.values()), unjudged
        smallest = min(shown, key=lambda grade: shown[grade])
        found[smallest] = GradePromise(smallest, Few.ALL)


def _promise(grade: Grade, kept: Kept) -> GradePromise:
    judged = kept.judged
    is_few_kept, is_few_missed = _is_small(kept.kept), _is_small(kept.missed)
    if not is_few_kept and not is_few_missed:
        return GradePromise(grade, Few.NOTHING, judged, kept.printed_share)
    if judged < _LEAST_SUM or (is_few_kept and is_few_missed):
        return GradePromise(grade, Few.ALL)
    return GradePromise(grade, Few.KEPT if is_few_kept else Few.MISSED, judged)


def _categories(
    found: Sequence[CategoryFigures], received: int
) -> tuple[list[tuple[int, int]], int]:
    """The largest categories, and the sum of all others with what has no category yet."""
    named = sorted(
        (
            (one.category_id, one.received)
            for one in found
            if one.category_id is not None and one.received >= LEAST
        ),
        key=lambda pair: (-pair[1], pair[0]),
    )
    large, more = named[:MOST_CATEGORIES], named[MOST_CATEGORIES:]
    other = received - sum(count for _id, count in large)
    while more and other > large[0][1]:
        large.append(more.pop(0))
        other -= large[-1][1]
    while large and _is_small(other):
        other += large.pop()[1]
    return large, other


def _is_small(count: int) -> bool:
    return 0 < count < LEAST
