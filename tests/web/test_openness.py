"""The page of openness is shown when the administrator says so, and costs nothing when it is reloaded."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from flask import Flask

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.setup import OrganisationFacts, edit_organisation
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.monitoring import openness
from helpdesk.monitoring.answer_times import Median
from helpdesk.monitoring.day_fact import WHOLE_HOUSE, Cut, DayFact
from helpdesk.monitoring.openness import Few, GradePromise, Openness, last_twelve_months
from helpdesk.tickets.states import Grade, Kind
from tests.support.cast import Cast
from tests.web.browsing import plain, statements
from tests.web.workbench import Browser


def _switch_on() -> None:
    facts = OrganisationFacts(name="RSIA Contoh", shows_figures=True)
    edit_organisation(facts, version=1, by=Actor.system())


def test_it_is_off_until_it_is_switched_on(app: Flask, cast: Cast) -> None:
    visitor = Browser(app)
    assert visitor.get("/keterbukaan").status_code == 404
    assert "/keterbukaan" not in visitor.get("/").get_data(as_text=True)
    unit_of_work(_switch_on)
    assert visitor.get("/keterbukaan").status_code == 200
    assert "/keterbukaan" in visitor.get("/").get_data(as_text=True)


@time_machine.travel("2026-11-20T03:00:00+00:00", tick=False)
def test_reloading_it_counts_nothing_anew(app: Flask, cast: Cast) -> None:
    unit_of_work(_switch_on)
    visitor = Browser(app)
    assert visitor.get("/keterbukaan").status_code == 200
    with statements(app) as seen:
        assert visitor.get("/keterbukaan").status_code == 200
    assert not [one for one in seen if "day_facts" in one]


def test_it_shows_what_may_be_shown(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit_of_work(_switch_on)
    shown = Openness(
        period=last_twelve_months(clock.now()),
        counted_at=clock.now(),
        received=240,
        promises=[
            GradePromise(Grade.RED, Few.ALL),
            GradePromise(Grade.YELLOW, Few.MISSED, 60),
            GradePromise(Grade.GREEN, Few.NOTHING, 150, 0.893),
        ],
        median_answer=Median(52.9),
        unjudged=23,
        categories=[(cast.category_ids["obat"], 200)],
        other=40,
        rating=4.4,
        rated=31,
    )
    monkeypatch.setattr(openness, "shown_of", lambda _figures: shown)
    page = plain(Browser(app).get("/keterbukaan").get_data(as_text=True))
    for words in (
        "240",
        "2,3 hari",
        "kurang dari 5 terlambat",
        "89,3 %",
        "Obat dan farmasi",
        "200",
        "4,4",
        "31",
        "23 keluhan lainnya",
    ):
        assert words in page, words


@time_machine.travel("2026-11-20T03:00:00+00:00", tick=False)
def test_a_young_house_says_since_when_it_counts(app: Flask, cast: Cast) -> None:
    unit_of_work(_switch_on)
    days = [date(2026, 9, 14), date(2026, 10, 2)]
    unit_of_work(lambda: db.session.add_all(complaints_of(day, 5) for day in days))
    page = plain(Browser(app).get("/keterbukaan").get_data(as_text=True))
    assert "sejak Senin, 14 September 2026 sampai akhir Oktober 2026" in page
    assert "Keluhan diterima 10 " in page


@time_machine.travel("2026-11-20T03:00:00+00:00", tick=False)
def test_a_house_older_than_the_period_names_the_period(app: Flask, cast: Cast) -> None:
    unit_of_work(_switch_on)
    days = [date(2025, 3, 1), date(2026, 10, 2)]
    unit_of_work(lambda: db.session.add_all(complaints_of(day, 5) for day in days))
    page = plain(Browser(app).get("/keterbukaan").get_data(as_text=True))
    assert "dari November 2025 sampai Oktober 2026" in page


def complaints_of(day: date, amount: int) -> DayFact:
    return DayFact(
        unit_id=WHOLE_HOUSE, cut=Cut.KIND, received_on=day, key=Kind.COMPLAINT, amount=amount
    )
