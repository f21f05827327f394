"""Official letters: proposed, looked at, issued once under the next number, read by whom they are for."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from helpdesk.accounts.organisation import Organisation
from helpdesk.audit.trail import AuditEntry
from helpdesk.intake.submission import Wish
from helpdesk.letters.letter import Letter
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.sequences import Sequence
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import answering, closing, keys, triage
from helpdesk.tickets.follow_ups import record_follow_up
from helpdesk.tickets.questions import answer_question
from helpdesk.tickets.states import Grade, Kind
from tests.support.cast import Cast
from tests.tickets.steps import as_complainant, ask, question_of
from tests.web.workbench import Browser, act_url, form_in, open_act, person, send

pytestmark = pytest.mark.usefixtures("clock_hand")
NOON = "2026-11-20T05:00:00+00:00"


@pytest.fixture
def clock_hand() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _letterhead(cast: Cast) -> None:
    def unit() -> None:
        here = db.session.get_one(Organisation, 1)
        here.letter_code, here.letter_initials = "HM.02", "RSIA-C"
        here.parent, here.signatory_name = "Yayasan Contoh", "dr. Hanifah, M.Kes."
        here.signatory_title, here.signatory_number = "Direktur", "19700101 200001 2 001"

    unit_of_work(unit)


def answered(cast: Cast, **facts: Any) -> str:
    number = cast.complain(**facts).number
    cast.triage(number, Grade.GREEN)
    cast.act("sari", number, lambda t, by: record_follow_up(t, "Stok ditambah.", by=by))
    cast.act("sari", number, lambda t, by: answering.answer_ticket(t, "Obat kini tersedia.", by=by))
    return number


def issued() -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.number_seq.is_not(None))))


def words_of(pdf: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


def came_by_link(app: Flask, cast: Cast, number: str) -> Browser:
    browser = Browser(app)
    browser.get(f"/k/{unit_of_work(lambda: keys.link_token(cast.ticket(number)))}")
    return browser


def test_the_answer_goes_out_as_a_numbered_letter(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "surat"))
    assert form["body"] == ["Obat kini tersedia."]
    assert form["addressee"] == ["Wati"]
    answer = send(sari, act_url(number, "surat"), body="Obat kini tersedia di apotek.")
    assert answer.status_code == 302
    (letter,) = issued()
    assert letter.number == "0001/HM.02/RSIA-C/XI/2026"
    page = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert letter.number in page
    said = words_of(sari.get(f"/kerja/surat/{letter.id}").get_data())
    for words in (
        letter.number,
        "YAYASAN CONTOH",
        "Obat kini tersedia di apotek.",
        "Wati",
        "dr. Hanifah, M.Kes.",
        "19700101 200001 2 001",
        "137",
        "ombudsman.go.id",
        "20 November 2026",
    ):
        assert words in said, words
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "letter_issued")).one()
    assert entry.details["number"] == letter.number


def test_a_letter_to_the_complainant_stands_on_their_page(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    sari = person(app, cast, "sari")
    send(sari, act_url(number, "surat"))
    send(sari, act_url(number, "surat"), goes_to="other", addressee="Dinas Kesehatan")
    theirs, others = issued()
    about = messages_about("ticket", cast.ticket(number).id)
    told = [one.event for one in about if one.recipient_kind == "complainant"]
    assert told == ["received", "answered", "letter_issued"], "of their own letter, once"
    wati = came_by_link(app, cast, number)
    page = wati.get(f"/lacak/keluhan/{number}").get_data(as_text=True)
    own = f"/lacak/keluhan/{number}/surat/{theirs.id}"
    assert own in page
    assert wati.get(own).mimetype == "application/pdf"
    assert wati.get(f"/lacak/keluhan/{number}/surat/{others.id}").status_code == 404
    assert Browser(app).get(own).status_code == 302  # asked for number and PIN


def test_the_same_form_sent_twice_issues_one_letter(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "surat"))
    for _click in range(2):
        answer = sari.post(act_url(number, "surat"), data=form, content_type="multipart/form-data")
        assert answer.status_code == 302
    assert len(issued()) == 1


def test_a_refused_letter_gives_its_number_back(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    sari = person(app, cast, "sari")
    stale = open_act(sari, act_url(number, "surat"))
    send(sari, act_url(number, "surat"))
    conflict = sari.post(act_url(number, "surat"), data=stale, content_type="multipart/form-data")
    assert conflict.status_code == 409
    assert send(sari, act_url(number, "surat"), body=" ").status_code == 422
    assert len(issued()) == 1
    assert db.session.get_one(Sequence, "letter/2026").last == 1
    send(sari, act_url(number, "surat"), body="Satu hal lagi.")
    assert [one.number_seq for one in issued()] == [1, 2]


def test_a_look_at_it_keeps_nothing(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "surat")) | {"body": "Kami memeriksa lagi."}
    look = sari.post(
        act_url(number, "surat/pratinjau"), data=form, content_type="multipart/form-data"
    )
    assert look.mimetype == "application/pdf"
    said = words_of(look.get_data())
    assert "Kami memeriksa lagi." in said
    assert "HM.02" not in said
    assert issued() == []


@pytest.mark.parametrize("wish", [Wish.CONFIDENTIAL, Wish.ANONYMOUS])
def test_nobody_who_wished_not_to_be_named_is_named(app: Flask, cast: Cast, wish: Wish) -> None:
    number = answered(cast, wish=wish)
    sari = person(app, cast, "sari")
    send(sari, act_url(number, "surat"), addressee="Wati", address="Jl. Melati 4")
    (letter,) = issued()
    assert "Wati" not in str(letter.fields["addressee"])
    assert "Melati" not in str(letter.fields["addressee"])
    assert number in letter.fields["addressee"]["name"]


def test_the_closing_notice_says_why(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    reason = "Pelapor tidak dapat dihubungi."
    cast.act("ratih", number, lambda t, by: closing.close_unilaterally(t, reason, by=by))
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "surat"))
    assert reason in form["body"][0]
    send(sari, act_url(number, "surat"))
    (letter,) = issued()
    assert letter.kind == "closing_notice"
    assert "137" in words_of(sari.get(f"/kerja/surat/{letter.id}").get_data())


def test_letters_are_customer_cares(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    send(person(app, cast, "sari"), act_url(number, "surat"))
    (letter,) = issued()
    for name in ("hanifah", "budi", "joko", "ayu"):
        browser = person(app, cast, name)
        assert browser.get(f"/kerja/surat/{letter.id}").status_code == 404
        assert browser.get(act_url(number, "surat")).status_code in (403, 404)
        page = browser.get(f"/kerja/tiket/{number}").get_data(as_text=True)
        assert f"/kerja/surat/{letter.id}" not in page


def test_there_is_no_letter_before_triage(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    assert person(app, cast, "sari").get(act_url(number, "surat")).status_code == 409


def test_praise_is_referred_to_nobody(app: Flask, cast: Cast) -> None:
    number = cast.complain("Bidannya sabar sekali.", kind=Kind.PRAISE).number
    cast.triage(number, kind=Kind.PRAISE)
    sari = person(app, cast, "sari")
    assert sari.get(act_url(number, "surat")).status_code == 409
    assert act_url(number, "surat") not in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    number = cast.complain("Parkir dinas kota mahal.").number
    cast.triage(number)
    assert act_url(number, "surat") in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "kind", "subject", "opening"),
    [
        ("id", Kind.INFORMATION, "Jawaban atas permintaan informasi nomor", "informasi nomor"),
        ("en", Kind.SUGGESTION, "Answer to your suggestion number", "your suggestion number"),
    ],
)
def test_a_letter_names_what_was_brought_and_tells_the_rights_of_a_complaint_to_no_other(
    app: Flask, cast: Cast, language: str, kind: Kind, subject: str, opening: str
) -> None:
    number = cast.complain(language=language).number
    cast.triage(number, kind=kind)
    cast.act("sari", number, lambda t, by: answering.answer_ticket(t, "Senin-Sabtu.", by=by))
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "surat"))
    assert form["subject"] == [f"{subject} {number}"]
    assert f"{opening} {number}, " in form["opening"][0]
    send(sari, act_url(number, "surat"))
    (letter,) = issued()
    said = words_of(sari.get(f"/kerja/surat/{letter.id}").get_data())
    assert "Senin-Sabtu." in said
    assert not [word for word in ("Ombudsman", "pengaduan ini", "this complaint") if word in said]


def test_what_we_asked_goes_out_as_a_letter_too(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    for text in ("Siapa nama petugasnya?", "Mohon fotokopi resepnya."):
        ask(cast, number, "sari", text)
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "surat"))
    assert form["subject"] == [f"Permintaan kelengkapan pengaduan nomor {number}"]
    assert "1. Siapa nama petugasnya?" in form["body"][0]
    assert "2. Mohon fotokopi resepnya." in form["body"][0]
    send(sari, act_url(number, "surat"))
    (letter,) = issued()
    assert (letter.kind, letter.fields["addressee"]["name"]) == ("request", "Wati")
    said = words_of(sari.get(f"/kerja/surat/{letter.id}").get_data())
    assert "Mohon dijawab paling lambat" in said
    assert "Ombudsman" not in said
    wati = came_by_link(app, cast, number)
    page = wati.get(f"/lacak/keluhan/{number}").get_data(as_text=True)
    assert f"/surat/{letter.id}" in page
    assert "Surat permintaan kelengkapan, 20 Nov 2026 (PDF)" in page, "told from the next one"


def test_a_request_stays_one_when_it_is_answered_while_it_is_written(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain().number
    cast.triage(number)
    ask(cast, number, "sari", "Siapa nama petugasnya?")
    sari, url = person(app, cast, "sari"), act_url(number, "surat")
    page = sari.get(url)
    assert f'formaction="{url}?jenis=kelengkapan"' in page.get_data(as_text=True)
    form, question = dict(form_in(page)), question_of(number, 0)
    as_complainant(number, lambda t, by: answer_question(t, question, "Bu Rina.", by=by))
    for _try in range(2):
        url_now = f"{url}?jenis=kelengkapan"
        page = sari.post(url_now, data=form, content_type="multipart/form-data")
        assert page.status_code == 409
        form = dict(form_in(page))
        assert form["body"] == ["Siapa nama petugasnya?"]
    said = page.get_data(as_text=True)
    assert "Surat permintaan kelengkapan</h1>" in said
    assert "Tidak ada lagi pertanyaan kepada pelapor" in said
    assert issued() == []


def test_an_answer_that_was_objected_to_goes_out_no_more(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum ada.", by=by))
    ask(cast, number, "sari", "Obat yang mana?")
    sari, url = person(app, cast, "sari"), act_url(number, "surat")
    page = sari.get(url).get_data(as_text=True)
    assert "jenis=kelengkapan" in page
    assert "jenis=jawaban" not in page
    send(sari, url)
    assert issued()[0].fields["objection"] == ""


def test_a_matter_of_others_is_referred_to_them(app: Flask, cast: Cast) -> None:
    number = cast.complain("Parkir dinas kota di depan RS mahal, lapor Budi 0812-3456-0172.").number
    cast.triage(number)
    redact = triage.redact_ticket
    cast.act("sari", number, lambda t, by: redact(t, "Parkir kota mahal.", [], by=by))
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "surat"))
    assert form["goes_to"] == ["other"]
    assert form["body"] == ["Parkir kota mahal."], "the copy without names"
    assert send(sari, act_url(number, "surat")).status_code == 422, "to whom?"
    theirs = send(sari, act_url(number, "surat"), goes_to="complainant", addressee="Wati")
    assert "instansi lain" in theirs.get_data(as_text=True)
    send(sari, act_url(number, "surat"), addressee="Dinas Perhubungan Kota Padang")
    (letter,) = issued()
    assert (letter.kind, letter.language) == ("referral", "id")
    said = words_of(sari.get(f"/kerja/surat/{letter.id}").get_data())
    assert f"Penerusan pengaduan nomor {number}" in said
    assert "Wati" not in said
    wati = came_by_link(app, cast, number)
    page = wati.get(f"/lacak/keluhan/{number}").get_data(as_text=True)
    assert "/surat/" not in page


def test_a_referral_names_nobody_who_wished_not_to_be_named(app: Flask, cast: Cast) -> None:
    text = "Parkir kota mahal. Wati, 0812-3456-0172"
    number = cast.complain(text, wish=Wish.CONFIDENTIAL).number
    cast.triage(number)
    sari, url = person(app, cast, "sari"), act_url(number, "surat")
    assert open_act(sari, url)["body"] == ["Parkir kota mahal. Wati, [HP]"]
    refused = send(sari, url, addressee="Dinas Perhubungan")
    assert refused.status_code == 422
    assert "Hapus nama Wati" in refused.get_data(as_text=True)
    assert issued() == []
    assert send(sari, url, addressee="Dinas", body="Parkir kota mahal.").status_code == 302


def test_numbers_begin_anew_with_the_year(app: Flask, cast: Cast, clock_hand: Any) -> None:
    number = answered(cast)
    sari = person(app, cast, "sari")
    send(sari, act_url(number, "surat"))
    clock_hand.move_to("2026-12-31T17:30:00+00:00")  # half past midnight in Jakarta
    sari = person(app, cast, "sari")
    send(sari, act_url(number, "surat"))
    assert [one.number for one in issued()] == [
        "0001/HM.02/RSIA-C/XI/2026",
        "0001/HM.02/RSIA-C/I/2027",
    ]
