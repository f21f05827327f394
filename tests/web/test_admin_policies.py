"""Promises on the administrator's pages: versions, a new one, and the tester."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from helpdesk.accounts.user import User
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla import policies
from helpdesk.sla.calendar_editing import assign_calendar
from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.milestones import Tell
from helpdesk.sla.models import Calendar, PolicyVersion
from helpdesk.sla.rules import compare
from helpdesk.web.admin.policy_words import source_words
from helpdesk.web.filters import moment
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, clocks_of, row_of
from tests.web.browsing import everything_stored, plain

NEW = "/admin/kebijakan/baru"
LATER = {"starts_on": "2027-01-01", "starts_time": "00:00", "answer-hijau-amount": "5"}
TRY = "/admin/kebijakan/uji"


@pytest.fixture
def ayu(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    """The administrator's browser."""
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.fixture
def friday(app: Flask, cast: Cast) -> Iterator[FlaskClient]:
    """The same on a Friday at ten, when the clocks of the other tests start."""
    with time_machine.travel(FRIDAY, tick=False):
        client = cast.sign_in(app.test_client(), "ayu")
        app.config["WTF_CSRF_ENABLED"] = False
        yield client


class _Fields(HTMLParser):
    """The fields of the main form, as they would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if (
            tag == "input"
            and at.get("name")
            and not (at.get("type") == "checkbox" and "checked" not in at)
        ):
            self.sent[at["name"]] = at.get("value", "")
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option" and "selected" in at:
            self.sent[self._select] = at["value"]


def opened(client: FlaskClient) -> dict[str, str]:
    """The form of a new version as it stands."""
    reader = _Fields()
    reader.feed(client.get(NEW).get_data(as_text=True))
    return reader.sent


def newest() -> PolicyVersion:
    """The version published last."""
    db.session.rollback()
    version = policies.last_published()
    assert version is not None
    return version


def test_what_was_not_changed_is_not_published(ayu: FlaskClient) -> None:
    first = newest().id
    answer = ayu.post(NEW, data=opened(ayu) | {"note": "Edaran direktur"})
    assert answer.status_code == 422
    assert "Belum ada yang diubah" in answer.text
    assert "Edaran direktur" in answer.text, "what was typed stays"
    assert newest().id == first


def test_a_new_version_holds_for_what_comes_and_leaves_what_is_there(
    cast: Cast, ayu: FlaskClient
) -> None:
    old = cast.complain().number
    was_due = clocks_of(old, "answer")[0].due_at
    form = opened(ayu)
    form |= {"answer-hijau-amount": "5", "note": "Edaran direktur 12/2026"}
    form |= {"triage-merah-amount": "30", "triage-merah-unit": "minutes"}
    form |= {"triage-merah-tell1": "leadership", "triage-merah-after1": "0"}
    form |= {"triage-merah-tell2": "", "dispose-merah-amount": ""}
    assert ayu.post(NEW, data=form).status_code == 302
    version = newest()
    assert policies.rule_for(version.id, "answer", "hijau").limit == Limit(
        5, LimitUnit.CALENDAR_DAYS
    )
    triage = policies.rule_for(version.id, "triage", "merah")
    assert triage.limit == Limit(30, LimitUnit.MINUTES)
    assert [step.tell for step in triage.steps] == [Tell.LEADERSHIP]
    assert policies.rule_for(version.id, "dispose", "merah").grade == "", "its own line is gone"
    new = cast.complain("Lampu mati.", whatsapp="").number
    assert row_of(new).policy_version_id == version.id
    assert clocks_of(old, "answer")[0].due_at == was_due
    page = plain(ayu.get(f"/admin/kebijakan/{version.id}").get_data(as_text=True))
    assert "Edaran direktur 12/2026" in page
    assert len(compare(policies.rules_of(version.id - 1), policies.rules_of(version.id))) == 3
    assert "policy_published" in db.session.scalars(select(AuditEntry.act)).all()


def test_a_version_may_begin_later(friday: FlaskClient) -> None:
    form = opened(friday) | LATER
    assert friday.post(NEW, data=form).status_code == 302
    version = newest()
    assert version.effective_from == datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert policies.current_version(clock.now()).id != version.id
    assert friday.get(f"/admin/kebijakan/{version.id}").status_code == 200


def test_a_version_to_come_is_withdrawn_and_one_in_force_is_not(friday: FlaskClient) -> None:
    first = newest()
    form = opened(friday) | LATER
    friday.post(NEW, data=form | {"note": "Salah tanggal"})
    address = f"/admin/kebijakan/{newest().id}"
    assert f'action="{address}/tarik"' in friday.get(address).text
    answer = friday.post(f"{address}/tarik", follow_redirects=True)
    page = plain(answer.text)
    assert "Versi ini ditarik" in page
    assert f'action="{address}/tarik"' not in answer.text
    assert "ditarik" in plain(friday.get("/admin/kebijakan").text)
    tried = friday.get(f"{TRY}?tanggal=2027-02-01&jam=10:00&tingkat=hijau").text
    assert f"/admin/kebijakan/{first.id}" in tried
    assert "menarik versi kebijakan" in plain(friday.get("/admin/jejak-audit").text)
    in_force = f"/admin/kebijakan/{first.id}"
    assert "/tarik" not in friday.get(in_force).text
    assert "semenit" in plain(friday.post(f"{in_force}/tarik", follow_redirects=True).text)
    assert friday.post("/admin/kebijakan/999/tarik").status_code == 404


def test_who_publishes_what_was_seen_before_a_withdrawal_is_asked_again(
    friday: FlaskClient,
) -> None:
    friday.post(NEW, data=opened(friday) | LATER)
    mine = opened(friday) | {"answer-merah-amount": "12"}
    friday.post(f"/admin/kebijakan/{newest().id}/tarik")
    assert friday.post(NEW, data=mine).status_code == 409


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts_on": "2020-01-01", "starts_time": "00:00"}, "starts_on"),
        ({"starts_on": "0001-01-01", "starts_time": "00:00"}, "starts_on"),
        ({"starts_on": "2030-01-01"}, "starts_time"),
        ({"answer-merah-is_pausable": "y"}, "answer-merah-amount"),
        ({"answer-merah-amount": "0"}, "answer-merah-amount"),
        ({"answer-merah-amount": "lama"}, "answer-merah-amount"),
        ({"answer-merah-warn_percent": "101"}, "answer-merah-warn_percent"),
        ({"answer-merah-after1": "-1"}, "answer-merah-after1"),
        ({"answer-merah-unit": "abad"}, "answer-merah-unit"),
        ({"answer-hijau-amount": ""}, ""),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_and_kept(
    ayu: FlaskClient, typed: dict[str, str], field: str
) -> None:
    before = newest().id
    answer = ayu.post(NEW, data=opened(ayu) | {"note": "Catatan saya"} | typed)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'value="Catatan saya"' in page
    assert f'id="{field}-err"' in page or not field
    assert newest().id == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer-merah-amount": "0"}, "Batas: Isi dengan bilangan bulat dari 1 sampai 9999."),
        ({"answer-merah-amount": "lama"}, "Batas: Isi dengan bilangan bulat dari 1 sampai 9999."),
        ({"answer-merah-warn_percent": "101"}, "bilangan bulat dari 1 sampai 100."),
        ({"answer-merah-after1": "-1"}, "bilangan bulat dari 0 sampai 9999."),
        ({"answer-merah-source": "x" * 161}, "160"),
        ({"starts_on": "0001-01-01", "starts_time": "00:00"}, "Tahun harus antara 2000 dan 2099"),
    ],
)
def test_a_refusal_names_the_line_the_field_and_its_limits(
    ayu: FlaskClient, typed: dict[str, str], said: str
) -> None:
    page = ayu.post(NEW, data=opened(ayu) | typed).get_data(as_text=True)
    summary = plain(page.partition('class="summary"')[2].partition("</section>")[0])
    assert said in summary
    assert "Merah" in summary or "starts_on" in typed


def test_whoever_publishes_second_sees_both(ayu: FlaskClient) -> None:
    mine = opened(ayu) | {"answer-merah-amount": "12"}
    theirs = opened(ayu) | {"answer-merah-amount": "20"}
    assert ayu.post(NEW, data=theirs).status_code == 302
    answer = ayu.post(NEW, data=mine)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert re.search(r"<td>20 [^<]+</td><td>12 [^<]+</td>", page)
    shown = re.search(r'name="version" type="hidden" value="(\d+)"', page)
    assert shown is not None
    assert ayu.post(NEW, data=mine | {"version": shown.group(1)}).status_code == 302
    assert policies.rule_for(newest().id, "answer", "merah").limit.amount == 12


def test_the_tester_says_when_and_why_and_writes_nothing(cast: Cast, ayu: FlaskClient) -> None:
    ayu.get(TRY)
    before = everything_stored()
    # Wednesday before Christmas, 15.00: Thursday is cuti bersama, Friday Natal.
    answer = ayu.get(f"{TRY}?tanggal=2026-12-23&jam=15:00&tingkat=hijau&unit=")
    assert everything_stored() | {"user_sessions": [], "users": []} == before | {
        "user_sessions": [],
        "users": [],
    }
    page = plain(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert "Rabu, 30 Desember 2026 pukul 15.00 WIB" in page, "seven times 24 hours"
    assert "Sabtu, 26 Desember 2026 pukul 08.30 WIB" in page, "two working hours"
    assert "Cuti Bersama Hari Raya Natal" in page
    assert "15.00–16.00" in page
    assert "07.30–08.30" in page


def test_the_tester_agrees_with_the_clocks_that_start(cast: Cast, friday: FlaskClient) -> None:
    number = cast.complain().number
    cast.triage(number)
    page = plain(
        friday.get(f"{TRY}?tanggal=2026-11-20&jam=10:00&tingkat=kuning").get_data(as_text=True)
    )
    for kind in ("answer", "resolve", "triage", "dispose"):
        with friday.application.test_request_context():
            assert moment(clocks_of(number, kind)[0].due_at) in page, kind


def test_the_tester_counts_a_unit_in_its_own_hours(cast: Cast, ayu: FlaskClient) -> None:
    always = db.session.scalars(select(Calendar.id).where(~Calendar.is_default)).one()
    farmasi = cast.unit_ids["farmasi"]
    path = f"{TRY}?tanggal=2026-12-23&jam=15:00&tingkat=hijau&unit={farmasi}"
    usual = ayu.get(path).get_data(as_text=True)
    unit_of_work(lambda: assign_calendar(farmasi, always, by=cast.actor("ayu")))
    own = ayu.get(path).get_data(as_text=True)
    due = "Minggu, 27 Desember 2026 pukul 00.00 WIB"
    assert due not in plain(usual)
    assert due in plain(own), "three days round the clock"


@pytest.mark.parametrize(
    "asked",
    [
        "tanggal=&jam=",
        "tanggal=x&jam=25:00&tingkat=ungu&unit=abc",
        "tanggal=9999-12-31&jam=23:59",
        "tanggal=0001-01-01&jam=00:00",
        "tanggal=2026-12-23&jam=15:00&unit=99999999999999999999",
    ],
)
def test_nonsense_is_told_as_such(ayu: FlaskClient, asked: str) -> None:
    assert ayu.get(f"{TRY}?{asked}").status_code == 422


def test_an_earlier_moment_is_tried_under_the_version_of_that_time(
    cast: Cast, ayu: FlaskClient
) -> None:
    first = newest()
    ayu.post(NEW, data=opened(ayu) | {"answer-merah-amount": "6"})
    before = clock.now() - timedelta(days=2)
    page = ayu.get(f"{TRY}?tanggal={before:%Y-%m-%d}&jam=10:00&tingkat=merah")
    assert f"/admin/kebijakan/{first.id}" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "own", "practice"),
    [
        ("en", "Internal target", "SP4N-LAPOR! practice"),
        ("id", "Target internal", "Praktik SP4N-LAPOR!"),
    ],
)
def test_where_a_promise_comes_from_is_said_in_the_language_of_the_reader(
    cast: Cast, ayu: FlaskClient, language: str, own: str, practice: str
) -> None:
    def read_in_it() -> None:
        db.session.get_one(User, cast.user_ids["ayu"]).locale = language

    unit_of_work(read_in_it)
    tried = f"{TRY}?tanggal=2026-11-20&jam=10:00&tingkat=hijau"
    for address in (f"/admin/kebijakan/{policies.current_version_id(clock.now())}", tried):
        text = plain(ayu.get(address).text)
        for said in (own, practice, "Permenkes 30/2022, INM 12"):
            assert said in text, (address, said)
        assert ("Target internal" in text) == (language == "id")


def test_a_source_that_somebody_typed_stays_as_it_is() -> None:
    assert source_words("SK Direktur 12/2026") == "SK Direktur 12/2026"
    assert source_words("") == ""
