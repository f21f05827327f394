"""The list behind a figure: how many there are, how many of them are confidential, and what each was counted by."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.lib import clock
from helpdesk.monitoring import drill_down
from helpdesk.monitoring.conditions import Figure, Question
from helpdesk.monitoring.drill_down import Page, Told, tickets_behind
from helpdesk.monitoring.period import Period
from helpdesk.tickets import closing
from helpdesk.tickets.states import Access, Grade, Identity
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import answer, as_complainant, dispose, follow_up, send_back, sweep
from tests.web.browsing import plain
from tests.web.workbench import person

NOVEMBER = Period(2026, 11)

pytestmark = pytest.mark.usefixtures("traveller")


def behind(cast: Cast, figure: Figure, who: str = "hanifah", **narrowed: Any) -> Page:
    return tickets_behind(Question(figure, NOVEMBER, **narrowed), cast.actor(who), clock.now())


def words(client: FlaskClient, figure: str, **narrowed: object) -> str:
    answer = client.get("/pimpinan/tiket", query_string={"angka": figure, **narrowed})
    assert answer.status_code == 200
    return plain(answer.get_data(as_text=True))


def restricted(cast: Cast, grade: Grade) -> str:
    number = cast.complain("Petugas meminta uang.").number
    cast.triage(number, grade, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]])
    return number


def finished(cast: Cast, number: str, score: int = 0) -> None:
    follow_up(cast, number, "sari")
    answer(cast, number, by="ratih")
    if score:
        as_complainant(number, lambda t, by: closing.rate_handling(t, score, "", by=by))


def test_it_says_how_many_and_how_many_are_confidential(app: Flask, cast: Cast) -> None:
    for _turn in range(2):
        cast.triage(cast.complain().number)
    restricted(cast, Grade.RED)
    found = {who: behind(cast, Figure.RECEIVED, who) for who in ("hanifah", "ratih")}
    assert [(one.total, one.hidden) for one in found.values()] == [(3, 1), (3, 0)]
    text = words(person(app, cast, "hanifah"), "diterima")
    assert "3 keluhan · 1 tidak ditampilkan kepada Anda karena rahasia" in text
    assert "meminta uang" not in text
    seen = words(person(app, cast, "ratih"), "diterima")
    assert "3 keluhan" in seen
    assert "tidak ditampilkan" not in seen


def test_a_figure_of_thousands_is_counted_to_a_thousand(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill_down, "MOST", 2)
    for _turn in range(3):
        cast.triage(cast.complain().number)
    restricted(cast, Grade.RED)
    found = behind(cast, Figure.RECEIVED)
    assert (len(found.tickets), found.total, found.hidden) == (3, 2, 0)


def test_all_of_it_may_be_confidential(app: Flask, cast: Cast) -> None:
    restricted(cast, Grade.RED)
    text = words(person(app, cast, "hanifah"), "rahasia")
    assert "1 keluhan · 1 tidak ditampilkan kepada Anda karena rahasia" in text
    assert "Tidak ada tiket di balik angka ini" not in text


def test_what_is_late_in_the_house_counts_what_its_reader_may_not_see(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    restricted(cast, Grade.RED)
    traveller.shift(timedelta(days=2))
    sweep()
    for figure in (Figure.LATE, Figure.MISSED):
        found = behind(cast, figure)
        assert (found.total, found.hidden, found.tickets) == (1, 1, [])


def test_a_missed_one_tells_how_late_its_answer_was(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    numbers = [cast.complain().number for _turn in range(3)]
    for number, grade in zip(numbers, (Grade.RED, Grade.RED, Grade.GREEN), strict=True):
        cast.triage(number, grade)
    traveller.shift(timedelta(days=3))  # the limit of a red one is a day
    sweep()
    finished(cast, numbers[0])
    finished(cast, numbers[2])
    traveller.shift(timedelta(days=4))
    sweep()
    missed = behind(cast, Figure.MISSED)
    assert missed.told is Told.LATENESS
    late = [one.late_for for one in missed.tickets]
    assert late == [timedelta(days=6), timedelta(days=2)], "one still runs, the other was answered"
    assert [one.late_for for one in behind(cast, Figure.JUDGED).tickets] == [None, *late]
    assert [one.late_for for one in behind(cast, Figure.KEPT).tickets] == [None]
    leader = person(app, cast, "hanifah")
    text = words(leader, "lewat")
    assert "2 hari" in text
    assert "hari lagi" not in text
    assert "Dijawab dan ditindaklanjuti tepat waktu" in words(leader, "tepat")


def test_late_with_a_unit_is_told_by_the_deadline_of_that_unit(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.YELLOW)
    dispose(cast, number, "farmasi", "keuangan")  # two days for each unit, three for the answer
    traveller.shift(timedelta(days=1))
    send_back(cast, number, "tono")
    traveller.shift(timedelta(days=1, hours=5))
    sweep()
    late = {
        unit: [one.late_for for one in behind(cast, figure, unit_id=cast.unit_ids[unit]).tickets]
        for unit, figure in (("farmasi", Figure.LATE), ("keuangan", Figure.HOP_JUDGED))
    }
    assert late == {"farmasi": [timedelta(hours=5)], "keuangan": [None]}
    assert [one.late_for for one in behind(cast, Figure.HOP_MISSED).tickets] == [timedelta(hours=5)]


def test_a_rated_one_tells_its_score(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, identity=Identity.NAMED)
    finished(cast, number, score=4)
    assert [one.score for one in behind(cast, Figure.RATED).tickets] == [4]
    text = words(person(app, cast, "hanifah"), "nilai")
    assert re.search(r"Penilaian.*4 dari 5", text)
    assert "hari lagi" not in text


@pytest.mark.parametrize("figure", [Figure.MISSED, Figure.HOP_JUDGED, Figure.RECEIVED])
def test_the_page_costs_the_same_whatever_it_tells(app: Flask, cast: Cast, figure: Figure) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.RED)
    dispose(cast, number, "farmasi")
    leader = person(app, cast, "hanifah")
    words(leader, figure.value)
    with counted() as queries:
        words(leader, figure.value)
    assert len(queries) <= 15, queries


def test_from_a_ticket_the_way_back_is_to_the_list_that_was_left(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    hanifah, ratih = (person(app, cast, name) for name in ("hanifah", "ratih"))

    def way_back(client: FlaskClient) -> str:
        page = client.get(f"/kerja/tiket/{number}").get_data(as_text=True)
        return page.split('btn-back" href="')[1].split('"')[0].replace("&amp;", "&")

    assert way_back(hanifah) == "/pimpinan/"
    for left in (
        "/pimpinan/tiket?angka=diterima&periode=2026-11",
        "/pimpinan/arahan",
        "/pimpinan/?periode=2026-10",
    ):
        assert hanifah.get(left).status_code == 200
        assert way_back(hanifah) == left
    assert ratih.get("/pimpinan/tiket?angka=diterima").status_code == 200
    assert way_back(ratih) == "/kerja", "who has a worklist goes back to it"
