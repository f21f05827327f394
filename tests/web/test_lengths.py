"""Averages and medians, as people read them: to one decimal, and never better than they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale

from helpdesk.monitoring.answer_times import Median
from helpdesk.web.filters import number, percent
from helpdesk.web.lengths import half_within, span

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture(autouse=True)
def _in_indonesian(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("hours", "written", "at_most"),
    [
        (0, "kurang dari semenit", "kurang dari semenit"),
        (0.41, "25 menit", "25 menit"),
        (0.45 / 60, "kurang dari semenit", "1 menit"),
        (59.6 / 60, "1 jam", "1 jam"),
        (14.5, "14,5 jam", "14,5 jam"),
        (14.54, "14,5 jam", "14,6 jam"),
        (23.96, "1 hari", "1 hari"),
        (52.4, "2,2 hari", "2,2 hari"),
        (52.9, "2,2 hari", "2,3 hari"),
        (71.94, "3 hari", "3 hari"),
        (24 * 1234.5, "1.234,5 hari", "1.234,5 hari"),
    ],
)
def test_a_time_that_stands_for_many_has_one_decimal(
    hours: float, written: str, at_most: str
) -> None:
    assert (span(hours), span(hours, up=True)) == (written, at_most)


def test_english_counts_in_its_own_way() -> None:
    with force_locale("en"):
        assert [span(hours) for hours in (1, 14.5, 24, 52.4)] == [
            "1 hour", "14.5 hours", "1 day", "2.2 days",
        ]  # fmt: skip


def test_half_of_the_answers_came_within_what_is_printed() -> None:
    """52.9 hours are 2.204 days: within 2.2 days it was less than half."""
    assert half_within(Median(52.9)) == "2,3 hari"
    assert half_within(Median(52.9, is_rough=True)) == "sekitar 2,2 hari"
    assert half_within(Median(1440, is_rough=True, is_more=True)) == "lebih dari 60 hari"


def test_nothing_to_average_is_a_dash() -> None:
    assert (span(None), half_within(None)) == ("–", "–")


def test_a_half_goes_up_in_every_number() -> None:
    assert [number(value, 1) for value in (4.25, 42.65, 2.05, -0.25)] == [
        "4,3", "42,7", "2,1", "-0,3",
    ]  # fmt: skip
    assert percent(0.7995) == "80,0\N{NO-BREAK SPACE}%"
    assert percent(0.125, 0) == "13\N{NO-BREAK SPACE}%"
