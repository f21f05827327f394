"""Following a complaint: its key, its page, and what the complainant does there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets import keys
from helpdesk.tickets.answering import answer_ticket, approve_answer, reply_interim
from helpdesk.tickets.dispositions import Instruction, UnitAnswer, dispose_ticket, submit_answer
from helpdesk.tickets.follow_ups import write_note
from helpdesk.tickets.leaving import leave_by_exit, revive_ticket
from helpdesk.tickets.number import format_number
from helpdesk.tickets.questions import ask_complainant
from helpdesk.tickets.records import Attachment, Rating, TicketEvent
from helpdesk.tickets.states import Status
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.web.browsing import Browser, Page, complain, plain, statements

Say = Callable[..., None]


@pytest.fixture
def act(app: Flask, house: Cast) -> Say:
    """Let a member of staff act on a ticket: ``act("sari", number, lambda ticket, by: ...)``."""

    def do(name: str, number: str, verb: Callable[[Ticket, Any], object]) -> None:
        with app.app_context():
            house.act(name, number, verb)

    return do


@pytest.fixture
def answered(app: Flask, house: Cast, browser: Browser, act: Say) -> Browser:
    """Wati's browser with a complaint that went the whole way to its answer; it shows its page."""
    number = complain(browser, files={"kuitansi.jpg": jpeg()}).number
    with app.app_context():
        house.triage(number, reason="CATATAN DALAM")
    units = [Instruction(unit_id=house.unit_ids[code]) for code in ("farmasi", "keuangan")]
    act("sari", number, lambda ticket, by: dispose_ticket(ticket, units, by=by))
    act("sari", number, lambda ticket, by: write_note(ticket, "JANGAN DIBACA", by=by))
    for name, place in (("budi", 0), ("tono", 1)):
        work = UnitAnswer(findings="TEMUAN DALAM")
        act(name, number, lambda t, by, i=place, w=work: submit_answer(t.dispositions[i], w, by=by))
    for place in (0, 1):
        act("sari", number, lambda t, by, i=place: approve_answer(t.dispositions[i], by=by))
    act("sari", number, lambda t, by: answer_ticket(t, "Obatnya sudah ada.", by=by))
    browser.open(f"/lacak/keluhan/{number}")
    return browser


def _enter(browser: Browser, number: str, pin: str) -> Page:
    browser.open("/lacak")
    return browser.send("/lacak", number=number, pin=pin)


def _status(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalars(select(Ticket.status)).one())


# --- the key ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    [
        lambda number: number,
        str.lower,
        lambda number: number.replace("-", " "),
        lambda number: number.replace("-", ""),
        lambda number: number.replace("-", "/"),
        lambda number: number.removeprefix("KLH-"),
        lambda number: number.replace("0", "O"),
        lambda number: f"  {number} ",
    ],
)
def test_the_number_is_found_however_it_is_typed(
    app: Flask, browser: Browser, way: Callable[[str], str]
) -> None:
    page = complain(browser)
    number, pin = page.number, f"{page.pin[:3]} {page.pin[3:]}"
    assert _enter(Browser(app), way(number), pin).location == f"/lacak/keluhan/{number}"


def test_an_unknown_number_and_a_wrong_pin_are_answered_alike(app: Flask, browser: Browser) -> None:
    page = complain(browser)
    wrong = f"{(int(page.pin) + 1) % 10**6:06d}"
    unknown = format_number("KLH", clock.now().year, 2)
    stranger = Browser(app)
    answers = []
    for number in (page.number, unknown):
        answer = _enter(stranger, number, wrong)
        text = re.sub(r'value="[^"]*"', "", answer.text)
        answers.append((answer.status, text, answer.location))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_both_cost_one_write(app: Flask, browser: Browser) -> None:
    number = complain(browser).number
    stranger = Browser(app)
    stranger.open("/lacak")
    writes = []
    for typed in (number, "KLH-26-00042-8"):
        with statements(app) as seen:
            stranger.send("/lacak", number=typed, pin="000000")
        writes.append(any("rate_hits" in one for one in seen[2:]))
    assert writes == [True, True]


