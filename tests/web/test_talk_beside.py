"""WhatsApp on a ticket's page: where it was said, what is missing, how freely they may be written to, what was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from sqlalchemy import select

from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.uploads import COMPLAINANT, receive
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.files import attach
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.web.filters import moment_short
from tests.journeys.chatting import Chat, Person
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import dispose
from tests.web.workbench import act_url, person

STORY = "Obat sirup anak saya habis sejak pagi di apotek rawat jalan, kami disuruh beli di luar."
VOICE = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(300)


@pytest.fixture
def rina(chat: Chat) -> Person:
    """She complained, with a photograph that is still to be fetched."""
    rina = chat.person("Rina Marlina")
    rina.says(STORY)
    rina.sends("image")
    rina.taps("send")
    return rina


@pytest.fixture
def sari(app: Flask, cast: Cast, chat: Chat) -> FlaskClient:
    return person(app, cast, "sari")


def number_of_hers(rina: Person) -> str:
    (ticket,) = rina.tickets
    return number_of(ticket)


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url, follow_redirects=True)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def said(words: str, **values: str) -> str:
    with force_locale("id"):
        return str(gettext(words, **values))


def ticket_page(client: FlaskClient, rina: Person) -> str:
    return page(client, f"/kerja/tiket/{number_of_hers(rina)}")


def on_event(rina: Person, **facts: object) -> None:
    (ticket,) = rina.tickets

    def unit() -> None:
        opened = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
        event = db.session.scalars(opened.order_by(TicketEvent.id).limit(1)).one()
        event.details = {**event.details, "whatsapp": {**event.details["whatsapp"], **facts}}

    unit_of_work(unit)


def first_message() -> int:
    first = select(WhatsAppMessage.id).order_by(WhatsAppMessage.id).limit(1)
    return db.session.scalars(first).one()


def test_from_the_ticket_to_the_place_where_it_was_said(rina: Person, sari: FlaskClient) -> None:
    way = f"/kerja/percakapan/pesan/{first_message()}"
    assert f'href="{way}"' in ticket_page(sari, rina)
    talk = f"/kerja/percakapan/{rina.conversation.id}"
    assert sari.get(way).location == f"{talk}#pesan-{first_message()}"
    assert f'id="pesan-{first_message()}"' in page(sari, talk)


def strip(client: FlaskClient, rina: Person) -> str:
    """From the link to the talk to the files."""
    after = ticket_page(client, rina).split("</blockquote>")[1]
    return after.split("</section>")[0]


def test_what_is_missing_is_said(rina: Person, sari: FlaskClient) -> None:
    facts = {"media_waiting": 1}
    strips = [strip(sari, rina)]
    for more in ({"media_lost": 2}, {"media_refused": 1}, {"has_voice": True}, {"is_edited": True}):
        facts |= more
        on_event(rina, **facts)
        strips.append(strip(sari, rina))
    lines = [one.count("<p ") for one in strips]
    assert lines == list(range(lines[0], lines[0] + len(strips))), "one more each time"


def test_whoever_is_not_customer_care_sees_none_of_it(
    app: Flask, cast: Cast, rina: Person, sari: FlaskClient
) -> None:
    number = number_of_hers(rina)
    cast.triage(number)
    dispose(cast, number, "farmasi")
    for name in ("budi", "hanifah"):
        other = person(app, cast, name)
        assert "/kerja/percakapan" not in ticket_page(other, rina)
        assert other.get(f"/kerja/percakapan/pesan/{first_message()}").status_code == 403
    assert sari.get("/kerja/percakapan/pesan/99999").status_code == 404


def test_the_composer_says_how_long_they_may_be_written_to_freely(
    app: Flask, cast: Cast, chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    reply = f"/kerja/percakapan/{rina.conversation.id}#akhir"
    seen = ticket_page(sari, rina)
    until = moment_short(clock.now() + timedelta(hours=24), clock.now())
    sentence = "On WhatsApp they may be written to freely until %(until)s (another %(time)s):"
    assert said(sentence, until=until, time="23 jam") in seen
    assert reply in seen
    chat.traveller.shift(timedelta(hours=25))
    seen = ticket_page(person(app, cast, "sari"), rina)
    assert f'{reply.removesuffix("#akhir")}">' in seen
    assert reply not in seen


NOTICE = "Goes to the track page; a notice goes out by %(channel)s."
CALL = "Goes to the track page, but no notice can be sent by %(channel)s now: please call the complainant."


def test_no_notice_is_promised_that_cannot_be_sent(
    app: Flask, cast: Cast, chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    promised, call = (said(one, channel="WhatsApp") for one in (NOTICE, CALL))
    seen = ticket_page(sari, rina)
    assert (promised in seen, call in seen) == (True, False)
    chat.traveller.shift(timedelta(hours=25))
    sari = person(app, cast, "sari")
    seen = ticket_page(sari, rina)
    assert (promised in seen, call in seen) == (False, True)
    cast.triage(number_of_hers(rina))
    form = unescape(sari.get(act_url(number_of_hers(rina), "jawaban-akhir")).get_data(as_text=True))
    sentence = (
        "It stands on the complainant's track page, but no notice can be sent by %(channel)s now: "
        "please call the complainant."
    )
    assert said(sentence, channel="WhatsApp") in form


def test_only_a_ticket_of_whatsapp_asks_for_its_talk(
    cast: Cast, rina: Person, sari: FlaskClient
) -> None:
    of_web, of_talk = cast.complain(name="Tini").number, number_of_hers(rina)
    asked = {}
    for number in (of_web, of_talk):
        sari.get(f"/kerja/tiket/{number}")
        with counted() as queries:
            sari.get(f"/kerja/tiket/{number}")
        asked[number] = [one for one in queries.statements if "conversations" in one]
    assert [len(asked[number]) for number in (of_web, of_talk)] == [0, 1]


def add_voice(rina: Person) -> int:
    (ticket,) = rina.tickets

    def unit() -> int:
        opened = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
        event = db.session.scalars(opened.order_by(TicketEvent.id).limit(1)).one()
        (attachment,) = attach(event, [receive(VOICE, "suara.ogg", purpose=COMPLAINANT)])
        db.session.flush()
        return attachment.id

    return unit_of_work(unit)


def test_a_recording_is_played_in_the_page_and_given_in_pieces(
    rina: Person, sari: FlaskClient
) -> None:
    url = f"/kerja/berkas/{add_voice(rina)}/suara"
    assert f'src="{url}"' in ticket_page(sari, rina)
    whole = sari.get(url)
    assert (whole.data, whole.mimetype) == (VOICE, "audio/ogg")
    assert whole.headers["Content-Disposition"].startswith("inline")
    assert whole.headers["Content-Security-Policy"].startswith("sandbox")
    piece = sari.get(url, headers={"Range": "bytes=0-3"})
    assert (piece.status_code, piece.data) == (206, b"OggS")
    assert sari.get(url.replace("suara", "gambar")).status_code == 404


def receipt_of(rina: Person, change: Callable[[OutboxMessage], None]) -> int:
    (ticket,) = rina.tickets

    def unit() -> int:
        about = select(OutboxMessage).where(
            OutboxMessage.subject_kind == "ticket", OutboxMessage.subject_id == ticket.id
        )
        receipt = db.session.scalars(about.order_by(OutboxMessage.id).limit(1)).one()
        change(receipt)
        return receipt.id

    return unit_of_work(unit)


def test_how_far_a_message_got_stands_beside_it(rina: Person, sari: FlaskClient) -> None:
    def read(message: OutboxMessage) -> None:
        message.status, message.sent_as = "read", "template"
        message.delivered_at = message.read_at = clock.now()

    receipt_id = receipt_of(rina, read)
    assert "✓✓</span> Dibaca" in ticket_page(sari, rina)
    sent = page(sari, f"/kerja/tiket/{number_of_hers(rina)}/pesan/{receipt_id}")
    for words in ("Arrived at their telephone", "Sent as", "Read"):
        assert f"<dt>{said(words)}</dt>" in sent


def test_neither_pin_nor_link_is_anybodys_but_theirs(rina: Person, sari: FlaskClient) -> None:
    """Not even while the message with both is still on its way."""
    said: list[str] = []
    receipt_id = receipt_of(rina, lambda message: said.append(message.text or ""))
    pin = said[0].split("PIN: *")[1][:6]
    assert pin.isdigit()
    token = said[0].split("/k/")[1].split()[0]
    for url in (
        f"/kerja/tiket/{number_of_hers(rina)}/pesan/{receipt_id}",
        f"/kerja/percakapan/{rina.conversation.id}",
    ):
        seen = page(sari, url)
        assert "PIN" in seen
        assert pin not in seen
        assert token not in seen
