"""Files from outside are examined by a real clamd: what is closed meanwhile and for ever, and what goes on anyway."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader
from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.housekeeping import keep_house
from helpdesk.intake import examining
from helpdesk.intake.examining import examine_due, take_up_older
from helpdesk.intake.whatsapp import contents
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.clients.clamd import Clamd, TooLarge
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.examined_files import ExaminedFile, want_examined
from helpdesk.lib.heartbeats import all_beats
from helpdesk.lib.storage import get_storage
from helpdesk.lib.uploads import COMPLAINANT, EVIDENCE, Received, receive
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets import keys
from helpdesk.tickets.dispositions import UnitAnswer, submit_answer
from helpdesk.tickets.records import Attachment
from helpdesk.tickets.states import Root
from helpdesk.tickets.undelivered import note_undelivered
from helpdesk.tickets.writing import write_to_complainant
from helpdesk.web.admin.part import Part
from helpdesk.web.admin.scanner_parts import parts_of_scanner
from helpdesk.worker import JOBS, run_job
from tests.intake.mailing import arrive, compose
from tests.messaging.post import set_up
from tests.support.cast import Cast
from tests.support.clamd import EICAR, FOUND, INFECTED, TAKES_UP_TO, PrivateClamd
from tests.support.files import jpeg, words_on
from tests.support.machine import need
from tests.support.queries import counted
from tests.support.smtp import PostOffice
from tests.tickets.steps import dispose, work_of
from tests.web import browsing
from tests.web.test_case_file import make
from tests.web.workbench import Browser, act_url, person

CLEAN = b"%PDF-1.4\n% surat rujukan"
WAITS, FOUND_IN = "Berkas ini sedang", "ditemukan program jahat"

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture(scope="session")
def running_clamd() -> Iterator[PrivateClamd]:
    """Debian's scanner, started once in every process that runs tests."""
    need("clamd")
    scanner = PrivateClamd.start()
    yield scanner
    scanner.stop()


@pytest.fixture
def clamd(app: Flask, running_clamd: PrivateClamd) -> PrivateClamd:
    """The scanner at work, in the settings of the house."""
    running_clamd.run()
    use_scanner(app, running_clamd.address)
    return running_clamd


def use_scanner(app: Flask, address: str) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], clamd=address)


def taken(content: bytes, name: str = "surat.pdf") -> Received:
    return receive(content, name, purpose=COMPLAINANT)


def attachments() -> list[Attachment]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def examined() -> list[ExaminedFile]:
    db.session.rollback()
    return list(db.session.scalars(select(ExaminedFile).order_by(ExaminedFile.id)))


def page(client: Any, url: str) -> str:
    answer = client.get(url, follow_redirects=True)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def tracker(app: Flask, cast: Cast, number: str) -> Browser:
    """Whoever complained, with the page open."""
    token = unit_of_work(lambda: keys.link_token(cast.ticket(number)))
    browser = Browser(app)
    assert browser.get(f"/k/{token}").status_code == 302
    return browser


def test_a_file_waits_and_is_open_once_nothing_was_found(
    app: Flask, cast: Cast, clamd: PrivateClamd
) -> None:
    sari = person(app, cast, "sari")
    theirs = browsing.Browser(app)
    large = CLEAN + bytes(TAKES_UP_TO)
    sent = {"obat.jpg": jpeg(), "jahat.pdf": INFECTED, "besar.pdf": large}
    number = browsing.complain(theirs, files=sent).number
    good, bad, _large = attachments()
    assert page(sari, f"/kerja/tiket/{number}").count(WAITS) == 3
    assert theirs.open(f"/lacak/keluhan/{number}").text.count(WAITS) == 3
    for file in (good, bad):
        assert sari.get(f"/kerja/berkas/{file.id}").status_code == 423
        assert theirs.open(f"/lacak/berkas/{file.id}").status == 423

    assert examine_due(clock.now()) == 3
    ticket_page, track_page = (
        page(sari, f"/kerja/tiket/{number}"),
        theirs.open(f"/lacak/keluhan/{number}").text,
    )
    assert WAITS not in ticket_page + track_page
    assert f"{FOUND_IN} ({FOUND})" in ticket_page
    assert "mohon kirimkan lagi" in track_page
    assert FOUND not in track_page
    assert "terlalu besar untuk diperiksa" in ticket_page
    assert (state(app).is_well, state(app).state) == (False, "1 file too large")
    assert [one.look_at is not None for one in examined()] == [False, False, True], "tried again"
    assert f"/kerja/berkas/{good.id}/gambar" in ticket_page
    assert sari.get(f"/kerja/berkas/{good.id}/gambar").status_code == 200
    assert theirs.open(f"/lacak/berkas/{good.id}").status == 200
    refused = sari.get(f"/kerja/berkas/{bad.id}")
    assert refused.status_code == 423
    assert FOUND in refused.get_data(as_text=True)
    with get_storage().open(bad.shown_digest) as kept:
        assert kept.read() == INFECTED, "it is evidence"
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "malware_found"))
    assert (entry.subject_kind, entry.subject_id) == ("ticket", bad.ticket_id)
    assert entry.details == {"found": FOUND}
    assert FOUND in page(person(app, cast, "ayu"), "/admin/jejak-audit")


