"""The case file: each reader's own copy, noted when it is made, a long one by the worker."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit.trail import AuditEntry
from helpdesk.housekeeping import keep_house
from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.lib.uploads import COMPLAINANT
from helpdesk.tickets import access, answering, case_files, follow_ups, merging, questions
from helpdesk.tickets.amending import amend_ticket
from helpdesk.tickets.case_files import CaseFileOrder, build_due
from helpdesk.tickets.dispositions import Instruction, UnitAnswer, dispose_ticket, submit_answer
from helpdesk.tickets.own_contacts import change_contacts
from helpdesk.tickets.states import Access, Channel, Grade
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import redact_ticket
from tests.support.cast import Cast
from tests.support.files import photograph
from tests.tickets.steps import as_complainant
from tests.web.workbench import person


def a_case(cast: Cast, **facts: Any) -> str:
    """A complaint with a picture that was redacted, answered by one unit and still at work in another."""
    photos = [photograph(purpose=COMPLAINANT)]
    number = cast.complain("Perawat Ani menyuruh saya pulang.", files=photos, **facts).number
    cast.triage(number, Grade.YELLOW)
    cast.act("sari", number, lambda t, by: redact_ticket(t, "Seorang perawat ...", (), by=by))
    orders = [Instruction(unit_id=cast.unit_ids[one]) for one in ("farmasi", "keuangan")]
    cast.act("sari", number, lambda t, by: dispose_ticket(t, orders, by=by))
    answer = UnitAnswer(findings="Tagihan sudah dikoreksi.", draft_answer="Mohon maaf.")
    cast.act("tono", number, lambda t, by: submit_answer(t.dispositions[1], answer, by=by))
    cast.act("sari", number, lambda t, by: questions.ask_complainant(t, "Kapan itu?", by=by))
    cast.act("sari", number, lambda t, by: answering.reply_interim(t, "Kami periksa.", by=by))
    cast.act(
        "sari",
        number,
        lambda t, by: follow_ups.write_note(t, "Hanya kami.", by=by, for_care_only=True),
    )
    return number


def make(browser: FlaskClient, number: str) -> Any:
    page = browser.get(f"/kerja/tiket/{number}/berkas-kasus")
    assert page.status_code == 200, page.get_data(as_text=True)[:500]
    token = page.get_data(as_text=True).split('name="csrf_token"')[1].split('value="')[1]
    return browser.post(
        f"/kerja/tiket/{number}/berkas-kasus", data={"csrf_token": token.split('"')[0]}
    )


def words_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def made_by(app: Flask, cast: Cast, name: str, number: str) -> str:
    answer = make(person(app, cast, name), number)
    assert answer.mimetype == "application/pdf", answer.get_data(as_text=True)[:800]
    return words_of(answer.get_data())


@pytest.mark.engines("sqlite")
def test_each_reader_gets_their_own_copy_tagged(app: Flask, cast: Cast) -> None:
    """Customer care everything, a unit the units' copy, leadership no complainant."""
    number = a_case(cast, channel=Channel.LAPOR, origin_number="8312345")
    pdf = make(person(app, cast, "sari"), number).get_data()
    must_be_tagged(PdfReader(io.BytesIO(pdf)))
    said = words_of(pdf)
    for words in (
        number, "Perawat Ani", "Seorang perawat", "Wati", "Tagihan sudah dikoreksi.",
        "Kapan itu?", "Kami periksa.", "Hanya kami.", "Farmasi", "Keuangan", "SP4N-LAPOR! no. 8312345",
    ):  # fmt: skip
        assert words in said, words
    assert "(JPEG)" in said
    assert "image/" not in said
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "export_case_file")).one()
    assert entry.actor_id == cast.user_ids["sari"]
    said = made_by(app, cast, "budi", number)
    assert "Seorang perawat" in said
    for words in ("Perawat Ani", "Wati", "0172", "Tagihan sudah dikoreksi.", "Hanya kami."):
        assert words not in said, words
    said = made_by(app, cast, "hanifah", number)
    assert "Tagihan sudah dikoreksi." in said
    assert "Wati" not in said


def must_be_tagged(reader: PdfReader) -> None:
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "id"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert "KLH-" in str(reader.metadata.title)


@pytest.mark.engines("sqlite")
def test_whoever_wished_not_to_be_named_is_not_named(app: Flask, cast: Cast) -> None:
    number = a_case(cast, wish=Wish.CONFIDENTIAL, name="Rosmawati", origin_number="8312354")
    right = {"origin_number": "8312345"}
    cast.act("sari", number, lambda t, by: amend_ticket(t, right, by=by))
    mail = {"email": "rosma@example.org"}
    as_complainant(number, lambda t, by: change_contacts(t, mail, by=by))
    said = made_by(app, cast, "sari", number)
    for words in ("Rosmawati", "8312354", "8312345", "0172", "example.org"):
        assert words not in said, words


def test_who_read_a_confidential_case_is_for_supervisors(app: Flask, cast: Cast) -> None:
    number = cast.complain("Ada pungutan.").number
    readers = [cast.user_ids["ratih"], cast.user_ids["sari"]]
    cast.triage(number, access=Access.RESTRICTED, reader_ids=readers)
    person(app, cast, "sari").get(f"/kerja/tiket/{number}")
    heading = "Siapa saja yang membaca kasus rahasia ini"
    assert heading in made_by(app, cast, "ratih", number)
    assert heading not in made_by(app, cast, "sari", number)