def test_ten_failures_rest_the_pin_but_not_the_link(app: Flask, browser: Browser) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        page = complain(browser)
        with app.app_context():
            link = keys.link_of(db.session.scalars(select(Ticket)).one())
        stranger = Browser(app)
        for _ in range(10):
            assert _enter(stranger, page.number, "999999").status == 422
        assert _enter(stranger, page.number, page.pin).status == 422
        path = link.partition("//")[2].partition("/")[2]
        assert Browser(app).open(f"/{path}").location == f"/lacak/keluhan/{page.number}"
        journey.shift(timedelta(minutes=61))
        assert _enter(stranger, page.number, page.pin).location.startswith("/lacak/keluhan/")


@pytest.mark.parametrize(
    "typed", ["KLH-26-1", "26 00001", "KLH-26-00001-9", "nomor saya", "\x00", "9" * 79]
)
def test_half_a_number_gets_a_hint_and_no_answer(browser: Browser, typed: str) -> None:
    number = complain(browser).number
    page = _enter(Browser(browser.app), typed, "123456")
    assert page.status == 422
    assert number not in page.text.replace(f'value="{typed}"', "")


def test_a_forged_link_opens_nothing(browser: Browser) -> None:
    complain(browser)
    for token in ("x", "WzEsMV0.AAAA", "W10", "%00", "a" * 3000):
        assert Browser(browser.app).open(f"/k/{token}").status == 404


def test_a_new_pin_closes_link_and_browser(app: Flask, browser: Browser) -> None:
    page = complain(browser)
    with app.app_context():
        ticket = db.session.scalars(select(Ticket)).one()
        old = keys.link_token(ticket)
        unit_of_work(lambda: keys.set_pin(db.session.scalars(select(Ticket)).one(), "246802"))
    replaced = Browser(app).open(f"/k/{old}")
    assert replaced.status == 404
    assert "sudah diganti dengan yang baru" in replaced.text
    assert browser.open(f"/lacak/keluhan/{page.number}").status == 404
    assert _enter(Browser(app), page.number, page.pin).status == 422
    assert _enter(Browser(app), page.number, "246802").status == 200


def test_the_key_wears_out_after_two_hours_without_use(browser: Browser) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        number = complain(browser).number
        for _ in range(3):
            journey.shift(timedelta(minutes=110))
            assert browser.open(f"/lacak/keluhan/{number}").status == 200
        journey.shift(timedelta(minutes=121))
        assert browser.open(f"/lacak/keluhan/{number}").location == "/lacak"


def test_a_browser_opens_several_and_closes_them_all(browser: Browser) -> None:
    first, second = complain(browser).number, complain(browser, text="Toilet kotor.").number
    assert browser.open("/lacak/keluhan").number == second
    assert first in browser.last.text
    assert browser.open(f"/lacak/keluhan/{first}").number == first
    browser.send("/lacak/tutup")
    for path in (f"/lacak/keluhan/{first}", "/lacak/keluhan", "/keluhan/diterima"):
        assert browser.open(path).location == "/lacak"


def test_without_the_key_nothing_tells_that_it_exists(app: Flask, browser: Browser) -> None:
    number = complain(browser, files={"a.jpg": jpeg()}).number
    stranger = Browser(app)
    for path in (number, "KLH-26-00042-8"):
        assert stranger.open(f"/lacak/keluhan/{path}").location == "/lacak"
        assert stranger.open(f"/lacak/keluhan/{path}/tanda-terima.pdf").location == "/lacak"
    assert (
        stranger.open("/lacak/berkas/1").status == stranger.open("/lacak/berkas/99").status == 404
    )


# --- the page -----------------------------------------------------------------------------------


