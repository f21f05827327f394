"""The page of openness is shown when the administrator says so, and costs nothing when it is reloaded."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.setup import OrganisationFacts, edit_organisation
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.monitoring import openness
from helpdesk.monitoring.openness import Few, GradePromise, Openness, last_twelve_months
from helpdesk.tickets.states import Grade
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
            GradePromise(Grade.GREEN, Few.NOTHING, 150, 0.9),
        ],
        median_answer_hours=30.0,
        categories=[(cast.category_ids["obat"], 200)],
        other=40,
        rating=4.4,
        rated=31,
    )
    monkeypatch.setattr(openness, "shown_of", lambda _figures: shown)
    page = plain(Browser(app).get("/keterbukaan").get_data(as_text=True))
    for words in ("240", "<5", "90", "Obat dan farmasi", "200", "4,4", "31"):
        assert words in page, words
