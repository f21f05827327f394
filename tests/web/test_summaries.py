"""The pages of summaries: asked for once, watched, read, and taken along only on the record."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from helpdesk.accounts.staff import choose_language
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.monitoring.summaries import building
from helpdesk.monitoring.summaries.building import build_due
from helpdesk.monitoring.summaries.schedule import reader_ids, settings_row
from helpdesk.monitoring.summaries.summary import Summary
from tests.monitoring.october import NOVEMBER, live_through
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.web.browsing import Browser, plain
from tests.web.workbench import Browser as Isolated

LIST = "/pimpinan/ringkasan"
SETTINGS = f"{LIST}/pengaturan"


@pytest.fixture
def leader(app: Flask, cast: Cast) -> Iterator[Browser]:
    """dr. Hanifah at her browser, on the second of November."""
    live_through(cast)
    unit_of_work(lambda: choose_language(cast.user_ids["hanifah"], "en"))
    app.test_client_class = Isolated
    with time_machine.travel(NOVEMBER, tick=False):
        browser = Browser(app)
        cast.sign_in(browser.client, "hanifah")
        yield browser


def made(browser: Browser, **typed: str) -> Summary:
    """Asked for on the page, built by the worker."""
    browser.open(LIST)
    browser.send(LIST, **typed)
    build_due(clock.now())
    db.session.rollback()
    return db.session.scalars(select(Summary).order_by(Summary.id.desc())).first()  # type: ignore[return-value]


def test_the_month_before_is_chosen_and_made_by_one_press(leader: Browser) -> None:
    assert "No summary has been made yet" in plain(leader.open(LIST).text)
    page = leader.send(LIST)
    assert "Waiting for its turn" in plain(page.text)
    assert "0001/HM.02/RSIA-C/XI/2026" in page.text
    build_due(clock.now())
    words = plain(leader.open(page.location).text)
    assert "50.0%" in words


def test_the_overview_shows_the_same_figures(leader: Browser) -> None:
    words = plain(leader.open(f"{LIST}/{made(leader, language='en').id}").text)
    overview = plain(leader.open("/pimpinan/?periode=2026-10").text)
    for said in ("2 of 4", "50.0", "66.7"):
        assert said in words
        assert said in overview
    offered = leader.open(f"{LIST}?periode=2026-Q4").forms[LIST]
    assert offered["period"] == "2026-Q4"


def test_the_same_form_sent_twice_makes_one(leader: Browser) -> None:
    leader.open(LIST)
    twin = leader.twin()
    leader.send(LIST)
    assert twin.send(LIST).location == LIST
    assert len(db.session.scalars(select(Summary.id)).all()) == 1


def test_a_period_that_was_never_offered_is_refused(leader: Browser) -> None:
    leader.open(LIST)
    for wrong in ("2031-01", "2026-13", "x"):
        assert leader.send(LIST, period=wrong).status == 422
    assert db.session.scalars(select(Summary.id)).all() == []


def test_quarters_years_and_units_can_be_chosen(leader: Browser, cast: Cast) -> None:
    summary = made(leader, period="2026-Q4", unit_id=str(cast.unit_ids["farmasi"]), language="en")
    assert (summary.period, summary.unit_id, summary.language) == (
        "2026-Q4", cast.unit_ids["farmasi"], "en",
    )  # fmt: skip
    assert "complaints sent to Farmasi" in plain(leader.open(f"{LIST}/{summary.id}").text)


def test_progress_is_told_once_for_each_change(leader: Browser) -> None:
    page = leader.open(LIST)
    leader.send(LIST)
    url = f"{LIST}/1/kemajuan"
    first = leader.client.get(url)
    assert "0 %" in plain(first.get_data(as_text=True))
    unchanged = leader.client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
    build_due(clock.now())
    later = leader.client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert "Ready" in plain(later.get_data(as_text=True))
    assert page.status == 200


def test_taking_it_along_is_a_post_and_stands_in_the_trail(leader: Browser) -> None:
    summary = made(leader, language="en")
    page = leader.open(f"{LIST}/{summary.id}")
    for kind in ("pdf", "xlsx"):
        action = f"{LIST}/{summary.id}/unduh/{kind}"
        assert leader.client.get(action).status_code == 405
        answer = leader.client.post(action, data=page.forms[action])
        assert answer.status_code == 200
        assert f"ringkasan-2026-10.{kind}" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        if kind == "pdf":
            assert len(PdfReader(io.BytesIO(answer.get_data())).pages) >= 3
        else:
            assert "Register" in load_workbook(io.BytesIO(answer.get_data())).sheetnames
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "summary_exported").order_by(AuditEntry.id)
    ).all()
    assert [entry.details["format"] for entry in entries] == ["pdf", "xlsx"]
    assert {entry.actor_label for entry in entries} == {"dr. Hanifah"}


def test_what_is_not_ready_cannot_be_taken(leader: Browser) -> None:
    page = leader.open(LIST)
    leader.send(LIST)
    token = page.forms[LIST]["csrf_token"]
    answer = leader.client.post(f"{LIST}/1/unduh/pdf", data={"csrf_token": token})
    assert answer.status_code == 404


def test_a_first_failure_is_not_called_waiting_for_its_turn(
    leader: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(paper: object) -> bytes:
        raise OSError("no space left")

    monkeypatch.setattr(building, "make_workbook", full)
    summary = made(leader)
    said = plain(leader.open(f"{LIST}/{summary.id}").text)
    assert "It did not succeed; it is tried again in a moment 80 %" in said


def test_what_failed_is_said_and_can_be_tried_again(leader: Browser) -> None:
    leader.open(LIST)
    leader.send(LIST)

    def fail() -> None:
        row = db.session.get_one(Summary, 1)
        row.status, row.error, row.look_at = "failed", "OSError in helpdesk.lib.storage:9", None

    unit_of_work(fail)
    assert "helpdesk.lib.storage:9" in leader.open(f"{LIST}/1").text
    leader.send(f"{LIST}/1/ulangi")
    assert build_due(clock.now()) == 1


def test_a_list_has_pages_and_costs_the_same(leader: Browser) -> None:
    for _time in range(21):
        leader.open(LIST)
        leader.send(LIST)
    leader.open(LIST)
    with counted() as queries:
        page = leader.open(LIST)
    assert len(queries) <= 8, queries
    (older,) = [link for link in page.text.split('"') if "sebelum=" in link]
    assert "0001/HM.02" in leader.open(older.replace("&amp;", "&")).text


def test_the_monthly_one_is_chosen_on_its_page(leader: Browser, cast: Cast) -> None:
    leader.open(SETTINGS)
    form = leader.last.forms[""]
    sent = form | {
        "is_monthly": "y", "day": "3", "hour": "7", "readers": str(cast.user_ids["ratih"]),
        "compiler_name": "Rina Oktavia",
    }  # fmt: skip
    answer = leader.client.post(SETTINGS, data=sent)
    assert answer.status_code == 302
    row = settings_row()
    assert (row.is_monthly, row.day, row.hour, row.compiler_name) == (True, 3, 7, "Rina Oktavia")
    assert reader_ids() == {cast.user_ids["ratih"]}
    later = leader.client.post(SETTINGS, data=sent | {"compiler_name": "Rudi"})  # from the old page
    assert later.status_code == 409
    assert "<td>Rina Oktavia</td><td>Rudi</td>" in later.text
    assert settings_row().compiler_name == "Rina Oktavia"
    refused = leader.client.post(SETTINGS, data=sent | {"version": str(row.version), "day": "31"})
    assert refused.status_code == 422