def test_the_story_is_told_in_plain_words_and_nothing_internal(answered: Browser) -> None:
    told = plain(answered.last.text)
    assert "Farmasi" in told
    assert "Keuangan" in told
    assert "Obatnya sudah ada." in told
    assert "Obat sirup habis" in told
    for secret in ("CATATAN DALAM", "JANGAN DIBACA", "TEMUAN DALAM", "Sari", "Budi", "Wati"):
        assert secret not in told, secret


def test_an_own_file_comes_back_as_an_attachment(answered: Browser) -> None:
    address = re.search(r"/lacak/berkas/\d+", answered.last.text)
    assert address
    file = answered.open(address.group())
    assert file.status == 200
    assert "attachment" in file.headers["Content-Disposition"]
    assert "kuitansi.jpg" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Security-Policy"].startswith("sandbox")


def test_the_receipt_is_there_without_pin(answered: Browser) -> None:
    number = answered.last.number
    assert answered.open(f"/lacak/keluhan/{number}/tanda-terima.pdf").body.startswith(b"%PDF")


def test_the_page_costs_the_same_however_long_the_story(
    app: Flask, browser: Browser, act: Say
) -> None:
    number = complain(browser).number
    with statements(app) as short:
        browser.open(f"/lacak/keluhan/{number}")
    for turn in range(12):
        act("sari", number, lambda t, by, n=turn: reply_interim(t, f"Kabar {n}", by=by))
    with statements(app) as long:
        browser.open(f"/lacak/keluhan/{number}")
    assert len(long) <= len(short) <= 15, "\n".join(long)


def test_a_message_sent_twice_arrives_once(app: Flask, browser: Browser) -> None:
    number = complain(browser).number
    browser.open(f"/lacak/keluhan/{number}")
    again = browser.twin()
    for one in (browser, again):
        page = one.send(f"/lacak/keluhan/{number}/pesan", message__text="Sudah seminggu.")
        assert page.status == 200
    with app.app_context():
        told = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "add_message"))
        assert len(told.all()) == 1


def test_an_empty_message_is_refused_where_it_stands(browser: Browser) -> None:
    number = complain(browser).number
    browser.open(f"/lacak/keluhan/{number}")
    page = browser.send(f"/lacak/keluhan/{number}/pesan", message__text=" ")
    assert page.status == 422
    assert 'id="message-text-err"' in page.text


def test_files_of_a_refused_message_are_kept(app: Flask, browser: Browser) -> None:
    number = complain(browser).number
    browser.open(f"/lacak/keluhan/{number}")
    files = {"bukti.jpg": jpeg(), "x.exe": b"MZ\0\1"}
    page = browser.send(f"/lacak/keluhan/{number}/pesan", files=files)
    assert page.status == 422
    assert "bukti.jpg" in page.text
    assert browser.send(f"/lacak/keluhan/{number}/pesan").status == 200
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).all() == ["bukti.jpg"]


def test_a_question_is_answered_with_a_photograph(
    app: Flask, house: Cast, browser: Browser, act: Say
) -> None:
    number = complain(browser).number
    with app.app_context():
        house.triage(number)
    act("sari", number, lambda t, by: ask_complainant(t, "Boleh kirim kuitansi?", by=by))
    page = browser.open(f"/lacak/keluhan/{number}")
    assert "Boleh kirim kuitansi?" in page.text
    (action,) = (action for action in page.forms if "/jawab/" in action)
    browser.send(action, files={"kuitansi.jpg": jpeg()})
    assert browser.last.status == 200
    assert not [action for action in browser.last.forms if "/jawab/" in action]
    with app.app_context():
        assert not db.session.scalars(select(Ticket.is_waiting)).one()


def test_a_message_written_when_a_question_came_is_not_lost(
    app: Flask, house: Cast, browser: Browser, act: Say
) -> None:
    number = complain(browser).number
    with app.app_context():
        house.triage(number)
    path = f"/lacak/keluhan/{number}/pesan"
    browser.open(f"/lacak/keluhan/{number}")
    act("sari", number, lambda t, by: ask_complainant(t, "Jam berapa?", by=by))
    page = browser.send(path, files={"x.exe": b"MZ\0\1"}, message__text="Petugasnya bernama Andi.")
    assert page.status == 422
    assert "Jam berapa?" in page.text
    assert page.forms[path]["message-text"].strip() == "Petugasnya bernama Andi."
    assert browser.send(path).status == 200
    assert "Petugasnya bernama Andi." in browser.last.text