@pytest.mark.engines("sqlite")
def test_no_door_hands_out_what_something_was_found_in(
    app: Flask, cast: Cast, clamd: PrivateClamd
) -> None:
    """Of evidence the copy that we drew ourselves is closed too: nobody need judge what is in it."""
    number = cast.complain(files=[taken(INFECTED)]).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    photo = receive(jpeg() + EICAR, "bukti.jpg", purpose=EVIDENCE)
    answer = UnitAnswer(findings="Etiket diganti.", root_cause=Root.PEOPLE)
    cast.act(
        "budi",
        number,
        lambda t, by: submit_answer(work_of(t, by), answer, by=by, evidence=[photo]),
    )
    assert photo.original_digest != photo.shown_digest
    visitors = [person(app, cast, name) for name in ("sari", "budi", "tono", "hanifah")]
    work_id = cast.ticket(number).dispositions[0].id
    assert WAITS in page(visitors[0], act_url(number, "setujui", work_id))
    examine_due(clock.now())
    doors = [
        rule.rule.replace("<int:file_id>", str(file.id))
        for rule in app.url_map.iter_rules()
        for file in attachments()
        if "GET" in (rule.methods or ()) and rule.arguments == {"file_id"}
    ]
    assert len(doors) == 10
    visitors.append(tracker(app, cast, number))
    answers = [visitor.get(door).status_code for visitor in visitors for door in doors]
    assert set(answers) == {302, 404, 423}
    assert answers.count(423) > 10
    paper = make(visitors[0], number).get_data()
    assert words_on(paper).count(f"({FOUND})") == 2
    assert not [picture for sheet in PdfReader(io.BytesIO(paper)).pages for picture in sheet.images]


def test_without_the_scanner_everything_goes_on_but_the_files(
    app: Flask, cast: Cast, clamd: PrivateClamd, traveller: time_machine.Traveller
) -> None:
    clamd.kill()
    look = job(app, examining.WATCH_JOB)
    number = cast.complain(files=[taken(CLEAN)]).number
    cast.triage(number)
    (file,) = attachments()
    sari = person(app, cast, "sari")
    for minutes in range(0, 16, 3):
        assert examine_due(clock.now()) == 0
        assert not look()
        assert bool(told()) == (minutes > 10)
        assert sari.get(f"/kerja/berkas/{file.id}").status_code == 423
        traveller.shift(timedelta(minutes=3))
    assert told() == ["scanner_unreachable"]
    assert state(app).state == "No answer for 18 minutes"
    (waiting,) = examined()
    assert waiting.tries == 6
    assert waiting.look_at is not None

    clamd.run()
    assert look()
    assert look()
    assert told() == ["scanner_unreachable", "scanner_recovered"]
    assert examine_due(clock.now()) == 1
    assert sari.get(f"/kerja/berkas/{file.id}").status_code == 200
    assert (state(app).is_well, state(app).state) == (True, "In order")


