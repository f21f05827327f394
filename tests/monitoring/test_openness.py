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

from helpdesk.monitoring.figures import Figures, Rating
from helpdesk.monitoring.openness import (
    LEAST,
    Few,
    GradePromise,
    Openness,
    last_twelve_months,
    shown_of,
)
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.recurring import CategoryFigures
from helpdesk.tickets.states import Grade

pytestmark = pytest.mark.engines("sqlite")
AT = datetime(2026, 11, 20, tzinfo=UTC)


def figures(**changes: Any) -> Figures:
    nothing: dict[str, Any] = {
        "period": Period(2025, 11, 12), "unit_id": None, "counted_at": AT, "received": 0,
        "received_by_kind": {}, "promise": Kept(), "promise_by_grade": {}, "answered": 0,
        "median_answer_hours": None, "seconds_with_care": 0, "seconds_with_units": 0, "disposed": 0,
        "by_unit": [], "by_category": [], "recurring": [], "by_channel": {},
        "by_weekday_and_hour": (), "closings": {}, "left": {}, "still_open": 0, "reopened": 0,
        "rating": Rating(), "restricted": 0,
    }  # fmt: skip
    return Figures(**(nothing | changes))


def promise_of(kept: int, missed: int) -> GradePromise:
    shown = shown_of(figures(received=100, promise_by_grade={Grade.RED: Kept(kept, missed)}))
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
        figures(received=4, answered=4, median_answer_hours=3.0, rating=Rating((0, 0, 0, 0, 4)))
    )
    assert (shown.received, shown.median_answer_hours, shown.rating) == (None, None, None)


def test_few_answers_and_few_ratings_are_not_shown() -> None:
    few = figures(received=50, answered=4, median_answer_hours=3.0, rating=Rating((0, 0, 0, 0, 4)))
    assert (shown_of(few).median_answer_hours, shown_of(few).rating) == (None, None)
    enough = figures(
        received=50, answered=5, median_answer_hours=3.0, rating=Rating((0, 0, 0, 0, 5))
    )
    assert (shown_of(enough).median_answer_hours, shown_of(enough).rating) == (3.0, 5.0)


def test_the_months_are_whole(app: Any) -> None:
    with app.app_context():
        period = last_twelve_months(AT)
    assert (str(period.first_day), str(period.last_day)) == ("2025-11-01", "2026-10-31")
