"""What was said somewhere else, and forwarded to us, keeps the name of that place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from helpdesk.lib.errors import Invalid
from helpdesk.monitoring.summaries.wording import way_of
from helpdesk.tickets.amending import amend_ticket
from helpdesk.tickets.origin import find_by_origin
from helpdesk.tickets.states import Access, Channel
from helpdesk.web.words import CHANNEL_ICONS, word
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import FRIDAY, dispose, row_of
from tests.web.browsing import Browser, plain
from tests.web.workbench import act_url, open_act, person, send

PATH = "/kerja/catat"
ACT = "perbaiki-data"
SAID = "Menunggu obat dari jam 9 sampai jam 12."


@pytest.fixture
def joko(browser: Browser, house: Cast) -> Browser:
    """The browser at the information desk, where Joko only records."""
    house.sign_in(browser.client, "joko")
    return browser


def record(browser: Browser, **typed: str) -> str:
    """The number of what was taken down."""
    browser.open(PATH)
    return browser.send(PATH, **{"text": SAID, **typed}).number


def test_a_complaint_keeps_the_name_of_the_system_that_forwarded_it(
    joko: Browser, house: Cast
) -> None:
    number = record(joko, channel="lapor")
    house.sign_in(joko.client, "sari")
    page = plain(joko.open(f"/kerja/tiket/{number}").text)
    assert "mencatatnya, diterima lewat SP4N-LAPOR!" in page
    assert number in joko.open("/kerja?kanal=lapor").text
    assert number not in joko.open("/kerja?kanal=bpjs").text


def test_every_channel_has_its_words_its_icon_and_its_column_in_the_register(app: Flask) -> None:
    """The register of Permenkes 30/2022 knows three ways: lisan, tulisan, media massa."""
    sprite = Path("static/img/icons.svg").read_text()
    with app.test_request_context(), force_locale("id"):
        ways = {channel: way_of(channel) for channel in Channel}
        said = [word(channel, kind) for channel in Channel for kind in ("channel", "by")]
    assert all(said)
    assert all(f'id="i-{CHANNEL_ICONS[channel]}"' in sprite for channel in Channel)
    assert {channel for channel in Channel if ways[channel] == "Lisan"} == {"counter", "phone"}
    media = {"facebook", "social", "review", "press"}
    assert {channel for channel in Channel if ways[channel] == "Media"} == media


# --- its number there -----------------------------------------------------------------------------


def finds(app: Flask, house: Cast, who: str, typed: str) -> str:
    """Where the search box leads *who*."""
    browser = Browser(app)
    house.sign_in(browser.client, who)
    return browser.open(f"/kerja/cari?cari={quote(typed)}").location


@pytest.mark.parametrize("typed", ["8312345", " #8312345 ", "lm/0123/ii/2026"])
def test_the_number_in_the_other_system_stands_on_the_ticket_and_leads_to_it(
    app: Flask, joko: Browser, house: Cast, typed: str
) -> None:
    there = "LM/0123/II/2026" if "lm" in typed else "#8312345"
    number = record(joko, channel="agency", origin_number=f"  {there} ")
    record(joko, text="Parkir mahal.", origin_number="83123456")
    for who in ("sari", "joko", "hanifah"):
        assert finds(app, house, who, typed) == f"/kerja/tiket/{number}"
    assert finds(app, house, "sari", "83123") == "/kerja/cari", "a part of a number is none"
    house.sign_in(joko.client, "sari")
    page = plain(joko.open(f"/kerja/tiket/{number}").text)
    assert f"Instansi lain no. {there.lstrip('#')}" in page


@pytest.mark.parametrize("wish", ["rahasia", "anonim"])
def test_of_who_is_not_named_it_leads_nobody_but_customer_care_to_them(
    app: Flask, joko: Browser, house: Cast, wish: str
) -> None:
    number = record(joko, channel="lapor", origin_number="8312345", wish=wish)
    with app.app_context():
        house.triage(number, access=Access.ORDINARY)
        dispose(house, number, "farmasi")
    path = f"/kerja/tiket/{number}"
    for who, knows in (("sari", True), ("joko", True), ("hanifah", False), ("lestari", False)):
        assert (finds(app, house, who, "8312345") == path) is knows
        house.sign_in(joko.client, who)
        assert ("8312345" in joko.open(path).text) is knows


def test_one_that_could_be_a_tickets_number_opens_neither_unasked(
    app: Flask, joko: Browser, house: Cast
) -> None:
    ours = record(joko, text="Parkir mahal.")
    theirs = record(joko, channel="lapor", origin_number=ours.removeprefix("KLH-"))
    house.sign_in(joko.client, "sari")
    page = joko.open(f"/kerja/cari?cari={ours}")
    assert page.location == "/kerja/tiket/" + ours
    page = joko.open(f"/kerja/cari?cari={ours.removeprefix('KLH-')}")
    assert page.location == "/kerja/cari"
    assert ours in page.text
    assert theirs in page.text


def test_customer_care_puts_it_right_and_the_history_says_so(
    app: Flask, joko: Browser, house: Cast
) -> None:
    number = record(joko, channel="counter", origin_number="8312354")
    sari, path = person(app, house, "sari"), f"/kerja/tiket/{number}"
    assert open_act(sari, act_url(number, ACT))["origin_number"] == ["8312354"]
    send(sari, act_url(number, ACT), channel="lapor", origin_number="#8312345")
    page = plain(sari.get(path).text)
    assert "SP4N-LAPOR! no. 8312345" in page
    assert "Kanal: Loket → SP4N-LAPOR!" in page
    assert "Nomor di sistem asal: 8312354 → 8312345" in page
    assert finds(app, house, "sari", "8312354") == "/kerja/cari"
    assert finds(app, house, "sari", "8312345") == path


def test_of_what_a_machine_received_the_channel_is_no_matter_of_opinion(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain(channel=Channel.EMAIL, email="wati@example.org").number
    sari = person(app, cast, "sari")
    assert "channel" not in open_act(sari, act_url(number, ACT))
    send(sari, act_url(number, ACT), channel="lapor", origin_number="8312345")
    assert (row_of(number).channel, row_of(number).origin_number) == ("email", "8312345")
    taken_down = cast.complain("Parkir mahal.", channel=Channel.COUNTER, key="counter").number
    page = sari.get(act_url(taken_down, ACT)).text
    assert 'value="email"' not in page.split('name="channel"')[1].split("</select>")[0]
    for said, refused in ((number, "lapor"), (taken_down, "email")):
        with pytest.raises(Invalid):
            cast.act(
                "sari", said, lambda t, by, to=refused: amend_ticket(t, {"channel": to}, by=by)
            )


# --- the same number again ------------------------------------------------------------------------


def test_the_same_number_stops_once_whatever_else_differs_and_lets_one_go_on(
    app: Flask, joko: Browser, house: Cast
) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        house.sign_in(joko.client, "joko")
        first = record(joko, channel="lapor", origin_number="8312345")
        traveller.shift(timedelta(days=40))
        house.sign_in(joko.client, "joko")
        fields = joko.open(PATH).forms[PATH]
        typing = {"csrf_token": fields["csrf_token"], "origin_number": " #8312345"}
        shown = joko.client.post(f"{PATH}/mirip", data=typing).text
        again = {"text": "Parkir mahal.", "channel": "agency", "origin_number": "#8312345"}
        asked = joko.send(PATH, **again)
        for page in (shown, asked.text):
            assert f'href="/kerja/tiket/{first}"' in page
            assert "nomor di sistem asal sama" in page
        assert asked.status == 409
        assert asked.forms[PATH]["origin_number"] == "#8312345"
        second = joko.send(PATH, decision="new").number
        assert second != first
        sari = person(app, house, "sari")
        for path in (f"/kerja/tiket/{second}", act_url(second, "verifikasi")):
            assert f"gabung?dengan={first}" in sari.get(path).text


@pytest.mark.parametrize(
    ("wish", "hears"), [("biasa", True), ("rahasia", False), ("anonim", False)]
)
def test_who_may_not_open_it_learns_only_that_it_is_here_and_not_of_who_is_not_named(
    app: Flask, joko: Browser, house: Cast, wish: str, hears: bool
) -> None:
    house.sign_in(joko.client, "sari")
    first = record(joko, channel="lapor", origin_number="8312345", wish=wish)
    house.sign_in(joko.client, "joko")
    joko.open(PATH)
    asked = joko.send(PATH, text="Parkir mahal.", origin_number="8312345")
    assert ("Sudah tercatat, tetapi tidak dapat Anda buka." in asked.text) is hears
    assert (asked.status == 409) is hears
    assert first not in asked.text
    assert SAID not in asked.text
    if hears:
        assert joko.send(PATH).location == f"{PATH}/selesai", "sent once more as it stands"


# --- what it costs --------------------------------------------------------------------------------


@pytest.mark.engines("sqlite")
def test_a_number_costs_one_look_into_its_index(cast: Cast) -> None:
    actor = cast.actor("joko")
    with counted() as queries:
        assert find_by_origin(actor, "8312345") == []
    steps = queries.steps()
    assert "ix_tickets_origin_number" in steps[0], steps
    assert not [step for step in steps if "SCAN tickets" in step], steps