@pytest.mark.parametrize("files", [{"x.exe": b"MZ\0\1"}, {"kuitansi.jpg": jpeg()}])
def test_an_answer_to_a_question_that_is_settled_becomes_a_message(
    app: Flask, house: Cast, browser: Browser, act: Say, files: dict[str, bytes]
) -> None:
    number = complain(browser).number
    with app.app_context():
        house.triage(number)
    act("sari", number, lambda t, by: ask_complainant(t, "Jam berapa?", by=by))
    page = browser.open(f"/lacak/keluhan/{number}")
    (answer,) = (action for action in page.forms if "/jawab/" in action)
    (field,) = (name for name in page.forms[answer] if name.endswith("-text"))
    slower = browser.twin()
    slower.open(f"/lacak/keluhan/{number}")  # in a second window
    browser.send(answer, **{field: "Jam tujuh."})
    page = slower.send(answer, files=files, **{field: "Kata adik saya jam delapan."})
    assert page.status == 422
    assert "Tulisan Anda tetap ada" in page.text
    message = f"/lacak/keluhan/{number}/pesan"
    assert page.forms[message]["message-text"].strip() == "Kata adik saya jam delapan."
    assert slower.send(message).status == 200
    with app.app_context():
        said = select(TicketEvent.text).where(TicketEvent.kind == "add_message")
        assert db.session.scalars(said).all() == ["Kata adik saya jam delapan."]
        assert db.session.scalars(select(Attachment.name)).all() == [
            name for name in files if name.endswith("jpg")
        ]


def test_an_objection_to_what_was_taken_up_again_becomes_a_message(
    answered: Browser, act: Say
) -> None:
    number = answered.last.number
    slower = answered.twin()
    answered.send(f"/lacak/keluhan/{number}/belum", objection__text="Masih habis.")
    page = slower.send(f"/lacak/keluhan/{number}/belum", objection__text="Dan mahal.")
    message = f"/lacak/keluhan/{number}/pesan"
    assert page.forms[message]["message-text"].strip() == "Dan mahal."
    assert slower.send(message).status == 200


def test_a_complaint_that_was_not_handled_is_not_called_solved(
    app: Flask, house: Cast, browser: Browser, act: Say
) -> None:
    number = complain(browser).number
    act(
        "sari",
        number,
        lambda t, by: leave_by_exit(t, Status.NOT_OURS, "Ini urusan BPJS.", by=by),
    )
    page = plain(browser.open(f"/lacak/keluhan/{number}").text)
    assert "Ditutup tanpa tindak lanjut" in page
    assert "Keadaannya Selesai" not in page


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        (Status.NOT_OURS, "Anda tidak setuju?"),
        (Status.ARCHIVED, "Anda tidak setuju?"),
        (Status.WITHDRAWN, "Anda ingin melanjutkan?"),
    ],
)
def test_whoever_does_not_agree_with_the_end_says_so_on_the_page(
    app: Flask, house: Cast, browser: Browser, act: Say, way: Status, asked: str
) -> None:
    number = complain(browser).number
    act("sari", number, lambda t, by: leave_by_exit(t, way, "Ini urusan BPJS.", by=by))
    page = browser.open(f"/lacak/keluhan/{number}")
    assert asked in plain(page.text)
    path = f"/lacak/keluhan/{number}/keberatan"
    refused = browser.send(path)
    assert refused.status == 422
    assert "Tuliskan mengapa perlu kami tangani kembali." in refused.text
    slower = browser.twin()
    taken = browser.send(path, contest__text="Obatnya dari farmasi rumah sakit.")
    assert "Kami tangani lagi." in taken.text
    assert "Obatnya dari farmasi rumah sakit." in taken.text
    assert _status(app) == Status.RECEIVED
    late = slower.send(path, contest__text="Tolong segera.")
    assert late.forms[f"/lacak/keluhan/{number}/pesan"]["message-text"].strip() == "Tolong segera."


