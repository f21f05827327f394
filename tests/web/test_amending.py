"""Correcting the data on its page: masked before, revealed only where it is noted."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.accounts.staff import choose_language
from helpdesk.catalogue.editing import switch_place
from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.backlog import state_of_outbox
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.states import Channel
from tests.support.cast import Cast
from tests.tickets.steps import dispose, row_of
from tests.web.workbench import act_url, open_act, person, send

WRONG, RIGHT = "+6281234560127", "+6281234560172"
ACT = "perbaiki-data"
SEEN = "KTP diperlihatkan."


@pytest.fixture
def number(cast: Cast) -> str:
    """Of Wati, whose number Joko mistyped at the counter."""
    return cast.complain(
        name="Wati Sulastri",
        whatsapp=WRONG,
        channel=Channel.COUNTER,
        recorded_by_id=cast.user_ids["joko"],
    ).number


def test_from_the_ticket_to_the_page_and_back(app: Flask, cast: Cast, number: str) -> None:
    sari, url = person(app, cast, "sari"), act_url(number, ACT)
    assert f'href="{url}"' in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    page = sari.get(url).get_data(as_text=True)
    assert "0812-••••-0127" in page
    assert "Wati S•••" in page
    assert WRONG not in page
    assert "Sulastri" not in page
    place = str(cast.place_ids["farmasi"])
    typed = {"whatsapp": "0812 3456 0172", "checked": SEEN, "place_id": place}
    assert send(sari, url, **typed).status_code == 302
    ticket = row_of(number)
    assert (ticket.reply_address, ticket.place_id) == (RIGHT, cast.place_ids["farmasi"])
    assert ticket.complainant is not None
    assert ticket.complainant.name == "Wati Sulastri"


def test_the_history_shows_a_person_only_where_it_is_noted(
    app: Flask, cast: Cast, number: str
) -> None:
    sari = person(app, cast, "sari")
    send(sari, act_url(number, ACT), whatsapp=RIGHT, place_text="Lobi", checked=SEEN)
    ticket = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "– → Lobi" in ticket
    assert SEEN in ticket
    assert WRONG not in ticket
    token = {"csrf_token": open_act(sari, act_url(number, ACT))["csrf_token"][0]}
    revealed = sari.post(f"/kerja/tiket/{number}/pelapor", data=token).get_data(as_text=True)
    assert f"{WRONG} → {RIGHT}" in revealed


def test_what_nobody_knows_better_is_taken_away(app: Flask, cast: Cast, number: str) -> None:
    sari, url = person(app, cast, "sari"), act_url(number, ACT)
    answer = send(sari, url, remove=["whatsapp", "name"], checked="Pemilik nomor menelepon.")
    assert answer.status_code == 302
    assert "PIN baru" in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    ticket = row_of(number)
    assert (ticket.reply_channel, ticket.reply_address, ticket.complainant_id) == ("", "", None)


def test_what_was_not_sent_to_the_wrong_number_is_no_failure_and_says_why(
    app: Flask, cast: Cast, number: str
) -> None:
    sari = person(app, cast, "sari")
    send(sari, act_url(number, ACT), whatsapp=RIGHT, checked=SEEN)
    stopped = messages_about("ticket", row_of(number).id)[0]
    assert state_of_outbox(clock.now()).failed == 0
    page = sari.get(f"/kerja/tiket/{number}/pesan/{stopped.id}").get_data(as_text=True)
    assert "Tidak dikirim: kontak ini ternyata bukan milik pelapor." in page


def test_a_number_that_is_none_keeps_what_was_typed(app: Flask, cast: Cast, number: str) -> None:
    sari, url = person(app, cast, "sari"), act_url(number, ACT)
    refused = send(sari, url, whatsapp="0812", email="wati@example.org", checked=SEEN)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'id="whatsapp-err"' in page
    assert 'value="wati@example.org"' in page


def test_who_was_slower_sees_both_places(app: Flask, cast: Cast, number: str) -> None:
    sari, dimas, url = person(app, cast, "sari"), person(app, cast, "dimas"), act_url(number, ACT)
    form = open_act(sari, url) | {"place_text": "Lobi"}
    send(dimas, url, place_text="Loket 3")
    page = sari.post(url, data=form)
    assert page.status_code == 409
    assert "Loket 3" in page.get_data(as_text=True)
    assert row_of(number).place_text == "Loket 3"


def test_a_place_that_was_closed_is_called_as_the_reader_speaks(app: Flask, cast: Cast) -> None:
    place_id = cast.place_ids["farmasi"]
    number = cast.complain(place_id=place_id).number

    def close() -> None:
        switch_place(place_id, on=False, by=cast.actor("ayu"))
        choose_language(cast.user_ids["sari"], "en")

    unit_of_work(close)
    page = person(app, cast, "sari").get(act_url(number, ACT)).get_data(as_text=True)
    assert f'value="{place_id}">Outpatient pharmacy</option>' in page.replace(" selected", "")


def test_who_took_it_down_finds_the_page_until_the_desk_has_looked(
    app: Flask, cast: Cast, number: str
) -> None:
    joko, url = person(app, cast, "joko"), act_url(number, ACT)
    assert f'href="{url}"' in joko.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert send(joko, url, whatsapp=RIGHT, checked=SEEN).status_code == 302
    cast.triage(number)
    assert joko.get(url).status_code == 403
    assert f'href="{url}"' not in joko.get(f"/kerja/tiket/{number}").get_data(as_text=True)


@pytest.mark.parametrize("who", ["budi", "hanifah", "ayu", "tono"])
def test_nobody_else_finds_it(app: Flask, cast: Cast, number: str, who: str) -> None:
    cast.triage(number)
    dispose(cast, number, "farmasi")
    stranger, url = person(app, cast, who), act_url(number, ACT)
    assert stranger.get(url).status_code in (403, 404)
    assert url not in stranger.get(f"/kerja/tiket/{number}").get_data(as_text=True)


def test_somebody_anonymous_is_asked_whether_they_agree(app: Flask, cast: Cast) -> None:
    number = cast.complain(wish=Wish.ANONYMOUS).number
    sari, url = person(app, cast, "sari"), act_url(number, ACT)
    typed = {"phone": "0812 3456 0172", "checked": SEEN}
    assert send(sari, url, **typed).status_code == 422
    assert send(sari, url, consent="y", **typed).status_code == 302
    db.session.rollback()
    assert row_of(number).reply_address == RIGHT
