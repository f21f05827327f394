"""Talks on WhatsApp at the desk: who waits for a person, what was said, and what customer care does about it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.audit.search import Search, find_entries
from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp.contents import TAKEN
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import NamedReader, Ticket
from helpdesk.web.talk_words import as_in_chat
from tests.journeys.chatting import Chat, Person
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.tickets.steps import dispose
from tests.web.workbench import person

WRITE = 'name="reply-text"'
PARKING = "parkir motor 5rb tidak ada karcis sama sekali"


@pytest.fixture
def rina(chat: Chat) -> Person:
    """She asked for a person."""
    rina = chat.person("Rina Marlina")
    rina.says("petugas")
    return rina


@pytest.fixture
def sari(app: Flask, cast: Cast, chat: Chat) -> FlaskClient:
    return person(app, cast, "sari")


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def url_of(one: Person) -> str:
    return f"/kerja/percakapan/{one.conversation.id}"


def act(client: FlaskClient, one: Person, what: str, **typed: object) -> TestResponse:
    said = page(client, url_of(one))
    token = said.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    sent = {name.replace("__", "-"): value for name, value in typed.items()}
    return client.post(f"{url_of(one)}/{what}", data={"csrf_token": token, **sent})


def newest_of_ours(one: Person) -> str:
    newest = select(OutboxMessage).where(OutboxMessage.address == one.address)
    found = db.session.scalars(newest.order_by(OutboxMessage.id.desc()).limit(1)).one()
    return found.text or ""


def said_ids(one: Person) -> list[str]:
    theirs = select(WhatsAppMessage.id).where(
        WhatsAppMessage.contact_id == one.conversation.contact_id
    )
    return [str(id_) for id_ in db.session.scalars(theirs.order_by(WhatsAppMessage.id))]


def test_whoever_waits_stands_on_top_and_is_counted_beside_the_list(
    chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    chat.person("Wati").says("P")
    listed = page(sari, "/kerja/percakapan")
    assert listed.index("Rina Marlina") < listed.index("Wati")
    assert "0812-••••" in listed
    worklist = page(sari, "/kerja")
    assert '/kerja/percakapan">' in worklist
    assert '<span class="n">1</span>' in worklist.split('/kerja/percakapan">')[1].split("</a>")[0]


def test_an_emergency_goes_before_whoever_has_waited_longer(
    chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    tuti = chat.person("Tuti")
    tuti.says("ibu saya pendarahan, tidak sadar")
    listed = page(sari, "/kerja/percakapan")
    assert listed.index("Tuti") < listed.index("Rina Marlina")


def test_within_one_second_the_order_is_kept(rina: Person, sari: FlaskClient) -> None:
    rina.says("satu ekor kecoak", "dua ekor kecoak", "tiga ekor kecoak")
    talk = page(sari, url_of(rina)).split("</ol>")[0]
    places = [talk.index(f"{word} ekor") for word in ("satu", "dua", "tiga")]
    assert places == sorted(places)


def test_who_answers_takes_over_and_the_guide_keeps_silent(rina: Person, sari: FlaskClient) -> None:
    rina.hears()
    answer = act(sari, rina, "balas", reply__text="Selamat siang, ada yang bisa kami bantu?")
    assert answer.status_code == 302
    assert rina.hears() == ["Selamat siang, ada yang bisa kami bantu?"]
    assert rina.conversation.person_wanted_at is None
    assert rina.says("AC di ruang 305 panas sekali") == []
    talk = page(sari, url_of(rina))
    assert "AC di ruang 305 panas sekali" in talk
    act(sari, rina, "kembalikan")
    assert rina.says("P") != []


def test_a_colleague_does_not_answer_over_ones_head(
    app: Flask, cast: Cast, rina: Person, sari: FlaskClient
) -> None:
    act(sari, rina, "ambil")
    ratih = person(app, cast, "ratih")
    refused = act(ratih, rina, "balas", reply__text="Saya saja.")
    assert refused.status_code == 409
    assert "Saya saja." in refused.get_data(as_text=True)
    assert newest_of_ours(rina) != "Saya saja."


def test_after_a_day_no_free_words_go(
    app: Flask, cast: Cast, chat: Chat, rina: Person, sari: FlaskClient
) -> None:
    assert WRITE in page(sari, url_of(rina))
    chat.traveller.shift(timedelta(hours=25))
    sari = person(app, cast, "sari")
    assert WRITE not in page(sari, url_of(rina))
    refused = act(sari, rina, "balas", reply__text="Masih di sana?")
    assert refused.status_code == 409
    assert "Masih di sana?" in refused.get_data(as_text=True)


def test_chosen_messages_become_a_complaint_with_its_number(
    rina: Person, sari: FlaskClient
) -> None:
    rina.says(PARKING)
    (_greeting, story) = said_ids(rina)
    nothing = act(sari, rina, "tiket", chosen__becomes="ticket", chosen__wish="biasa")
    assert nothing.status_code == 422
    made = act(
        sari, rina, "tiket",
        chosen__messages=[story], chosen__becomes="ticket", chosen__wish="biasa",
    )  # fmt: skip
    assert made.status_code == 302
    (ticket,) = rina.tickets
    assert (ticket.text, ticket.channel) == (PARKING, "whatsapp")
    assert rina.conversation.person_wanted_at is None
    again = act(
        sari, rina, "tiket",
        chosen__messages=[story], chosen__becomes="ticket", chosen__wish="biasa",
    )  # fmt: skip
    assert again.status_code == 422
    assert len(rina.tickets) == 1


def test_or_part_of_a_ticket_that_is_there(cast: Cast, rina: Person, sari: FlaskClient) -> None:
    number = cast.complain().number
    cast.triage(number)
    rina.says(PARKING)
    wrong = act(
        sari, rina, "tiket",
        chosen__messages=said_ids(rina)[1:], chosen__becomes="addition", chosen__wish="biasa",
        chosen__number="99999",
    )  # fmt: skip
    assert wrong.status_code == 422
    added = act(
        sari, rina, "tiket",
        chosen__messages=said_ids(rina)[1:], chosen__becomes="addition", chosen__wish="biasa",
        chosen__number=number,
    )  # fmt: skip
    assert added.location.endswith(number)
    texts = select(TicketEvent.text).where(TicketEvent.kind == "add_message")
    assert db.session.scalars(texts).all() == [PARKING]


def test_nothing_of_a_telephone_is_put_on_an_anonymous_ticket(
    cast: Cast, rina: Person, sari: FlaskClient
) -> None:
    number = cast.complain(wish=Wish.ANONYMOUS).number
    rina.says(PARKING)
    refused = act(
        sari, rina, "tiket",
        chosen__messages=said_ids(rina)[1:], chosen__becomes="addition", chosen__wish="biasa",
        chosen__number=number,
    )  # fmt: skip
    assert refused.status_code == 422
    assert (
        db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "add_message")).all() == []
    )


def test_what_was_heard_in_a_voice_message_is_written_down_on_its_ticket(
    rina: Person, sari: FlaskClient
) -> None:
    rina.sends("audio")
    voice = said_ids(rina)[-1]
    typed = {f"voice{voice}__text": "Obatnya tidak ada."}
    assert act(sari, rina, f"suara/{voice}", **typed).status_code == 302
    assert "Obatnya tidak ada." in page(sari, url_of(rina))
    act(
        sari, rina, "tiket",
        chosen__messages=[voice], chosen__becomes="ticket", chosen__wish="biasa",
    )  # fmt: skip
    typed = {f"voice{voice}__text": "Obatnya tidak ada sejak Senin."}
    act(sari, rina, f"suara/{voice}", **typed)
    notes = db.session.scalars(select(TicketEvent.text).where(TicketEvent.kind == "note")).all()
    assert len(notes) == 1
    assert "sejak Senin" in notes[0]


def test_what_was_heard_of_somebody_who_withholds_their_name_is_for_customer_care_alone(
    app: Flask, cast: Cast, rina: Person, sari: FlaskClient
) -> None:
    rina.sends("audio")
    voice = said_ids(rina)[-1]
    act(
        sari, rina, "tiket",
        chosen__messages=[voice], chosen__becomes="ticket", chosen__wish="rahasia",
    )  # fmt: skip
    (ticket,) = rina.tickets
    number = number_of(ticket)
    cast.triage(number, access=Access.ORDINARY, unit_text="Petugas parkir meminta uang.")
    dispose(cast, number, "farmasi")
    typed = {f"voice{voice}__text": "Saya Rina Marlina, istri pak Darmo di kamar 7."}
    act(sari, rina, f"suara/{voice}", **typed)
    url = f"/kerja/tiket/{number}"
    assert "istri pak Darmo" in page(sari, url)
    of_the_unit = page(person(app, cast, "budi"), url)
    assert "Petugas parkir meminta uang." in of_the_unit
    assert "istri pak Darmo" not in of_the_unit


def test_what_belongs_to_a_confidential_complaint_is_hidden_from_whoever_may_not_see_it(
    app: Flask, cast: Cast, rina: Person, sari: FlaskClient
) -> None:
    rina.says(PARKING)
    act(
        sari, rina, "tiket",
        chosen__messages=said_ids(rina)[1:], chosen__becomes="ticket", chosen__wish="biasa",
    )  # fmt: skip
    (ticket,) = rina.tickets

    def restrict() -> None:
        one = db.session.get_one(Ticket, ticket.id)
        one.access, one.status = Access.RESTRICTED, "triaged"
        db.session.add(NamedReader(ticket_id=one.id, user_id=cast.user_ids["ratih"]))

    unit_of_work(restrict)
    dimas = person(app, cast, "dimas")
    assert PARKING not in page(dimas, url_of(rina))


def test_who_reads_a_confidential_complaint_in_the_talk_is_noted(
    cast: Cast, rina: Person, sari: FlaskClient
) -> None:
    rina.says(PARKING)
    form = {"chosen__messages": said_ids(rina)[1:], "chosen__becomes": "ticket"}
    act(sari, rina, "tiket", **form, chosen__wish="biasa")
    (ticket,) = rina.tickets
    page(sari, url_of(rina))
    assert _reads() == [], "nothing is noted of an ordinary one"
    photo = _confidential_with_a_photo(ticket.id)
    assert PARKING in page(sari, url_of(rina))
    assert sari.get(f"{url_of(rina)}/berkas/{photo}").status_code == 200
    assert _reads() == [(ticket.id, cast.user_ids["sari"])] * 2
    refused = act(sari, rina, "balas", reply__text="x" * 9000)
    assert (refused.status_code, PARKING in unescape(refused.get_data(as_text=True))) == (422, True)
    assert len(_reads()) == 4, "the page with the form, and the page that refuses it"


def _reads() -> list[tuple[int | None, int | None]]:
    noted = find_entries(Search(act="read_restricted"))
    return [(one.subject_id, one.actor_id) for one in noted]


def _confidential_with_a_photo(ticket_id: int) -> int:
    """The complaint is made confidential, and its first message carries a photograph; gives that message's id."""
    digest = get_storage().put(jpeg())

    def change() -> int:
        db.session.get_one(Ticket, ticket_id).access = Access.RESTRICTED
        said = db.session.scalars(
            select(WhatsAppMessage).where(WhatsAppMessage.ticket_id == ticket_id)
        ).first()
        assert said is not None
        said.media, said.media_state = {"media_type": "image/jpeg", "name": "foto.jpg"}, TAKEN
        said.shown_digest = digest
        return said.id

    return unit_of_work(change)


@pytest.mark.parametrize("who", ["budi", "hanifah", "ayu"])
def test_others_have_no_business_there(app: Flask, cast: Cast, rina: Person, who: str) -> None:
    stranger = person(app, cast, who)
    for url in ("/kerja/percakapan", url_of(rina)):
        assert stranger.get(url).status_code == 403


@pytest.mark.parametrize("typed", ["9" * 25, "nan", "-1", "abc"])
def test_a_number_that_names_no_row_is_none(rina: Person, sari: FlaskClient, typed: str) -> None:
    assert sari.get(f"/kerja/percakapan?sebelum=1-{typed}").status_code == 200
    assert act(sari, rina, "tiket", chosen__messages=typed).status_code == 422


def test_our_own_words_are_drawn_as_whatsapp_draws_them() -> None:
    drawn = as_in_chat("Nomor: *KLH-26-00001-0*\n\n<b> 2*3*4 *a<i>*")
    assert drawn == ("<p>Nomor: <b>KLH-26-00001-0</b><br><br>&lt;b&gt; 2*3*4 <b>a&lt;i&gt;</b></p>")