def test_a_scanner_that_answers_and_examines_nothing_is_told_too(
    app: Flask, cast: Cast, clamd: PrivateClamd, traveller: time_machine.Traveller
) -> None:
    use_scanner(app, clamd.port_address)
    look = job(app, examining.WATCH_JOB)
    with clamd.without_a_place_to_write():
        assert not look()
        traveller.shift(timedelta(minutes=11))
        assert not look()
    assert told() == ["scanner_unreachable"]
    assert look()


def test_a_file_that_is_out_of_reach_for_a_moment_stays_closed(
    app: Flask, cast: Cast, clamd: PrivateClamd, traveller: time_machine.Traveller
) -> None:
    cast.complain(files=[taken(CLEAN)])
    (file,) = attachments()
    sari = person(app, cast, "sari")
    path = get_storage().path(file.shown_digest)
    aside = path.rename(path.with_suffix(".aside"))
    assert examine_due(clock.now()) == 0
    aside.rename(path)
    assert sari.get(f"/kerja/berkas/{file.id}").status_code == 423
    traveller.shift(timedelta(minutes=1))
    assert examine_due(clock.now()) == 1
    assert sari.get(f"/kerja/berkas/{file.id}").status_code == 200


def job(app: Flask, name: str) -> Callable[[], bool]:
    """Let it have a turn; did it go well?"""
    (wanted,) = (one for one in JOBS if one.name == name)
    return lambda: run_job(app, wanted)


def told() -> list[str]:
    db.session.rollback()
    about = OutboxMessage.subject_kind == "scanner"
    return list(db.session.scalars(select(OutboxMessage.event).where(about)))


def state(app: Flask) -> Part:
    with app.test_request_context("/"), force_locale("en"):
        (part,) = parts_of_scanner(clock.now())
        return part


@pytest.mark.engines("sqlite")
def test_an_email_as_it_came_is_examined_with_its_files(
    app: Flask, cast: Cast, clamd: PrivateClamd
) -> None:
    bad = arrive(compose(files=[("jahat.pdf", INFECTED)]))
    good = arrive(compose("Terima kasih sebelumnya.", files=[("rujukan.pdf", CLEAN)]))
    sari = person(app, cast, "sari")
    assert sari.get(f"/kerja/surel/{good.id}/asli.eml").status_code == 423
    assert examine_due(clock.now()) == 4
    assert sari.get(f"/kerja/surel/{good.id}/asli.eml").status_code == 200
    refused = sari.get(f"/kerja/surel/{bad.id}/asli.eml")
    assert refused.status_code == 423
    assert EICAR[:20] not in refused.get_data()
    acts = list(db.session.scalars(select(AuditEntry.act)))
    assert acts.count("mail_downloaded") == 1, "nobody took along what was refused"
    mail_page = page(sari, f"/kerja/surel/{bad.id}")
    assert FOUND_IN in mail_page
    assert "asli.eml" not in mail_page
    assert "Obat sirup habis" in mail_page, "the words are read all the same"
    assert [one.verdict for one in examined()].count("found") == 2


@pytest.mark.engines("sqlite")
def test_a_letter_of_ours_goes_once_its_files_were_examined(
    app: Flask, cast: Cast, clamd: PrivateClamd, traveller: time_machine.Traveller
) -> None:
    office = PostOffice().start()
    try:
        set_up(office)
        number = cast.complain(whatsapp="", email="wati@example.org").number
        for content in (CLEAN, INFECTED):
            files = [taken(content)]
            cast.act(
                "sari",
                number,
                lambda t, by, f=files: write_to_complainant(t, "Ini.", by=by, files=f),
            )
        sent = postman.deliver_due(clock.now(), when_failed=note_undelivered)
        assert (sent.sent, sent.delayed) == (1, 2)  # only the receipt
        assert "masih diperiksa" in page(person(app, cast, "ayu"), "/admin/kotak-keluar")
        examine_due(clock.now())
        traveller.shift(timedelta(minutes=2))
        sent = postman.deliver_due(clock.now(), when_failed=note_undelivered)
        assert (sent.sent, sent.failed) == (1, 1)
        assert all(EICAR not in mail.raw for mail in office.taken)
        ticket_page = page(person(app, cast, "sari"), f"/kerja/tiket/{number}")
        assert "Tidak dikirim: di dalam salah satu berkasnya" in ticket_page
    finally:
        office.stop()


