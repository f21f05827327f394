"""The page of a ticket: one next act, the person masked, confidential reading noted, nothing that is not yours."""

from __future__ import annotations

import io
import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.lib.uploads import Received
from helpdesk.tickets import answering, follow_ups, questions, triage
from helpdesk.tickets.dispositions import accept_disposition
from helpdesk.tickets.moves import MOVES, Move
from helpdesk.tickets.records import Attachment
from helpdesk.tickets.states import Access, Channel, Grade, Identity, Kind
from helpdesk.web.staff import meanwhile
from helpdesk.web.staff.next_act import WAYS, methods_of
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import (
    approve,
    as_complainant,
    dispose,
    send_back,
    submit,
    sweep,
)
from tests.tickets.test_merging import merge
from tests.web.browsing import plain
from tests.web.workbench import person

pytestmark = pytest.mark.usefixtures("traveller")


def body(client: FlaskClient, number: str) -> str:
    answer = client.get(f"/kerja/tiket/{number}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def main_act(page: str) -> str:
    """Where the one main button of the next act leads, without the ticket's own address."""
    part = page.split('class="nextact"')[1].split("</section>")[0].split("<details")[0]
    found = re.search(r'(?:href|action)="/kerja/tiket/[^/]+/([^"]+)"', part)
    return re.sub(r"disposisi/\d+/", "", found[1]) if found else ""


def acts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = select(AuditEntry.act, AuditEntry.actor_label).order_by(AuditEntry.id)
        return [(act, who) for act, who in db.session.execute(rows)]


def photograph(name: str = "foto.jpg") -> Received:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(drawn, "JPEG")
    digest = get_storage().put(drawn.getvalue())
    return Received(digest, digest, "image/jpeg", name, 300, digest)


def test_one_next_act_leads_through_the_whole_way(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    sari, budi = person(app, cast, "sari"), person(app, cast, "budi")
    assert main_act(body(sari, number)) == "verifikasi"
    cast.triage(number)
    assert main_act(body(sari, number)) == "disposisi"
    dispose(cast, number, "farmasi")
    assert main_act(body(sari, number)) == ""
    assert main_act(body(budi, number)) == "terima"
    cast.act("budi", number, lambda t, by: accept_disposition(t.dispositions[0], by=by))
    assert main_act(body(budi, number)) == "jawaban"
    submit(cast, number, "budi")
    assert main_act(body(budi, number)) == ""
    assert main_act(body(sari, number)) == "setujui"
    approve(cast, number)
    assert main_act(body(sari, number)) == "jawaban-akhir"
    cast.act("sari", number, lambda t, by: answering.answer_ticket(t, "Sudah ada.", by=by))
    assert main_act(body(sari, number)) == ""


def test_a_return_is_told_with_its_reason(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    send_back(cast, number, "budi")
    assert "Bukan tugas kami." in body(person(app, cast, "sari"), number)


def test_every_act_that_is_offered_has_a_page(app: Flask, cast: Cast) -> None:
    missing = [way.endpoint for way in WAYS.values() if not methods_of(way.endpoint)]
    assert missing == []
    by_people = {move for move, rule in MOVES.items() if rule.needs or rule.or_unit}
    composed = {"note", "interim_reply", "ask"}
    # the counter, the answer written down, and what stands with each instruction
    elsewhere = {"open", "solve", "report_solved", "reply_to_question"}
    elsewhere |= {"acknowledge_instruction", "answer_instruction"}
    elsewhere |= {"absorb", "let_go", "news"}  # what merging does to the other ticket
    elsewhere |= {"copy"}  # goes out with the dispositions
    elsewhere |= {"other_wrote", "link"}  # what came by mail
    elsewhere |= {"send_again"}  # beside the message that failed
    assert {str(move) for move in by_people - set(WAYS)} == composed | elsewhere


def test_the_place_is_told_as_exactly_as_it_was_given(app: Flask, cast: Cast) -> None:
    place_id = cast.place_ids["farmasi"]
    number = cast.complain(place_id=place_id, place_text="Kamar 305 lantai 3").number
    assert "<dd>Farmasi rawat jalan, Kamar 305 lantai 3</dd>" in body(
        person(app, cast, "sari"), number
    )


def test_a_letter_key_only_opens_a_page_and_is_in_the_list_of_keys(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    page = body(person(app, cast, "budi"), number)
    assert main_act(page) == "terima"
    assert not re.findall(r"<button[^>]*data-key", page)
    assert not [move for move, way in WAYS.items() if way.at_once and way.key]
    listed = set(re.findall(r"<dt><kbd>(.+?)</kbd></dt>", page))
    assert {way.key for way in WAYS.values() if way.key} <= listed
    assert "data-keys-off" in page


def test_every_kind_of_event_has_its_words(app: Flask) -> None:
    for move in MOVES:
        assert app.jinja_env.get_template(f"timeline/{move}.html")
        assert move in meanwhile.WORDS or move is Move.OPEN, move


def test_the_story_of_a_long_case_is_told(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    regrade, reclassify = triage.regrade_ticket, triage.reclassify_ticket
    cast.act("sari", number, lambda t, by: regrade(t, Grade.RED, "Membahayakan.", by=by))
    facts = {"category_id": None, "kind": Kind.SUGGESTION, "title": "Stok obat"}
    cast.act("sari", number, lambda t, by: reclassify(t, **facts, by=by))
    cast.act("dimas", number, lambda t, by: triage.take_ticket(t, by=by))
    dispose(cast, number, "farmasi")
    cast.act("sari", number, lambda t, by: questions.ask_complainant(t, "Kapan?", by=by))
    as_complainant(number, lambda t, by: questions.add_message(t, "Kemarin pagi.", by=by))
    cast.act("sari", number, lambda t, by: follow_ups.write_note(t, "Telepon sore.", by=by))
    page = body(person(app, cast, "sari"), number)
    for words in (
        "Membahayakan.",
        "Stok obat",
        "Dimas Putra",
        "Kapan?",
        "Kemarin pagi.",
        "Telepon sore.",
    ):
        assert words in page, words
    body(person(app, cast, "budi"), number)


# ---------------------------------------------------------------- the person


def test_the_complainant_is_masked_and_shown_in_full_only_when_noted(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain(name="Dewi Anggraini").number
    sari = person(app, cast, "sari")
    page = body(sari, number)
    assert "Dewi A•••" in page
    assert "0812-••••-0172" in page
    assert "Anggraini" not in page
    form = {"csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0]}
    shown = sari.post(f"/kerja/tiket/{number}/pelapor", data=form)
    assert shown.status_code == 200
    assert "Dewi Anggraini" in shown.get_data(as_text=True)
    assert "+6281234560172" in shown.get_data(as_text=True)
    assert acts(app)[-1] == ("reveal_complainant", "Sari Dewi")
    assert "Anggraini" not in body(sari, number)


def test_units_never_learn_who_asked_for_confidentiality(app: Flask, cast: Cast) -> None:
    number = cast.complain(name="Dewi Anggraini").number
    cast.triage(number, identity=Identity.WITHHELD)
    dispose(cast, number, "farmasi")
    budi = person(app, cast, "budi")
    page = body(budi, number)
    assert "Dewi A" not in page
    assert "0172" not in page
    form = {"csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0]}
    assert budi.post(f"/kerja/tiket/{number}/pelapor", data=form).status_code == 403


def test_leadership_reads_everything_but_the_person(app: Flask, cast: Cast) -> None:
    number = cast.complain(name="Dewi Anggraini").number
    cast.triage(number)
    page = body(person(app, cast, "hanifah"), number)
    assert "Dewi A" not in page
    assert "0172" not in page
    assert main_act(page) == "arahan"


# ---------------------------------------------------------------- confidential reading


def test_reading_a_restricted_ticket_is_noted_and_an_ordinary_one_is_not(
    app: Flask, cast: Cast
) -> None:
    ordinary = cast.complain().number
    restricted = cast.complain("Soal uang.", wish=Wish.CONFIDENTIAL).number
    cast.triage(restricted, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]])
    ratih, dimas = person(app, cast, "ratih"), person(app, cast, "dimas")
    before = len(acts(app))
    body(ratih, ordinary)
    assert len(acts(app)) == before
    assert "Soal uang." in body(ratih, restricted)
    assert acts(app)[before:] == [("read_restricted", "Ratih Kusuma")]
    assert dimas.get(f"/kerja/tiket/{restricted}").status_code == 404
    assert len(acts(app)) == before + 1


# ---------------------------------------------------------------- files


def test_files_are_downloads_and_pictures_may_be_looked_at(app: Flask, cast: Cast) -> None:
    number = cast.complain(files=[photograph()]).number
    file_id = db.session.scalars(select(Attachment.id)).one()
    sari = person(app, cast, "sari")
    assert f"/kerja/berkas/{file_id}" in body(sari, number)
    answer = sari.get(f"/kerja/berkas/{file_id}")
    assert answer.headers["Content-Disposition"] == "attachment; filename=foto.jpg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    looked_at = sari.get(f"/kerja/berkas/{file_id}/gambar")
    assert looked_at.headers["Content-Disposition"] == "inline"
    assert "sandbox" in looked_at.headers["Content-Security-Policy"]
    assert sari.get(f"/kerja/berkas/{file_id}/asli").status_code == 200
    assert acts(app)[-1] == ("read_original", "Sari Dewi")
    tono = person(app, cast, "tono")
    for way in ("", "/gambar", "/asli"):
        assert tono.get(f"/kerja/berkas/{file_id}{way}").status_code == 404


@pytest.mark.parametrize("name", ["sari", "budi", "hanifah"])
def test_the_number_of_queries_does_not_grow(app: Flask, cast: Cast, name: str) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", "keuangan")
    asked = []
    for count in (0, 25):
        for _ in range(count):
            cast.act("sari", number, lambda t, by: follow_ups.write_note(t, "Catatan", by=by))
            cast.complain()  # other complaints of the same person
        client = person(app, cast, name)
        with counted() as queries:
            body(client, number)
        asked.append(len(queries))
        assert len(queries) <= 15, str(queries)
    assert asked[0] == asked[1]


def test_the_ladder_says_whom_it_told_of_which_unit(app: Flask, cast: Cast) -> None:
    number = cast.complain(channel=Channel.COUNTER).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    with time_machine.travel("2026-12-10T03:00:00+00:00", tick=False):
        sweep()
        words = plain(_read(app, cast, number))
    assert "Pimpinan diberi tahu: jawaban terlambat" in words
    assert "Kepala unit diberi tahu: jawaban unit (Farmasi) terlambat" in words


def test_what_was_taken_down_at_the_counter_was_received_at_the_counter(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain(channel=Channel.COUNTER).number
    assert "Diterima di loket" in plain(_read(app, cast, number))


def _read(app: Flask, cast: Cast, number: str) -> str:
    return person(app, cast, "sari").get(f"/kerja/tiket/{number}").get_data(as_text=True)


def test_what_follows_a_confidential_case_is_noted_as_read_too(app: Flask, cast: Cast) -> None:
    lead, second = (
        cast.complain(text, wish=Wish.CONFIDENTIAL, name=name, whatsapp=number).number
        for text, name, number in (
            ("Perawat memukul pasien.", "Ani", "081399990001"),
            ("Perawat memukul ibu saya.", "Tuti", "081399990002"),
        )
    )
    for number in (lead, second):
        cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]])
    ids = [cast.ticket(number).id for number in (lead, second)]
    merge(cast, second, lead)
    assert "memukul ibu saya" in body(person(app, cast, "ratih"), lead)
    with app.app_context():
        read = select(AuditEntry.subject_id).where(
            AuditEntry.act == "read_restricted", AuditEntry.actor_id == cast.user_ids["ratih"]
        )
        assert sorted(db.session.scalars(read)) == sorted(ids)


def test_other_complaints_of_the_same_name_and_number_are_named(app: Flask, cast: Cast) -> None:
    first = cast.complain("AC mati.").number
    second = cast.complain("Antrean lama.", email="wati@example.org").number
    cast.complain("Parkir penuh.", name="Budi")  # the family shares a telephone
    page = body(person(app, cast, "sari"), second)
    named = page.split("Pengaduan lain" if "Pengaduan lain" in page else "Keluhan lain")[1]
    assert f"/kerja/tiket/{first}" in named.split("</dl>")[0]
    assert named.split("</dl>")[0].count("/kerja/tiket/") == 1