def test_spam_offers_nothing_and_its_reason_stays_in_the_house_also_afterwards(
    app: Flask, house: Cast, browser: Browser, act: Say
) -> None:
    number = complain(browser).number
    act("sari", number, lambda t, by: leave_by_exit(t, Status.SPAM, "IKLAN PINJAMAN", by=by))
    page = browser.open(f"/lacak/keluhan/{number}")
    assert f"/lacak/keluhan/{number}/keberatan" not in page.text
    act("sari", number, lambda t, by: revive_ticket(t, "TERNYATA KELUHAN", by=by))
    page = browser.open(f"/lacak/keluhan/{number}")
    assert "Kami tangani kembali" in page.text
    assert "IKLAN PINJAMAN" not in page.text
    assert "TERNYATA KELUHAN" not in page.text


def test_solved_closes_it_and_asks_for_a_rating(app: Flask, answered: Browser) -> None:
    number = answered.last.number
    answered.send(f"/lacak/keluhan/{number}/selesai")
    assert _status(app) == Status.CLOSED
    answered.send(f"/lacak/keluhan/{number}/nilai", rating__score="4")  # one tap
    answered.send(f"/lacak/keluhan/{number}/nilai/kata", comment__comment="Cepat.")
    answered.send(f"/lacak/keluhan/{number}/nilai", rating__score="2")
    with app.app_context():
        (rating,) = db.session.scalars(select(Rating)).all()
        assert (rating.score, rating.comment) == (2, "Cepat.")
    assert answered.last.text.count("2 dari 5") == 1  # told once on the way, whatever came before


def test_the_link_of_a_message_rates_without_number_and_pin(app: Flask, answered: Browser) -> None:
    number = answered.last.number
    with app.app_context():
        link = keys.link_of(db.session.scalars(select(Ticket)).one())
    stranger = Browser(app)
    stranger.open(urlsplit(link).path)
    assert stranger.send(f"/lacak/keluhan/{number}/nilai", rating__score="5").status == 200
    with app.app_context():
        assert db.session.scalars(select(Rating.score)).all() == [5]


def test_the_question_comes_before_the_message(answered: Browser) -> None:
    page = answered.last.text
    assert page.index('id="sel"') < page.index('id="nilai"') < page.index('id="tambah"')


def test_a_rating_without_a_number_is_refused(answered: Browser) -> None:
    number = answered.last.number
    assert answered.send(f"/lacak/keluhan/{number}/nilai", rating__score="9").status == 422


def test_not_yet_needs_a_reason_and_reopens(app: Flask, answered: Browser) -> None:
    number = answered.last.number
    path = f"/lacak/keluhan/{number}/belum"
    assert answered.send(path, objection__text="").status == 422
    assert _status(app) == Status.ANSWERED
    assert answered.send(path, objection__text="Masih habis.").status == 200
    assert _status(app) == Status.IN_PROGRESS
    assert "Masih habis." in answered.last.text
    assert "Kami tangani lagi dan selesaikan paling lambat" in answered.last.text


def test_a_form_that_came_too_late_says_so(app: Flask, answered: Browser) -> None:
    number = answered.last.number
    late = answered.twin()
    answered.send(f"/lacak/keluhan/{number}/selesai")
    assert late.send(f"/lacak/keluhan/{number}/selesai").status == 409


def test_one_complainant_reaches_no_other_ticket(app: Flask, browser: Browser) -> None:
    complain(browser, files={"a.jpg": jpeg()})
    other = Browser(app)
    number = complain(other).number
    assert browser.open(f"/lacak/keluhan/{number}").location == "/lacak"
    with app.app_context():
        theirs = db.session.scalars(select(Attachment.id)).one()
    assert other.open(f"/lacak/berkas/{theirs}").status == 404
