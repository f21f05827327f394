"""At the counter: whoever is signed in takes down what reached them, on behalf of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from helpdesk.accounts.user import User
from helpdesk.lib.database import db, unit_of_work
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.records import Attachment, SlaClock
from helpdesk.tickets.states import Access, Closing, Grade, Status
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.web.browsing import Browser, Page

WIB = ZoneInfo("Asia/Jakarta")
FRIDAY = datetime(2026, 11, 20, 10, 20, tzinfo=WIB)
PATH = "/kerja/catat"


@pytest.fixture
def journey() -> Iterator[time_machine.Traveller]:
    """It is Friday morning, and stays so until somebody travels on."""
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def joko(journey: time_machine.Traveller, browser: Browser, house: Cast) -> Browser:
    """The browser at the information desk, where Joko only records."""
    house.sign_in(browser.client, "joko")
    return browser


def _record(browser: Browser, *, files: dict[str, bytes] | None = None, **typed: str) -> Page:
    browser.open(PATH)
    words = {"text": "Menunggu obat dari jam 9 sampai jam 12.", **typed}
    return browser.send(PATH, files=files, **words)


def _ticket(app: Flask) -> Ticket:
    with app.app_context():
        return db.session.scalars(select(Ticket)).one()


def test_an_old_man_without_a_telephone_gets_his_number(app: Flask, joko: Browser) -> None:
    page = _record(joko)
    assert page.location == f"{PATH}/selesai"
    assert page.number.startswith("KLH-")
    assert len(page.pin) == 6
    ticket = _ticket(app)
    assert (ticket.channel, ticket.complainant_id, ticket.reply_channel) == ("counter", None, "")
    with app.app_context():
        assert db.session.get_one(Ticket, ticket.id).recorded_by_id is not None


@pytest.mark.parametrize("name", ["sari", "budi", "hanifah", "ayu"])
def test_anybody_signed_in_may_record(app: Flask, house: Cast, name: str) -> None:
    browser = Browser(app)
    house.sign_in(browser.client, name)
    assert _record(browser).location == f"{PATH}/selesai"


def test_nobody_else_may(browser: Browser) -> None:
    assert browser.open(PATH).location == "/masuk"


@pytest.mark.parametrize(("typed", "language"), [({}, "id"), ({"language": "en"}, "en")])
def test_the_complainant_is_written_to_in_their_own_language(
    app: Flask, house: Cast, joko: Browser, typed: dict[str, str], language: str
) -> None:
    def unit() -> None:
        db.session.get_one(User, house.user_ids["joko"]).locale = "en"

    with app.app_context():
        unit_of_work(unit)
    _record(joko, name="Wati", phone="0812-3456-0172", consent="y", **typed)
    assert _ticket(app).language == language


def test_the_receipt_is_printed_in_two_copies(joko: Browser) -> None:
    _record(joko)
    pdf = joko.open(f"{PATH}/tanda-terima.pdf")
    assert pdf.body.startswith(b"%PDF")


def test_the_receipt_of_praise_calls_it_no_complaint(joko: Browser) -> None:
    page = _record(joko, kind="praise")
    assert "Nomor keluhan" not in page.text
    pdf = PdfReader(BytesIO(joko.open(f"{PATH}/tanda-terima.pdf").body))
    assert "Tanda Terima: Apresiasi" in " ".join(pdf.pages[0].extract_text().split())


def test_the_next_one_keeps_the_channel(joko: Browser) -> None:
    page = _record(joko, channel="letter")
    assert "kanal=letter" in page.text
    assert joko.open(f"{PATH}?kanal=letter").forms[PATH]["channel"] == "letter"
    assert joko.open(f"{PATH}?kanal=nonsense").forms[PATH]["channel"] == "counter"


@pytest.mark.parametrize(("has_whatsapp", "channel"), [("y", "whatsapp"), (None, "phone")])
def test_one_telephone_field_serves_both(
    app: Flask, joko: Browser, has_whatsapp: str, channel: str
) -> None:
    _record(joko, name="Wati", phone="0812-3456-0172", has_whatsapp=has_whatsapp)
    ticket = _ticket(app)
    assert (ticket.reply_channel, ticket.reply_address) == (channel, "+6281234560172")


def test_what_was_received_yesterday_is_counted_from_yesterday(app: Flask, joko: Browser) -> None:
    _record(joko, channel="box", received_on="2026-11-19", received_time="08:00")
    ticket = _ticket(app)
    assert ticket.received_at == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
    assert ticket.recorded_at == FRIDAY
    with app.app_context():
        clock = db.session.scalars(select(SlaClock).where(SlaClock.kind == "answer")).one()
        assert clock.started_at == ticket.received_at


@pytest.mark.parametrize(
    ("received_on", "received_time", "status"),
    [
        ("2026-11-20", "10:20", 200),
        ("2026-11-20", "10:40", 422),  # in the future
        ("2026-11-21", "08:00", 422),
        ("2026-11-10", "08:00", 422),  # over seven days, and no reason
        ("202-11-10", "08:00", 422),
        ("0001-01-01", "00:00", 422),
        ("2026-11-20", "25:00", 422),
        ("", "", 422),
    ],
)
def test_the_moment_of_receipt_is_looked_at(
    joko: Browser, received_on: str, received_time: str, status: int
) -> None:
    page = _record(joko, received_on=received_on, received_time=received_time)
    assert page.status == status


def test_an_old_letter_needs_a_reason(app: Flask, joko: Browser) -> None:
    page = _record(joko, received_on="2026-11-02", received_time="08:00", channel="letter")
    assert page.forms[PATH]["late_reason"] == ""
    page = joko.send(PATH, late_reason="Surat tertinggal di ruang direksi.")
    assert page.location == f"{PATH}/selesai"
    assert _ticket(app).late_reason == "Surat tertinggal di ruang direksi."


def test_solved_on_the_spot_is_graded_counted_and_closed(app: Flask, joko: Browser) -> None:
    page = _record(joko, is_solved="y", solution="Obat diantar.", grade="hijau")
    ticket = _ticket(app)
    assert ticket.status == Status.CLOSED
    assert (ticket.closing, ticket.grade) == (Closing.ON_THE_SPOT, Grade.GREEN)
    assert ticket.first_answered_at is not None
    assert ticket.followed_up_at is not None
    assert "menunggu customer care" not in page.text


@pytest.mark.parametrize(
    ("grade", "why"),
    [
        ("merah", "Keluhan merah tidak pernah ditutup di tempat"),
        ("kuning", "Hanya customer care yang boleh menutup keluhan kuning di tempat."),
    ],
)
def test_what_is_grave_is_not_closed_by_who_took_it_down(
    app: Flask, joko: Browser, house: Cast, grade: str, why: str
) -> None:
    page = _record(joko, is_solved="y", solution="Pasien sudah ditenangkan.", grade=grade)
    assert page.location == f"{PATH}/selesai"
    assert why in page.text
    assert "menunggu customer care" in page.text
    ticket = _ticket(app)
    assert (ticket.status, ticket.grade, ticket.needs) == (Status.RECEIVED, "", "triage")
    assert ticket.first_answered_at is None
    house.sign_in(joko.client, "sari")
    read_at_desk = joko.open(f"/kerja/tiket/{page.number}").text
    assert "Pasien sudah ditenangkan." in read_at_desk
    assert "menulis apa yang sudah dilakukan di tempat" in read_at_desk


def test_customer_care_closes_yellow_on_the_spot_but_never_red(
    app: Flask, joko: Browser, house: Cast
) -> None:
    house.sign_in(joko.client, "sari")
    _record(joko, is_solved="y", solution="Obat diantar.", grade="kuning")
    assert _ticket(app).status == Status.CLOSED
    red = _record(joko, text="Pasien jatuh.", is_solved="y", solution="Ditolong.", grade="merah")
    assert "Keluhan merah tidak pernah ditutup di tempat" in red.text


def test_a_question_is_closed_on_the_spot_whatever_its_grade(app: Flask, joko: Browser) -> None:
    _record(joko, kind="information", is_solved="y", solution="Dijelaskan.", grade="kuning")
    assert _ticket(app).status == Status.CLOSED


def test_the_form_says_at_the_grade_what_is_closed_at_once(joko: Browser, house: Cast) -> None:
    assert "Hanya hijau yang langsung ditutup." in joko.open(PATH).text
    house.sign_in(joko.client, "sari")
    assert "Hijau dan kuning langsung ditutup." in joko.open(PATH).text


def test_solved_needs_what_was_done(app: Flask, joko: Browser) -> None:
    page = _record(joko, is_solved="y", solution="")
    assert page.status == 422
    assert page.forms[PATH]["is_solved"] == "y"


def test_a_solution_without_its_tick_stays_a_draft(app: Flask, joko: Browser) -> None:
    _record(joko, solution="Obat diantar.")
    assert _ticket(app).status == Status.RECEIVED


def test_a_confidential_one_is_out_of_reach_but_its_pin_is_told(app: Flask, joko: Browser) -> None:
    page = _record(joko, wish="rahasia", name="Wati")
    assert page.status == 200
    assert len(page.pin) == 6
    assert _ticket(app).access == Access.RESTRICTED
    assert "hanya customer care" in page.text
    assert f"/kerja/tiket/{page.number}" not in page.text


def test_customer_care_goes_on_with_a_confidential_one(joko: Browser, house: Cast) -> None:
    house.sign_in(joko.client, "sari")
    page = _record(joko, wish="rahasia", name="Wati")
    assert "hanya customer care" not in page.text
    assert f"/kerja/tiket/{page.number}" in page.text


def test_of_nobody_nothing_is_stored(app: Flask, joko: Browser) -> None:
    _record(joko, wish="anonim", name="Zubaidah", phone="0819-8765-4321", address="Jalan X")
    with app.app_context():
        assert not db.session.scalars(select(Complainant)).all()
    assert _ticket(app).reply_address == ""


def test_a_refused_form_keeps_everything(app: Flask, joko: Browser) -> None:
    page = _record(joko, phone="12", name="Wati", files={"surat.jpg": jpeg()}, channel="letter")
    assert page.status == 422
    typed = page.forms[PATH]
    assert (typed["name"], typed["channel"], typed["phone"]) == ("Wati", "letter", "12")
    joko.send(PATH, phone="0812-3456-0172")
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).all() == ["surat.jpg"]


def test_twice_sent_is_once_recorded(app: Flask, joko: Browser) -> None:
    joko.open(PATH)
    again = joko.twin()
    first = joko.send(PATH, text="Antre.")
    second = again.send(PATH, text="Antre.")
    assert (first.number, first.pin) == (second.number, second.pin)
    assert _ticket(app).text == "Antre."


def test_the_same_form_with_other_words_is_no_second_complaint(app: Flask, joko: Browser) -> None:
    joko.open(PATH)
    again = joko.twin()
    number = joko.send(PATH, text="Antre.").number
    page = again.send(PATH, text="Antre lama.", name="Wati", files={"surat.jpg": jpeg()})
    assert page.status == 422
    assert f"sudah terkirim dengan nomor {number}" in page.text
    assert _ticket(app).text == "Antre."
    typed = page.forms[PATH]
    assert (typed["text"].strip(), typed["name"]) == ("Antre lama.", "Wati")
    assert "surat.jpg" in page.text
    second = again.send(PATH, decision="new").number
    assert second != number
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).all() == ["surat.jpg"]


def test_kind_category_and_place_are_kept(app: Flask, house: Cast, joko: Browser) -> None:
    _record(
        joko,
        kind="praise",
        category_id=str(house.category_ids["obat"]),
        place_id=str(house.place_ids["farmasi"]),
    )
    ticket = _ticket(app)
    assert ticket.kind == "praise"
    assert ticket.category_id == house.category_ids["obat"]
    assert ticket.place_id == house.place_ids["farmasi"]


def test_the_page_forgets_the_pin_after_an_hour(
    joko: Browser, journey: time_machine.Traveller
) -> None:
    page = _record(joko)
    for _ in range(3):  # often enough that the person stays signed in
        assert page.location == f"{PATH}/selesai"
        journey.shift(timedelta(minutes=21))
        page = joko.open(f"{PATH}/selesai")
    assert page.location == PATH


def test_the_cookie_of_the_counter_tells_no_pin(
    joko: Browser, journey: time_machine.Traveller
) -> None:
    page = _record(joko)
    assert not re.search(f"{page.pin}|{page.number}", str(joko.cookie))
    for _ in range(3):
        journey.shift(timedelta(minutes=21))
        joko.open(PATH)
    assert "handed_over" not in joko.cookie


def test_the_roll_stays_chosen_for_the_session(joko: Browser) -> None:
    _record(joko)

    def widths(query: str = "") -> list[int]:
        pdf = joko.open(f"{PATH}/tanda-terima.pdf{query}").body
        return [
            round(float(one.mediabox.width) / 72 * 25.4) for one in PdfReader(BytesIO(pdf)).pages
        ]

    assert widths() == [210, 210]  # one for the complainant, one for the house
    assert widths("?kertas=struk") == [80]
    assert widths() == [80]
    assert widths("?kertas=a4") == [210, 210]
