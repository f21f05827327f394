"""The director connects a telephone, and hears on it what cannot wait; whatever cannot reach it comes by email."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from helpdesk.accounts import staff
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.intake import understanding
from helpdesk.intake.whatsapp import conversations, talking
from helpdesk.intake.whatsapp.conversations import QUIET
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.talking import REMIND_AFTER
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.whatsapp.payload import Fault, Receipt
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.whatsapp import catalogue, lines, staff_telephones
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import contact_at
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.proposals import proposals
from helpdesk.messaging.whatsapp.receipts import take_receipt
from helpdesk.simulator.whatsapp.telephone import Telephone
from helpdesk.tickets import instructions
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.undelivered import note_undelivered
from tests.intake.test_erasing import delete_data, ended
from tests.messaging.whatsapp.line import set_up
from tests.support.cast import Cast
from tests.support.graph import ACCOUNT, Graph, running_graph

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10.00 WIB
PAGE = "/akun/whatsapp"
NUMBER = "+6281234567001"
MAIL = "hanifah@rsia-contoh.example"
STORY = "Keluarga saya meninggal setelah salah obat, saya sudah lapor polisi."


@dataclass
class Director:
    """dr. Hanifah at her desk, with her telephone beside her."""

    cast: Cast
    client: FlaskClient
    graph: Graph
    traveller: time_machine.Traveller

    def is_shown_code(self) -> str:
        """The message that she is to send."""
        page = self.client.post(f"{PAGE}/kode").get_data(as_text=True)
        found = re.search(r"PETUGAS [A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", page)
        assert found, page
        assert f"?text={quote(found.group())}" in page, "+ stays a + on some telephones"
        return found.group()

    def writes(self, *texts: str, number: str = NUMBER, reply_to: str | None = None) -> str:
        """Write on WhatsApp from the telephone with this *number*; the newest thing that she heard there."""
        for text in texts:
            self.graph.telephone_of(number, "Hanifah").write(text, reply_to=reply_to)
        assert set(self.graph.deliver(self.client)) == {200}
        understanding.understand_due(clock.now())
        self.traveller.shift(QUIET)
        talking.answer_due(clock.now())
        self.postman_goes()
        return self.graph.said_to(number)[-1]

    def telephone(self) -> Telephone:
        """Hers, with what came to it."""
        return self.graph.telephone_of(NUMBER)

    def connects(self, number: str = NUMBER) -> None:
        """As it is meant to be done."""
        assert "Terhubung" in self.writes(self.is_shown_code(), number=number)

    def postman_goes(self) -> None:
        """Everything that is due is sent."""
        while postman.deliver_due(clock.now(), 50, when_failed=note_undelivered).sent:
            pass

    def told(self) -> list[tuple[str, str]]:
        """The event and the road of everything that she was told as director, oldest first."""
        db.session.rollback()
        to_her = select(OutboxMessage.event, OutboxMessage.channel).where(
            OutboxMessage.recipient_kind == "staff",
            OutboxMessage.recipient_id == self.cast.user_ids["hanifah"],
        )
        return [
            (event, road) for event, road in db.session.execute(to_her.order_by(OutboxMessage.id))
        ]

    def page(self) -> str:
        """Her page as it stands."""
        return self.client.get(PAGE).get_data(as_text=True)


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def hanifah(app: Flask, cast: Cast, client: FlaskClient, tmp_path: Path) -> Iterator[Director]:
    with running_graph(tmp_path) as graph, time_machine.travel(MONDAY, tick=False) as traveller:
        set_up(graph)
        reached_at(cast, MAIL)
        yield Director(cast, cast.sign_in(client, "hanifah"), graph, traveller)


def reached_at(cast: Cast, email: str | None) -> None:
    """Her address in her account."""

    def write() -> None:
        db.session.get_one(User, cast.user_ids["hanifah"]).email = email

    unit_of_work(write)


def approve_news(graph: Graph) -> None:
    """The provider approves the one template that carries what staff are told."""
    wanted = proposals()["staff_news", "id"]
    assert wanted.problem is None
    graph.approve(wanted.name, wanted.body)
    catalogue.synchronise()


def a_red_one(cast: Cast) -> str:
    """Somebody complains, and Sari grades it red."""
    number = cast.complain(STORY).number
    cast.triage(number, Grade.RED)
    return number


def test_a_red_grade_comes_to_the_telephone(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    page = hanifah.page()
    assert "Terhubung" in page
    assert NUMBER not in page, "who looks over her shoulder need not read it"
    hanifah.traveller.shift(timedelta(days=2))
    number = a_red_one(hanifah.cast)
    hanifah.postman_goes()
    assert hanifah.told() == [("graded_red", "whatsapp")]
    said = hanifah.graph.said_to(NUMBER)[-1]
    assert f"Grading MERAH: {number}" in said
    assert f"/kerja/tiket/{number}" in said
    assert "meninggal" not in said


def test_what_the_screen_of_a_locked_telephone_shows_is_the_same_within_a_day(
    hanifah: Director,
) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    number = a_red_one(hanifah.cast)
    hanifah.postman_goes()
    said = hanifah.graph.said_to(NUMBER)[-1]
    assert f"Grading MERAH: {number}" in said
    assert "Obat" not in said, "not even what it is about"


def test_the_desk_learns_neither_her_number_nor_what_she_is_told(
    hanifah: Director, app: Flask
) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    number = a_red_one(hanifah.cast)
    hanifah.postman_goes()
    told = select(OutboxMessage.id).where(OutboxMessage.event == "graded_red")
    message_id = db.session.scalars(told.where(OutboxMessage.channel == "whatsapp")).one()
    sari = hanifah.cast.sign_in(app.test_client(), "sari")
    talk = sari.get("/kerja/percakapan/1").get_data(as_text=True)
    assert "Terhubung" in talk
    assert number not in talk
    page = sari.get(f"/kerja/tiket/{number}/pesan/{message_id}").get_data(as_text=True)
    assert "WhatsApp" in page
    assert NUMBER not in page


def test_what_can_wait_comes_by_email_unless_she_wants_everything(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    number = hanifah.cast.complain(STORY).number
    ask_her(hanifah, number)
    assert hanifah.told() == [("instruction_answered", "email")]
    assert hanifah.client.post(PAGE, data={"news": "all"}).status_code == 302
    ask_her(hanifah, number)
    assert hanifah.told()[1:] == [("instruction_answered", "whatsapp")]


def ask_her(hanifah: Director, number: str) -> None:
    """She instructs, and the desk answers."""
    cast, give, answer = (
        hanifah.cast,
        instructions.give_instruction,
        instructions.answer_instruction,
    )
    given = cast.act("hanifah", number, lambda t, by: give(t, "Segera.", by=by).id)
    cast.act("sari", number, lambda t, by: answer(given, t, "Siap.", by=by))


def test_without_an_email_address_everything_comes_to_the_telephone(hanifah: Director) -> None:
    reached_at(hanifah.cast, None)
    approve_news(hanifah.graph)
    hanifah.connects()
    assert "tidak punya alamat email" in hanifah.page()
    assert 'name="news"' not in hanifah.page(), "there is nothing to choose"
    ask_her(hanifah, hanifah.cast.complain(STORY).number)
    assert hanifah.told() == [("instruction_answered", "whatsapp")]


def test_without_an_approved_template_it_comes_by_email(hanifah: Director) -> None:
    hanifah.connects()
    assert "Untuk sementara semuanya lewat email" in hanifah.page()
    a_red_one(hanifah.cast)
    assert hanifah.told() == [("graded_red", "email")]


def test_what_whatsapp_refuses_goes_by_email_once(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    hanifah.traveller.shift(timedelta(days=2))
    a_red_one(hanifah.cast)
    hanifah.graph.fail(131026)  # not deliverable
    hanifah.postman_goes()
    assert hanifah.told() == [("graded_red", "whatsapp"), ("graded_red", "email")]


def test_what_the_provider_could_not_bring_goes_by_email(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    hanifah.traveller.shift(timedelta(days=2))
    hanifah.graph.be_absent(NUMBER)
    a_red_one(hanifah.cast)
    hanifah.postman_goes()
    hanifah.graph.deliver(hanifah.client)
    understanding.understand_due(clock.now())
    assert hanifah.told() == [("graded_red", "whatsapp"), ("graded_red", "email")]


def test_what_finds_the_number_in_trouble_does_not_wait_for_it(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    a_red_one(hanifah.cast)
    hanifah.graph.fail(190, status=401)  # the token has expired, as nobody knew
    hanifah.postman_goes()
    assert hanifah.told() == [("graded_red", "whatsapp"), ("graded_red", "email")]


def test_what_fails_for_a_moment_is_mailed_at_once(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    a_red_one(hanifah.cast)
    hanifah.postman_goes()
    could_not_be_brought()
    assert hanifah.told() == [("graded_red", "whatsapp"), ("graded_red", "email")]
    hanifah.postman_goes()
    by_mail = (OutboxMessage.channel == "email", OutboxMessage.address == MAIL)
    assert db.session.scalars(select(OutboxMessage.status).where(*by_mail)).all() == ["sent"]


def test_what_fails_when_they_have_left_stops_nothing_else(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    a_red_one(hanifah.cast)
    hanifah.postman_goes()
    leave(hanifah)
    could_not_be_brought()
    assert hanifah.told() == [("graded_red", "whatsapp")]


def could_not_be_brought() -> None:
    """The provider says so of what she was told: a disturbance of theirs."""
    hers = (OutboxMessage.channel == "whatsapp", OutboxMessage.event == "graded_red")
    provider_id = db.session.scalars(select(OutboxMessage.provider_ref).where(*hers)).one() or ""
    db.session.rollback()
    fault = Fault(131000, "Something went wrong")
    receipt = Receipt(provider_id, ACCOUNT.phone_number_id, "failed", clock.now(), errors=(fault,))
    assert unit_of_work(lambda: take_receipt(receipt, note_undelivered))


def test_a_number_in_trouble_is_not_waited_for(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    unit_of_work(lambda: lines.note_failing("timeout", clock.now()))
    a_red_one(hanifah.cast)
    assert hanifah.told() == [("graded_red", "email")]


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(hanifah: Director) -> None:
    assert "belum kami terima" not in hanifah.page()
    first = hanifah.is_shown_code()
    assert "belum kami terima" in hanifah.page()
    second = hanifah.is_shown_code()
    assert "tidak berlaku" in hanifah.writes(first), "a newer one was shown"
    assert "Terhubung" in hanifah.writes(second)
    assert "belum kami terima" not in hanifah.page()
    assert "tidak berlaku" in hanifah.writes(second, number="+6281234567999")
    late = hanifah.is_shown_code()
    hanifah.traveller.shift(timedelta(minutes=16))
    assert "tidak berlaku" in hanifah.writes(late)
    assert "tidak berlaku" in hanifah.writes("petugas aaaa-bbbb-cccc")


def test_a_complaint_that_begins_alike_is_heard_as_one(hanifah: Director) -> None:
    heard = hanifah.writes("Petugas obat lama juga, saya menunggu tiga jam di apotek rawat jalan")
    assert "berlaku" not in heard


def test_a_code_takes_nothing_from_a_story_told_in_the_same_breath(hanifah: Director) -> None:
    began, went_on = "Saya menunggu tiga jam di apotek.", "Obatnya tidak ada."
    hanifah.writes(began, hanifah.is_shown_code(), went_on)
    assert staff_telephones.connection_of(hanifah.cast.user_ids["hanifah"]) is not None
    hanifah.writes("kirim")
    assert db.session.scalars(select(Ticket.text)).all() == [f"{began}\n{went_on}"]


def test_a_reply_to_news_is_no_word_of_a_complainant(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    own = hanifah.cast.complain(STORY, name="Hanifah", whatsapp=NUMBER).number
    hanifah.cast.triage(own, Grade.RED)
    hanifah.postman_goes()
    assert hanifah.told() == [("graded_red", "whatsapp")]
    news = hanifah.telephone().look()[-1]
    assert "merah" in hanifah.graph.said_to(NUMBER)[-1].lower()
    said = hanifah.writes(
        "Baik, saya minta farmasi menarik obat itu sekarang.", reply_to=news.wamid
    )
    assert "tidak dibaca" in said
    hanifah.writes("Siap", reply_to=news.wamid)
    hanifah.traveller.shift(REMIND_AFTER)
    assert talking.answer_due(clock.now()) == 0
    for _again in range(2):
        said = hanifah.writes("Pasiennya kejang di ruang tunggu, tolong", reply_to=news.wamid)
        assert "119" in said
    alarmed = select(OutboxMessage.id).where(OutboxMessage.event == "conversation_emergency")
    assert len(db.session.scalars(alarmed).all()) == 3, "each at the desk, once"
    written = select(WhatsAppMessage.id).where(WhatsAppMessage.ticket_id.is_not(None))
    assert db.session.scalars(written).all() == []


def test_a_few_words_right_after_news_are_no_complaint_either(hanifah: Director) -> None:
    """Most people answer without quoting; who means to complain says so, and is heard."""
    approve_news(hanifah.graph)
    hanifah.connects()
    number = a_red_one(hanifah.cast)
    hanifah.postman_goes()
    said = hanifah.writes("Sudah saya tangani bu")
    assert "tidak dibaca" in said
    assert f"/kerja/tiket/{number}" in said
    assert "119" in hanifah.writes("Pasiennya kejang lagi, tolong")
    hanifah.writes("batal")
    hanifah.writes("menu")
    assert "tidak dibaca" not in hanifah.writes("AC ruang 305 mati sejak pagi")
    hanifah.writes("batal")
    hanifah.traveller.shift(timedelta(hours=1))
    assert "tidak dibaca" not in hanifah.writes("AC ruang 305 mati sejak pagi")
    hanifah.writes("kirim")
    a_red_one(hanifah.cast)
    hanifah.postman_goes()
    said = hanifah.writes("AC ruang 306 juga mati")
    assert "tidak dibaca" not in said, "they have a complaint of their own under way"


def test_somebody_who_has_left_connects_nothing(hanifah: Director) -> None:
    code = hanifah.is_shown_code()
    leave(hanifah)
    assert "tidak berlaku" in hanifah.writes(code)


def leave(hanifah: Director) -> None:
    """She works here no longer."""
    user_id = hanifah.cast.user_ids["hanifah"]
    unit_of_work(lambda: staff.deactivate_user(user_id, by=Actor.system()))


def test_another_telephone_takes_the_place_of_the_first(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    hanifah.connects("+6281234567002")
    hanifah.traveller.shift(timedelta(days=2))
    a_red_one(hanifah.cast)
    hanifah.postman_goes()
    assert "MERAH" in hanifah.graph.said_to("+6281234567002")[-1]
    assert "MERAH" not in hanifah.graph.said_to(NUMBER)[-1]


def test_she_disconnects_it(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()
    assert hanifah.client.post(f"{PAGE}/putus").status_code == 302
    assert hanifah.client.post(f"{PAGE}/putus").status_code == 404
    a_red_one(hanifah.cast)
    assert hanifah.told() == [("graded_red", "email")]


def test_a_number_that_changed_hands_is_told_nothing(hanifah: Director) -> None:
    approve_news(hanifah.graph)
    hanifah.connects()

    def give_away() -> None:
        contact = contact_at(NUMBER)
        assert contact is not None
        for one in contact.identities:
            one.is_current = False

    unit_of_work(give_away)
    assert "milik orang lain" in hanifah.page()
    a_red_one(hanifah.cast)
    assert hanifah.told() == [("graded_red", "email")]


def test_two_contacts_that_are_one_account_stay_connected(hanifah: Director) -> None:
    hanifah.connects()

    def join() -> None:
        goes = contact_at(NUMBER)
        assert goes is not None
        stays = Contact(created_at=clock.now(), identities=[])
        db.session.add(stays)
        db.session.flush()
        for one in list(goes.identities):
            one.contact = stays
        conversations.join(stays, goes)

    unit_of_work(join)
    connection = staff_telephones.connection_of(hanifah.cast.user_ids["hanifah"])
    assert connection is not None
    assert connection.address == NUMBER


def test_a_complaint_of_hers_that_is_deleted_does_not_disconnect_her(hanifah: Director) -> None:
    hanifah.connects()
    number = ended(hanifah.cast, whatsapp=NUMBER)
    delete_data(hanifah.cast, number)
    connection = staff_telephones.connection_of(hanifah.cast.user_ids["hanifah"])
    assert connection is not None
    assert connection.address == NUMBER


def test_who_has_left_is_forgotten_with_their_complaint(hanifah: Director) -> None:
    hanifah.connects()
    number = ended(hanifah.cast, whatsapp=NUMBER)
    leave(hanifah)
    delete_data(hanifah.cast, number)
    assert contact_at(NUMBER) is None


def test_where_whatsapp_was_switched_off_no_other_telephone_is_offered(hanifah: Director) -> None:
    hanifah.connects()
    assert "Ponsel lain" in hanifah.page()
    assert hanifah.client.get(f"{PAGE}/kode").location == PAGE

    def switch_off() -> None:
        db.session.get_one(WhatsAppLine, lines.LINE_ID).is_active = False

    unit_of_work(switch_off)
    assert "Ponsel lain" not in hanifah.page()
    assert "Putuskan" in hanifah.page()


def test_a_house_without_whatsapp_offers_nothing(cast: Cast, client: FlaskClient) -> None:
    hanifah = cast.sign_in(client, "hanifah")
    assert PAGE not in hanifah.get("/akun").get_data(as_text=True)
    assert "belum memakai WhatsApp" in hanifah.get(PAGE).get_data(as_text=True)
    assert hanifah.post(f"{PAGE}/kode").status_code == 404
    assert hanifah.post(PAGE, data={"news": "all"}).status_code == 404