@pytest.mark.engines("sqlite")
def test_in_a_talk_on_whatsapp_the_file_waits_too(
    app: Flask, cast: Cast, clamd: PrivateClamd, chat: Any
) -> None:
    rina = chat.person("Rina")
    rina.sends("document")
    said = db.session.scalars(select(WhatsAppMessage)).one().id
    received = taken(INFECTED)

    def unit() -> None:
        one = db.session.get_one(WhatsAppMessage, said)
        one.media_state, one.media, one.look_at = contents.TAKEN, contents.as_facts(received), None
        one.shown_digest, one.original_digest = received.shown_digest, received.original_digest
        want_examined((received.shown_digest,))

    unit_of_work(unit)
    sari = person(app, cast, "sari")
    talk = f"/kerja/percakapan/{rina.conversation.id}"
    assert WAITS in page(sari, talk)
    examine_due(clock.now())
    assert FOUND_IN in page(sari, talk)
    assert sari.get(f"{talk}/berkas/{said}").status_code == 423


def test_what_came_before_the_scanner_stays_open_until_something_is_found(
    app: Flask, cast: Cast, running_clamd: PrivateClamd
) -> None:
    """And is closed for ever then, also when the scanner is taken away again."""
    numbers = [cast.complain(files=[taken(one)]).number for one in (INFECTED, CLEAN)]
    arrive(compose("Sudah lama."))
    sari = person(app, cast, "sari")
    with counted() as asked:
        page(sari, f"/kerja/tiket/{numbers[1]}")
        with_one = len(asked)
        page(sari, f"/kerja/tiket/{numbers[1]}")
    assert sum("examined_files" in one for one in asked.statements) <= 1, "once in a process"
    assert len(asked) - with_one <= with_one
    assert examine_due(clock.now()) == 0

    running_clamd.run()
    use_scanner(app, running_clamd.address)
    take_up_older(clock.now())
    bad, good = attachments()
    assert [one.digest for one in examined()][:2] == [good.shown_digest, bad.shown_digest]
    assert len(examined()) == 3
    assert sari.get(f"/kerja/berkas/{bad.id}").status_code == 200
    assert examine_due(clock.now()) == 3
    assert sari.get(f"/kerja/berkas/{bad.id}").status_code == 423
    take_up_older(clock.now())
    assert examine_due(clock.now()) == 0, "each content once"
    cast.complain(files=[taken(CLEAN)])
    assert sari.get(f"/kerja/berkas/{attachments()[-1].id}").status_code == 200

    assert run_job(app, next(one for one in JOBS if one.name == examining.WATCH_JOB))
    use_scanner(app, "")
    app.extensions.pop("files that something was found in", None)
    assert FOUND_IN in page(sari, f"/kerja/tiket/{numbers[0]}")
    assert sari.get(f"/kerja/berkas/{bad.id}").status_code == 423
    keep_house(clock.now())
    assert not set(examining.JOBS) & {one.job for one in all_beats()}


def test_the_scanner_may_listen_on_a_port(running_clamd: PrivateClamd) -> None:
    running_clamd.run()
    scanner = Clamd(running_clamd.port_address)
    assert scanner.found_in(io.BytesIO(INFECTED)) == FOUND
    assert scanner.found_in(io.BytesIO(CLEAN)) == ""
    with pytest.raises(TooLarge):
        scanner.found_in(io.BytesIO(bytes(2 * TAKES_UP_TO)))


@pytest.mark.parametrize("said", [b"stream:  FOUND\0", b"no clamd "], ids=["no name", "no end"])
def test_nonsense_is_no_verdict(said: bytes) -> None:
    with answering(said) as address, pytest.raises(WireFault):
        Clamd(address).found_in(io.BytesIO(CLEAN))


@contextmanager
def answering(said: bytes) -> Iterator[str]:
    """Something on a port that says this to whoever comes, again and again as long as somebody listens."""

    def say_on() -> None:
        wire, _address = listener.accept()
        with wire, suppress(OSError):
            while True:
                wire.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        speaker = threading.Thread(target=say_on)
        speaker.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        speaker.join()