def test_nobody_makes_one_of_what_is_not_theirs(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    browser = person(app, cast, "tono")
    assert browser.get(f"/kerja/tiket/{number}/berkas-kasus").status_code == 404
    assert browser.post(f"/kerja/tiket/{number}/berkas-kasus").status_code in (400, 404)


def test_the_days_of_its_history_stand_on_one_line(app: Flask, cast: Cast) -> None:
    number = cast.complain("Antre lama.").number
    said = "Kami sudah bertanya kepada semua petugas yang berjaga. " * 5
    cast.act("sari", number, lambda t, by: follow_ups.write_note(t, said, by=by))
    answer = make(person(app, cast, "sari"), number)
    history = PdfReader(io.BytesIO(answer.get_data())).pages[-1].extract_text()
    assert re.search(r"^\d+ \w{3} \d{4}$", history, re.MULTILINE)


@pytest.fixture
def _long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is a long one."""
    monkeypatch.setattr(case_files, "DRAWN_AT_ONCE", 0)


@pytest.mark.usefixtures("_long")
def test_a_long_one_is_built_by_the_worker(app: Flask, cast: Cast) -> None:
    number = a_case(cast)
    sari = person(app, cast, "sari")
    assert make(sari, number).status_code == 302
    assert make(sari, number).status_code == 302  # asked twice, built once
    order = db.session.scalars(select(CaseFileOrder)).one()
    waiting = sari.get(f"/kerja/berkas-kasus/{order.id}/kemajuan").get_data(as_text=True)
    assert "0 %" in waiting
    assert sari.get(f"/kerja/berkas-kasus/{order.id}").status_code == 404
    assert build_due(clock.now()) == 1
    assert build_due(clock.now()) == 0
    page = sari.get(f"/kerja/tiket/{number}/berkas-kasus").get_data(as_text=True)
    assert f"/kerja/berkas-kasus/{order.id}" in page
    pdf = sari.get(f"/kerja/berkas-kasus/{order.id}")
    assert "Perawat Ani" in words_of(pdf.get_data())
    assert person(app, cast, "dimas").get(f"/kerja/berkas-kasus/{order.id}").status_code == 404


def test_what_was_redacted_since_is_not_handed_out(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_files, "DRAWN_AT_ONCE", 0)
    number = cast.complain("Perawat Ani menyuruh saya pulang.").number
    cast.triage(number, Grade.YELLOW)
    orders = [Instruction(unit_id=cast.unit_ids["farmasi"])]
    cast.act("sari", number, lambda t, by: dispose_ticket(t, orders, by=by))
    budi = person(app, cast, "budi")
    assert make(budi, number).status_code == 302
    assert build_due(clock.now()) == 1
    order = db.session.scalars(select(CaseFileOrder)).one()
    address = f"/kerja/berkas-kasus/{order.id}"
    cast.act("sari", number, lambda t, by: follow_ups.write_note(t, "Sudah saya telepon.", by=by))
    # What else happened is no matter
    assert "Perawat Ani" in words_of(budi.get(address).get_data())
    cast.act("sari", number, lambda t, by: redact_ticket(t, "Seorang perawat ...", (), by=by))
    refused = budi.get(address)
    assert (refused.status_code, refused.mimetype) == (409, "text/html")
    assert "Mintalah berkas kasus sekali lagi" in refused.get_data(as_text=True)


def followed_by(cast: Cast, number: str) -> str:
    """Somebody else's complaint, with a picture, that is joined to *number*."""
    photos = [photograph(purpose=COMPLAINANT)]
    second = cast.complain("Saya Rina, disuruh pulang juga.", name="Rina", files=photos).number

    def verb(ticket: Ticket, by: Actor) -> None:
        leading = access.find_to_change(by, number)
        merging.merge_ticket(ticket, leading, "Sama.", by=by, unit_text="Disuruh pulang juga.")

    cast.act("sari", second, verb)
    return second


def test_what_was_joined_is_on_paper_as_on_the_page(app: Flask, cast: Cast) -> None:
    number = a_case(cast)
    second = followed_by(cast, number)
    whole = made_by(app, cast, "sari", number)
    for words in (second, "Saya Rina, disuruh pulang juga.", "Perawat Ani", "Wati"):
        assert words in whole, words
    copy = made_by(app, cast, "budi", number)
    assert "Disuruh pulang juga." in copy
    assert "Rina" not in copy
    assert "Perawat Ani" not in made_by(app, cast, "sari", second).replace(number, "")


@pytest.mark.usefixtures("_long")
def test_the_worker_builds_that_of_joined_complaints_too(app: Flask, cast: Cast) -> None:
    number = a_case(cast)
    second = followed_by(cast, number)
    for one in (number, second):
        make(person(app, cast, "sari"), one)
    assert build_due(clock.now()) == 2


@pytest.mark.usefixtures("_long")
def test_it_is_thrown_away_after_a_day(app: Flask, cast: Cast) -> None:
    make(person(app, cast, "sari"), a_case(cast))
    build_due(clock.now())
    digest = db.session.scalars(select(CaseFileOrder.pdf_digest)).one()
    assert digest
    assert get_storage().exists(digest)
    keep_house(clock.now() + timedelta(hours=25))
    assert db.session.scalars(select(CaseFileOrder)).all() == []
    assert not get_storage().exists(digest)


@pytest.mark.usefixtures("_long")
@pytest.mark.parametrize("fault", [OSError("disk full"), SystemExit("killed: out of memory")])
def test_what_cannot_be_built_is_given_up(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    number = a_case(cast)
    sari = person(app, cast, "sari")
    make(sari, number)

    def fail(*_: object, **__: object) -> bytes:
        raise fault

    monkeypatch.setattr(case_files, "draw_case_file", fail)
    for minutes in range(0, 100, 20):
        with clock.standing_at(clock.now() + timedelta(minutes=minutes)), suppress(SystemExit):
            build_due(clock.now())
    order = db.session.scalars(select(CaseFileOrder)).one()
    assert order.failures == case_files.MOST_FAILURES
    assert not order.is_waiting
