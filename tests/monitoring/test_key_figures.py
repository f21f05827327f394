"""The key figures beside the period before: what is printed can be subtracted by whoever reads it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale
from openpyxl import load_workbook

from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.summaries.drawing import draw_page
from helpdesk.monitoring.summaries.facts import Headline, Point
from helpdesk.monitoring.summaries.key_figures import key_figures
from helpdesk.monitoring.summaries.workbook import make_workbook
from tests.monitoring.samples import paper, summary_facts
from tests.web.browsing import plain

pytestmark = pytest.mark.engines("sqlite")
NOTHING = Headline(
    received=0, promise=Kept(), median_answer_hours=None, raters=0, stars=0, answered=0, reopened=0
)


@pytest.fixture(autouse=True)
def _in_indonesian(app: Flask) -> Iterator[None]:
    with app.app_context(), force_locale("id"):
        yield


def said(name: str, now: Headline, before: Headline) -> str:
    """The figure and the line below it."""
    figures = key_figures(summary_facts(now=now, before=before))
    (key,) = (one for one in figures if one.name == name)
    return f"{key.said} · {key.comparison(Period(2026, 9))}"


@pytest.mark.parametrize(
    ("now", "before", "printed"),
    [
        (42.6, 42.4, "43 jam · Sep: 42 jam (+1 jam)"),
        (42.5, 43.0, "43 jam · Sep: 43 jam (0 jam)"),
        (2.5, 3.5, "2,5 jam · Sep: 3,5 jam (−1,0 jam)"),
        (12.34, 9.44, "12,3 jam · Sep: 9,4 jam (+2,9 jam)"),
        (0.4, 0.45, "24 menit · Sep: 27 menit (−3 menit)"),
        (0.4, None, "24 menit · Sep: –"),
        (None, 30.0, "– · Sep: 30 jam"),
    ],
)
def test_the_difference_of_two_times_is_that_of_what_is_printed(
    now: float | None, before: float | None, printed: str
) -> None:
    facts = summary_facts()
    hours = [replace(facts.now, median_answer_hours=one) for one in (now, before)]
    assert said("Waktu tanggap, nilai tengah", *hours) == printed


def test_the_difference_of_two_ratings_too() -> None:
    """4.46 and 4.44 are printed as 4.5 and 4.4."""
    facts = summary_facts()
    now, before = (replace(facts.now, stars=stars, raters=100) for stars in (446, 444))
    assert said("Nilai dari pelapor", now, before) == "4,5 / 5 · 100 penilai · Sep: 4,4 (+0,1)"


def test_the_workbook_subtracts_what_it_shows() -> None:
    facts = summary_facts()
    now, before = (replace(facts.now, median_answer_hours=hours) for hours in (42.64, 42.36))
    book = load_workbook(io.BytesIO(make_workbook(paper(now=now, before=before))))
    (row,) = (
        row
        for row in book.worksheets[0].iter_rows(values_only=True)
        if "nilai tengah" in str(row[0])
    )
    assert row[:4] == ("Waktu tanggap, nilai tengah (jam)", 42.64, 42.36, 0.2)


def test_where_nothing_came_before_there_is_nothing_to_compare_with() -> None:
    """Of the first month of a house: its rise would be from months in which it was not there."""
    now = summary_facts().now
    assert said("Keluhan diterima", now, NOTHING) == "190 · Sep: –"
    assert "Sep: –" in said("Dibuka kembali", now, NOTHING)
    assert "Kenaikan terbesar" in plain(str(draw_page(paper())))
    assert "Kenaikan terbesar" not in plain(str(draw_page(paper(before=NOTHING))))


def test_months_in_a_row_are_months_without_a_gap() -> None:
    kept, missed, nothing = Kept(9, 1), Kept(1, 9), Kept()

    def in_a_row(*promises: Kept) -> int:
        months = enumerate(promises, start=1)
        trend = tuple(Point(period=f"2026-{month:02d}", promise=one) for month, one in months)
        return summary_facts(trend=trend).kept_in_a_row

    assert in_a_row(kept, nothing, kept) == 1
    assert in_a_row(kept, kept, nothing) == 2, "the last month is not judged yet"
    assert in_a_row(kept, missed, kept, kept) == 2
    assert in_a_row(kept, missed) == in_a_row(nothing) == in_a_row() == 0
