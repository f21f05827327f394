"""The first page: how else to reach the house."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from helpdesk.accounts.organisation import Organisation
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla import policies
from helpdesk.sla.due import Limit, LimitUnit
from tests.support.cast import Cast
from tests.web.browsing import plain


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("0812-0000-0001", '<a class="num" href="https://wa.me/6281200000001">0812-0000-0001</a>'),
        ("lewat loket", '<span class="num">lewat loket</span>'),
    ],
)
def test_a_whatsapp_number_opens_a_chat_if_it_is_one(
    app: Flask, cast: Cast, number: str, link: str
) -> None:
    def unit() -> None:
        db.session.get_one(Organisation, 1).whatsapp = number

    with app.app_context():
        unit_of_work(unit)
    assert link in app.test_client().get("/").text


def test_it_says_where_to_write_and_who_is_responsible(app: Flask, cast: Cast) -> None:
    def unit() -> None:
        here = db.session.get_one(Organisation, 1)
        here.email = "pengaduan@rs.example"
        here.signatory_name, here.signatory_title = "dr. Hanifah Rusli", "Direktur"

    with app.app_context():
        unit_of_work(unit)
    page = app.test_client().get("/", headers={"Accept-Language": "id"}).text
    assert 'href="mailto:pengaduan@rs.example"' in page
    assert "<b>Penanggung jawab</b>dr. Hanifah Rusli<br>Direktur" in page


def test_what_is_not_set_is_not_named(app: Flask, cast: Cast) -> None:
    page = app.test_client().get("/", headers={"Accept-Language": "id"}).text
    assert "mailto:" not in page
    assert "Penanggung jawab" not in page


def promise(app: Flask, cast: Cast, kept_by: str, limit: Limit) -> None:
    """Publish a policy with another limit for what is red."""

    def publish() -> None:
        based_on = policies.current_version_id(clock.now())
        rules = [
            replace(rule, limit=limit) if (rule.clock, rule.grade) == (kept_by, "merah") else rule
            for rule in policies.rules_of(based_on)
        ]
        by = cast.actor("ayu")
        policies.publish_version(rules, by=by, effective_from=None, note="Uji", based_on=based_on)

    with app.app_context():
        unit_of_work(publish)


def test_the_rights_say_by_when_an_objection_and_a_wish_about_data_are_settled(
    app: Flask, cast: Cast
) -> None:
    promise(app, cast, "resolve", Limit(11, LimitUnit.WORKING_DAYS))
    browser, indonesian = app.test_client(), {"Accept-Language": "id"}
    rights = plain(browser.get("/hak-pelapor", headers=indonesian).text)
    settled = rights.split("dihitung sejak Anda menyampaikannya:")[1].split("Bila kami tidak")[0]
    assert "Merah 11 hari kerja" in settled
    assert "3 × 24 jam" in browser.get("/pelindungan-data", headers=indonesian).text


@pytest.mark.parametrize(("unit", "words"), [("minutes", "90 menit"), ("seconds", "90 detik")])
def test_a_promise_in_minutes_is_told_in_the_reader_s_language(
    app: Flask, cast: Cast, unit: str, words: str
) -> None:
    promise(app, cast, "answer", Limit(90, LimitUnit(unit)))
    page = app.test_client().get("/", headers={"Accept-Language": "id"}).text
    assert f"<td>{words}</td>" in page
