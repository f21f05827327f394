"""What the public page shows: nothing small, and nothing from which something small can be worked out."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.monitoring.answer_times import Median
from helpdesk.monitoring.figures import Figures, Rating
from helpdesk.monitoring.openness import (
    LEAST,
    MOST_CATEGORIES,
    Few,
    GradePromise,
    Openness,
    last_twelve_months,
    shown_of,
)
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import TARGET, Kept
from helpdesk.monitoring.recurring import CategoryFigures
from helpdesk.tickets.states import Grade, Status

pytestmark = pytest.mark.engines("sqlite")
AT = datetime(2026, 11, 20, tzinfo=UTC)


def figures(**changes: Any) -> Figures:
    nothing: dict[str, Any] = {
        "period": Period(2025, 11, 12), "unit_id": None, "counted_at": AT, "received": 0,
        "received_by_kind": {}, "promise": Kept(), "promise_by_grade": {}, "answered": 0,
        "median_answer": None, "seconds_with_care": 0, "seconds_with_units": 0, "disposed": 0,
        "by_unit": [], "by_category": [], "recurring": [], "by_place": {}, "by_channel": {},
        "by_weekday_and_hour": (), "closings": {}, "left": {}, "still_open": 0, "reopened": 0,
        "rating": Rating(), "restricted": 0,
    }  # fmt: skip
    return Figures(**(nothing | changes))


def promise_of(kept: int, missed: int) -> GradePromise:
    shown = shown_of(figures(received=1000, promise_by_grade={Grade.RED: Kept(kept, missed)}))
    return shown.promises[0]


def categories_of(*counts: int) -> Openness:
    found = [CategoryFigures(at, count, 0) for at, count in enumerate(counts, 1)]
    return shown_of(figures(received=sum(counts), by_category=found))


@pytest.mark.parametrize(
    ("kept", "missed", "few"),
    [
        (50, 10, Few.NOTHING),
        (50, 0, Few.NOTHING),
        (0, 0, Few.NOTHING),
        (50, 2, Few.MISSED),
        (3, 20, Few.KEPT),
        (5, 3, Few.ALL),
        (4, 4, Few.ALL),
        (3, 0, Few.ALL),
        (3, 3, Few.ALL),
    ],
)
def test_a_small_number_of_a_promise_is_not_shown(kept: int, missed: int, few: Few) -> None:
    assert promise_of(kept, missed).few is few


@pytest.mark.parametrize(("kept", "missed"), [(398, 102), (199, 51), (117, 30), (1599, 401)])
def test_a_share_below_the_target_is_never_printed_as_the_target(kept: int, missed: int) -> None:
    promise = promise_of(kept * 2, missed * 2)
    assert promise.share is not None
    assert promise.share == Kept(kept, missed).printed_share < TARGET
    assert promise.share > kept / (kept + missed) - 0.001


def test_a_share_is_rounded_half_up_everywhere_else() -> None:
    assert Kept(1, 2).printed_share == 0.333
    assert Kept(8005, 1995).printed_share == 0.801
    assert Kept(4, 1).printed_share == TARGET
    assert Kept().printed_share is None


def test_one_missed_of_two_thousand_is_not_a_hundred_percent() -> None:
    assert Kept(1999, 1).printed_share == 0.999
    assert Kept(1, 2999).printed_share == 0.001
    assert (Kept(2000).printed_share, Kept(0, 2000).printed_share) == (1, 0)


@cache
def _promises() -> dict[GradePromise, list[tuple[int, int]]]:
    """What may be read of a promise, with every pair of numbers that reads so."""
    alike = defaultdict(list)
    for pair in product(range(60), range(60)):
        alike[promise_of(*pair)].append(pair)
    return alike


@given(st.integers(0, 40), st.integers(0, 40))
def test_no_small_number_of_a_promise_can_be_worked_out(kept: int, missed: int) -> None:
    """Whoever knows how the page is made still finds every value from 1 to 4 possible for a hidden number."""
    alike = _promises()[promise_of(kept, missed)]
    for place, number in enumerate((kept, missed)):
        if 0 < number < LEAST:
            assert {pair[place] for pair in alike} >= {1, 2, 3, 4}


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=3),
    st.integers(0, 30),
)
def test_the_grades_add_up_with_what_is_not_judged(
    pairs: list[tuple[int, int]], unjudged: int
) -> None:
    by_grade = {grade: Kept(*pair) for grade, pair in zip(Grade, pairs, strict=True)}
    received = sum(kept.judged for kept in by_grade.values()) + unjudged
    shown = shown_of(figures(received=received, promise_by_grade=by_grade))
    if shown.received is None:
        return
    assert sum(one.judged or 0 for one in shown.promises) + shown.unjudged == received
    assert shown.unjudged == 0 or shown.unjudged >= LEAST


def test_few_that_are_not_judged_are_joined_with_the_smallest_grade() -> None:
    by_grade = {Grade.RED: Kept(12), Grade.YELLOW: Kept(30), Grade.GREEN: Kept()}
    shown = shown_of(figures(received=45, promise_by_grade=by_grade))
    assert [one.few for one in shown.promises] == [Few.ALL, Few.NOTHING, Few.NOTHING]
    assert (shown.unjudged, shown.has_hidden) == (15, True)


def test_advertising_is_no_complaint() -> None:
    spam = {"received": 60, "left": {Status.SPAM: 4, Status.NOT_OURS: 6}}
    unclassified = [CategoryFigures(1, 40, 0), CategoryFigures(None, 20, 0)]
    promise = {"promise": Kept(50, left=10), "promise_by_grade": {Grade.GREEN: Kept(50, left=10)}}
    shown = shown_of(figures(by_category=unclassified, **spam, **promise))
    assert (shown.received, shown.unjudged, shown.other) == (56, 6, 16)


def test_advertising_that_a_category_or_a_grade_counts_stays_so_that_the_sums_hold() -> None:
    spam = {"received": 60, "left": {Status.SPAM: 60}}
    one_open = [CategoryFigures(1, 50, 0), CategoryFigures(None, 10, 0)]
    missed = {
        "promise": Kept(0, 52, left=8),
        "promise_by_grade": {Grade.GREEN: Kept(0, 52, left=8)},
    }
    shown = shown_of(figures(by_category=one_open, **spam, **missed))
    assert (shown.received, shown.unjudged, shown.other) == (52, 0, 52)


def test_the_others_are_the_largest_only_where_no_category_is_left() -> None:
    twenty = categories_of(*[10] * 20)
    assert (len(twenty.categories), twenty.other) == (19, 10)
    assert len(categories_of(100, *[8] * 20).categories) == MOST_CATEGORIES


@given(st.lists(st.integers(0, 30), max_size=12))
def test_no_small_category_is_shown_nor_the_rest_of_the_sum(counts: list[int]) -> None:
    shown = categories_of(*counts)
    if shown.received is None:
        assert 0 < sum(counts) < LEAST
        assert not shown.categories
        return
    assert all(count >= LEAST for _category, count in shown.categories)
    assert shown.other == 0 or shown.other >= LEAST
    assert sum(count for _category, count in shown.categories) + shown.other == sum(counts)


def test_few_complaints_show_nothing_at_all() -> None:
    shown = shown_of(
        figures(received=4, answered=4, median_answer=Median(3.0), rating=Rating((0, 0, 0, 0, 4)))
    )
    assert (shown.received, shown.median_answer, shown.rating) == (None, None, None)


def test_few_answers_and_few_ratings_are_not_shown() -> None:
    few = figures(
        received=50, answered=4, median_answer=Median(3.0), rating=Rating((0, 0, 0, 0, 4))
    )
    assert (shown_of(few).median_answer, shown_of(few).rating) == (None, None)
    enough = figures(
        received=50, answered=5, median_answer=Median(3.0), rating=Rating((0, 0, 0, 0, 5))
    )
    assert (shown_of(enough).median_answer, shown_of(enough).rating) == (Median(3.0), 5.0)


def test_the_months_are_whole(app: Any) -> None:
    with app.app_context():
        period = last_twelve_months(AT)
    assert (str(period.first_day), str(period.last_day)) == ("2025-11-01", "2026-10-31")
