"""What was said on WhatsApp and did not arrive: said once more from the page, or it is explained why it cannot be."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.told_keys import STAYS
from helpdesk.tickets.opening import number_of
from tests.journeys.chatting import Chat, Person
from tests.support.cast import Cast
from tests.support.webhooks import post, status
from tests.web.workbench import act_url, tokenless

AGAIN = "kirim-ulang"
NO_WHATSAPP = [{"code": 131026, "title": "Message undeliverable"}]
TOO_LATE = "pemberitahuan dikirim dengan templat"
PIN_IS_GONE = "Nomor dan PIN tidak lagi tersimpan"


@pytest.fixture
def rina(chat: Chat) -> Person:
    rina = chat.person("Rina Marlina")
    rina.says("petugas")
    return rina


@pytest.fixture
def sari(app: Flask, cast: Cast, chat: Chat) -> FlaskClient:
    return tokenless(app, cast, "sari")


def page(client: FlaskClient, url: str) -> str:
    return unescape(client.get(url).get_data(as_text=True))


def talk_of(one: Person) -> str:
    return f"/kerja/percakapan/{one.conversation.id}"


def newest_fails(chat: Chat, one: Person) -> int:
    """What was said to them last did not arrive; its id."""
    reference = one.reference_of_last()
    chat.receive(post(statuses=[status(reference, "failed", errors=NO_WHATSAPP)]))
    db.session.rollback()
    found = db.select(OutboxMessage.id).where(OutboxMessage.provider_ref == reference)
    return db.session.scalars(found).one()


def reply_fails(chat: Chat, rina: Person, sari: FlaskClient) -> str:
    """Where the reply that did not arrive is sent again."""
    sari.post(f"{talk_of(rina)}/balas", data={"reply-text": "Ada yang bisa dibantu?"})
    rina.hears()
    return f"{talk_of(rina)}/pesan/{newest_fails(chat, rina)}/{AGAIN}"


def test_a_reply_that_did_not_arrive_is_said_once_more(
    chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    again = reply_fails(chat, rina, sari)
    assert f'action="{again}"' in page(sari, talk_of(rina))
    assert sari.post(again).status_code == 302
    assert rina.hears() == ["Ada yang bisa dibantu?"]
    assert AGAIN not in page(sari, talk_of(rina))
    sari.post(again)
    assert rina.hears() == [], "once is enough"


def test_a_long_reply_goes_in_several_messages_in_their_order_and_once(
    rina: Person, sari: FlaskClient
) -> None:
    rina.hears()
    form = {
        "reply-text": "Kami sudah memeriksanya. " * 200,
        "reply-once": "satu-kali-saja-20-huruf",
    }
    for _click in range(2):
        assert sari.post(f"{talk_of(rina)}/balas", data=form).status_code == 302
    first, second = rina.hears()
    assert first.startswith("(1/2)\nKami")
    assert second.startswith("(2/2)\nKami")
    assert (first + second).count("memeriksanya.") == 200


def test_after_a_day_it_is_not_and_the_page_says_why(
    app: Flask, cast: Cast, chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    again = reply_fails(chat, rina, sari)
    failed = again.split("/")[-2]
    chat.traveller.shift(timedelta(hours=25))
    sari, ayu = tokenless(app, cast, "sari"), tokenless(app, cast, "ayu")
    assert AGAIN not in page(sari, talk_of(rina))
    told = sari.post(again, follow_redirects=True).get_data(as_text=True)
    assert TOO_LATE in unescape(told)
    of_admin = page(ayu, f"/admin/kotak-keluar/{failed}")
    assert (TOO_LATE in of_admin, AGAIN in of_admin) == (True, False)
    assert rina.hears() == []


def test_the_administrator_sends_a_reply_again(
    app: Flask, cast: Cast, chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    failed = reply_fails(chat, rina, sari).split("/")[-2]
    ayu = tokenless(app, cast, "ayu")
    assert AGAIN in page(ayu, f"/admin/kotak-keluar/{failed}")
    ayu.post(f"/admin/kotak-keluar/{failed}/{AGAIN}")
    assert rina.hears() == ["Ada yang bisa dibantu?"]


def test_words_of_another_talk_are_not_sent_from_this_one(
    chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    again = reply_fails(chat, rina, sari)
    wati = chat.person("Wati")
    wati.says("petugas")
    elsewhere = again.replace(talk_of(rina), talk_of(wati))
    assert sari.post(elsewhere).status_code == 404


def test_number_and_pin_that_are_kept_no_longer_are_explained(
    app: Flask, cast: Cast, chat: Chat
) -> None:
    tuti = chat.person("Tuti")
    tuti.says("parkir motor 5rb tidak ada karcis sama sekali")
    tuti.taps("send")
    reference = tuti.reference_of_last()
    chat.wait(STAYS)
    chat.receive(post(statuses=[status(reference, "failed", errors=NO_WHATSAPP)]))
    found = db.select(OutboxMessage.id).where(OutboxMessage.provider_ref == reference)
    message_id = db.session.scalars(found).one()
    (ticket,) = tuti.tickets
    sari, ayu = tokenless(app, cast, "sari"), tokenless(app, cast, "ayu")
    shown = act_url(number_of(ticket), f"pesan/{message_id}")
    assert f'href="{shown}"' in page(sari, talk_of(tuti))
    for told in (page(sari, shown), page(ayu, f"/admin/kotak-keluar/{message_id}")):
        assert PIN_IS_GONE in told
        assert AGAIN not in told
