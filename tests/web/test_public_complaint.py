"""A complaint arrives: the public form, its number, and everything that could go wrong on the way."""

from __future__ import annotations

import gzip
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from helpdesk.letters.letter import Letter
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Access, Identity
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.web.browsing import Browser, complain, everything_stored, plain

NUMBER = re.compile(r"KLH-\d\d-\d{5}-\d")


FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def _tickets(app: Flask) -> list[Ticket]:
    with app.app_context():
        return list(db.session.scalars(select(Ticket).order_by(Ticket.id)))


def test_without_script_or_account_it_gets_a_number_and_a_pin(app: Flask, browser: Browser) -> None:
    page = complain(browser, place_text="Dekat kasir", when="today")
    assert page.status == 200
    assert page.location == "/keluhan/diterima"
    assert NUMBER.fullmatch(page.number)
    assert re.fullmatch(r"\d{6}", page.pin)
    assert 'role="img"' in page.text  # the QR code
    assert "https://wa.me/?text=" in page.text
    assert page.pin not in page.text.split("wa.me")[1].split('"')[0]
    (ticket,) = _tickets(app)
    assert ticket.text == "Obat sirup habis, disuruh beli di luar."
    assert (ticket.channel, ticket.reply_channel) == ("web", "whatsapp")
    assert ticket.reply_address == "+6281234560172"
    assert ticket.happened_on == ticket.received_on
    assert ticket.consented_at is not None


def test_what_is_hoped_for_is_on_ticket_receipt_and_track_page(
    app: Flask, house: Cast, browser: Browser
) -> None:
    page = complain(browser, remedy="Uang obat diganti.")
    with app.app_context():
        (receipt,) = db.session.scalars(select(Letter))
        assert receipt.fields["wish"] == "Uang obat diganti."
    assert "Uang obat diganti." in browser.open(f"/lacak/keluhan/{page.number}").text
    sari = house.sign_in(app.test_client(), "sari")
    assert "Uang obat diganti." in sari.get(f"/kerja/tiket/{page.number}").get_data(as_text=True)


def test_the_qr_poster_fills_in_the_place(app: Flask, house: Cast, browser: Browser) -> None:
    page = browser.open("/keluhan?tempat=farmasi")
    assert browser.last.forms["/keluhan"]["place_id"] == str(house.place_ids["farmasi"])
    assert 'class="place"' in page.text
    browser.send("/keluhan", text="Lama sekali.", consent="y")
    assert _tickets(app)[0].place_id == house.place_ids["farmasi"]
    assert browser.open("/keluhan?tempat=tidak-ada").status == 200


@pytest.mark.parametrize(
    ("when", "kept"), [("week", "16-11-2026 – 20-11-2026"), ("longer", "… – 15-11-2026")]
)
def test_when_it_was_is_kept_in_days_that_stay_true(
    app: Flask, browser: Browser, when: str, kept: str
) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        browser.open("/?bahasa=en")
        assert "This week" in browser.open("/keluhan").text
        complain(browser, when=when)
    assert _tickets(app)[0].happened_text == kept


def test_praise_is_thanked_for_and_promised_nothing(app: Flask, browser: Browser) -> None:
    page = complain(browser, text="Terima kasih suster.", kind="praise")
    assert "Apresiasi Anda kami terima" in page.text
    assert "Kami menjawab paling lambat" not in page.text
    assert "Keluhan Anda" not in plain(page.text)


def test_a_form_that_was_open_for_too_long_keeps_its_words_and_files(
    app: Flask, browser: Browser
) -> None:
    browser.open("/keluhan")
    typed = {"text": "Antre sejak jam tujuh.", "name": "Wati", "consent": "y"}
    form = browser.filled("/keluhan", {"antre.jpg": jpeg()}, typed)
    browser.client.delete_cookie("tanggap")
    page = browser.show(browser.client.post("/keluhan", data=form))
    assert page.status == 422
    assert "Halaman ini terbuka terlalu lama" in page.text
    assert _tickets(app) == []
    assert browser.send("/keluhan").number.startswith("KLH-")
    (ticket,) = _tickets(app)
    assert ticket.text == "Antre sejak jam tujuh."
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).all() == ["antre.jpg"]


def test_the_receipt_is_a_pdf_for_this_browser_alone(app: Flask, browser: Browser) -> None:
    complain(browser)
    pdf = browser.open("/keluhan/tanda-terima.pdf")
    assert pdf.body.startswith(b"%PDF")
    assert "attachment" in pdf.headers["Content-Disposition"]
    assert "sandbox" in pdf.headers["Content-Security-Policy"]
    assert Browser(app).open("/keluhan/tanda-terima.pdf").status == 404
    with app.app_context():
        letter = db.session.scalars(select(Letter)).one()
        assert "PIN" not in str(letter.fields)


def test_number_and_pin_are_shown_for_an_hour(browser: Browser) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        pin = complain(browser).pin
        journey.shift(timedelta(minutes=59))
        assert browser.open("/keluhan/diterima").pin == pin
        journey.shift(timedelta(minutes=2))
        assert browser.open("/keluhan/diterima").location == "/lacak"


def test_the_cookie_tells_nobody_the_pin(browser: Browser) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        page = complain(browser)
        assert page.number in str(browser.cookie), "the key to the complaint names it"
        assert page.pin not in str(browser.cookie)
        assert "handed_over" in browser.cookie
        journey.shift(timedelta(minutes=61))
        browser.open("/lacak")
        assert "handed_over" not in browser.cookie, "over, whichever page is opened"


# --- once ---------------------------------------------------------------------------------------


def test_the_same_form_again_is_the_same_ticket_with_the_same_pin(
    app: Flask, browser: Browser
) -> None:
    again = browser.twin()
    again.open("/keluhan")
    browser = again.twin()
    words = {"text": "Antre empat jam.", "consent": "y"}
    first, second = again.send("/keluhan", **words), browser.send("/keluhan", **words)
    assert (first.number, first.pin) == (second.number, second.pin)
    assert len(_tickets(app)) == 1


def test_a_double_click_is_one_ticket(app: Flask, browser: Browser) -> None:
    browser.open("/keluhan")
    clicks = [browser.twin() for _ in range(4)]
    together = Barrier(len(clicks))

    def click(one: Browser) -> tuple[str, str]:
        together.wait()
        page = one.send("/keluhan", text="Antre empat jam.", consent="y")
        return page.number, page.pin

    with ThreadPoolExecutor(len(clicks)) as pool:
        answers = set(pool.map(click, clicks))
    assert len(answers) == 1
    assert len(_tickets(app)) == 1


def test_other_words_under_the_same_form_may_become_a_message(app: Flask, browser: Browser) -> None:
    browser.open("/keluhan")
    back = browser.twin()
    number = browser.send("/keluhan", text="Antre empat jam.", consent="y").number
    page = back.send("/keluhan", text="Antre lima jam.", consent="y", files={"a.jpg": jpeg()})
    assert page.status == 409
    assert number in page.text
    back.send(f"/lacak/keluhan/{number}/pesan")
    assert back.last.status == 200
    assert len(_tickets(app)) == 1
    with app.app_context():
        event = db.session.scalars(
            select(TicketEvent).where(TicketEvent.kind == "add_message")
        ).one()
        assert event.text == "Antre lima jam."
        assert db.session.scalars(select(Attachment.event_id)).one() == event.id


def test_or_a_complaint_of_its_own(app: Flask, browser: Browser) -> None:
    browser.open("/keluhan")
    back = browser.twin()
    number = browser.send("/keluhan", text="Antre empat jam.", consent="y").number
    back.send("/keluhan", text="Toilet kotor.", consent="y", kind="suggestion")
    page = back.send("/keluhan")
    assert page.number != number
    assert [ticket.kind for ticket in _tickets(app)] == ["complaint", "suggestion"]


def test_another_browser_learns_nothing_by_the_key(app: Flask, browser: Browser) -> None:
    browser.open("/keluhan")
    key = browser.last.forms["/keluhan"]["once"]
    first = browser.send("/keluhan", text="Antre empat jam.", consent="y")
    stranger = Browser(app)
    stranger.open("/keluhan")
    page = stranger.send("/keluhan", text="Antre empat jam.", consent="y", once=key)
    assert page.status == 409
    assert first.number not in page.text
    assert first.pin not in page.text
    assert stranger.open("/keluhan/diterima").location == "/lacak"
    assert len(_tickets(app)) == 1


# --- refused ------------------------------------------------------------------------------------


def test_a_refused_form_keeps_every_word_and_every_file(app: Flask, browser: Browser) -> None:
    page = complain(browser, whatsapp="12", files={"kuitansi.jpg": jpeg(), "x.exe": b"MZ\0\1"})
    assert page.status == 422
    assert 'role="alert"' in page.text
    assert "kuitansi.jpg" in page.text
    assert page.forms["/keluhan"]["text"].strip() == "Obat sirup habis, disuruh beli di luar."
    assert not _tickets(app)
    page = browser.send("/keluhan", whatsapp="0812-3456-0172")
    assert page.location == "/keluhan/diterima"
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).all() == ["kuitansi.jpg"]


def test_a_kept_file_can_be_left_out(app: Flask, browser: Browser) -> None:
    page = complain(browser, consent="", files={"a.jpg": jpeg("red"), "b.jpg": jpeg("blue")})
    digests = re.findall(r'name="unwanted" value="([0-9a-f]{64})"', page.text)
    assert len(digests) == 2
    browser.send("/keluhan", consent="y", unwanted=digests[0])
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).all() == ["b.jpg"]


def test_kept_files_are_no_one_elses(app: Flask, browser: Browser) -> None:
    complain(browser, consent="", files={"a.jpg": jpeg()})
    stranger = Browser(app)
    stranger.open("/keluhan")
    key = browser.last.forms["/keluhan"]["once"]
    page = stranger.send("/keluhan", text="", once=key)
    assert "a.jpg" not in page.text


def test_more_files_than_are_taken_are_said_so(app: Flask, browser: Browser) -> None:
    files = {f"catatan-{number}.txt": f"Catatan {number}".encode() for number in range(6)}
    page = complain(browser, files=files)
    assert page.status == 422
    assert "Kirim paling banyak 5 berkas sekaligus." in plain(page.text)
    assert not _tickets(app)


def test_a_change_of_language_or_type_keeps_what_was_typed_and_chosen(
    app: Flask, browser: Browser
) -> None:
    """Without script; nothing is sent by it, and nothing that is missing yet is told."""
    browser.open("/keluhan")
    assert 'form="complaint" formaction="?bahasa=en"' in browser.last.text
    typed = browser.filled(
        "/keluhan", {"kuitansi.jpg": jpeg()}, {"text": "Antre.", "wish": "rahasia"}
    )
    page = browser.show(browser.client.post("/keluhan?bahasa=en", data=typed))
    assert (page.status, page.headers["Set-Cookie"].split(";")[0]) == (200, "bahasa=en")
    assert '<html lang="en"' in page.text
    assert "kuitansi.jpg" in page.text
    assert 'role="alert"' not in page.text
    typed = browser.filled("/keluhan", None, {"name": "Wati"})
    page = browser.show(browser.client.post("/keluhan?huruf=besar", data=typed))
    assert '<html lang="en" class="public besar"' in page.text
    assert not _tickets(app)
    kept = page.forms["/keluhan"]
    assert (kept["text"].strip(), kept["wish"], kept["name"]) == ("Antre.", "rahasia", "Wati")
    assert browser.send("/keluhan", consent="y").location == "/keluhan/diterima"
    with app.app_context():
        assert db.session.scalars(select(Attachment.name)).all() == ["kuitansi.jpg"]


def test_what_cannot_be_kept_over_a_change_of_language_is_said(browser: Browser) -> None:
    browser.open("/keluhan")
    typed = browser.filled("/keluhan", {"x.exe": b"MZ\0\1"}, {"text": "Antre."})
    page = browser.show(browser.client.post("/keluhan?bahasa=en", data=typed))
    assert "x.exe:" in page.text
    assert page.forms["/keluhan"]["text"].strip() == "Antre."


def test_a_voice_message_alone_is_enough(app: Flask, browser: Browser) -> None:
    page = complain(browser, text="", files={"suara.ogg": b"OggS" + bytes(60)})
    assert page.location == "/keluhan/diterima", plain(page.text)[:800]


def test_nothing_at_all_is_not(browser: Browser) -> None:
    assert complain(browser, text="  ").status == 422


def test_what_is_missing_is_told_at_once_and_in_the_order_of_the_form(browser: Browser) -> None:
    page = complain(browser, text=" ", consent="")
    summary = page.text.split('class="summary"')[1].split("</section>")[0]
    assert re.findall(r'href="#(\w+)"', summary) == ["text", "consent"]


@pytest.mark.parametrize(
    "typed",
    [
        {"text": "a\x00b\ud800c"},
        {"text": "😀" * 5000},
        {"text": "x" * 100_000},
        {"text": "x" * 100_001},
        {"name": "N" * 5000},
        {"name": "\x00"},
        {"happened_on": "31-02-2026"},
        {"happened_on": "0001-01-01"},
        {"happened_on": "9999-12-31"},
        {"when": "someday"},
        {"place_id": "999999"},
        {"place_id": "1; DROP TABLE"},
        {"place_text": "p" * 200},
        {"kind": "love letter"},
        {"wish": ""},
        {"email": "a@" + "b" * 300 + ".id"},
        {"email": "\u0000@x"},
        {"whatsapp": "٠٨١٢٣٤٥٦٠١٧٢"},
        {"phone": "+" * 39},
        {"affected_record": "RM " + "9" * 40},
        {"once": "../../etc/passwd"},
        {"once": ""},
        {"csrf_token": "no"},
    ],
    ids=lambda typed: next(iter(typed)),
)
def test_nonsense_is_answered_with_a_page(browser: Browser, typed: dict[str, str]) -> None:
    browser.open("/keluhan")
    words = {"text": "Obat habis.", "consent": "y", **typed}
    data = {**browser.last.forms["/keluhan"], **words}
    body = {key: value.encode("utf-8", "surrogatepass") for key, value in data.items()}
    answer = browser.client.post("/keluhan", data=body)
    assert answer.status_code in (200, 302, 400, 422)


def test_a_robot_is_thanked_and_forgotten(app: Flask, browser: Browser) -> None:
    assert complain(browser, website="https://spam.example").status == 200
    assert not _tickets(app)


def test_too_many_from_one_address_rest(browser: Browser) -> None:
    browser.open("/keluhan")
    assert [browser.send("/keluhan", text="").status for _ in range(10)] == [422] * 10
    with_words = browser.send("/keluhan", text="Obat sirup habis, dan kami disuruh beli di luar.")
    assert with_words.status == 429
    assert "datang ke loket pengaduan" in with_words.text
    assert "Obat sirup habis, dan kami disuruh" in with_words.text
    assert 0 < int(with_words.headers["Retry-After"]) <= 60
    assert browser.open("/keluhan").status == 200


def test_refused_forms_do_not_shut_out_a_whole_hospital(app: Flask, browser: Browser) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        browser.open("/keluhan")
        for _ in range(40):
            assert browser.send("/keluhan", text="").status == 422
            journey.shift(timedelta(seconds=20))
        assert complain(Browser(app)).status == 200


def test_what_one_address_may_complain_in_an_hour_is_bounded(app: Flask, house: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        for number in range(30):
            assert complain(Browser(app), text=f"Keluhan ke-{number}.").status == 200
            journey.shift(timedelta(seconds=20))
        late = complain(Browser(app))
        assert (late.status, late.headers["Retry-After"]) == (429, str(60 * 60 - 30 * 20))
        assert re.search(r"\b50 (menit|minutes)", plain(late.text)), "what is said is true"
        journey.shift(timedelta(minutes=50))
        assert complain(Browser(app)).status == 200


# --- who may know -------------------------------------------------------------------------------


def test_of_nobody_nothing_is_stored(app: Flask, browser: Browser) -> None:
    page = complain(
        browser,
        wish="anonim",
        consent="",
        name="Zubaidah Xylo",
        whatsapp="0819-8765-4321",
        email="zubaidah@example.com",
        affected_name="Quirina",
        affected_relation="keponakan",
        affected_record="77-88-99",
    )
    assert page.location == "/keluhan/diterima"
    assert "wa.me" not in page.text
    assert 'role="img"' not in page.text
    (ticket,) = _tickets(app)
    assert ticket.identity == Identity.ANONYMOUS
    with app.app_context():
        stored = str(everything_stored())
    words = ("Zubaidah", "Xylo", "zubaidah", "Quirina", "keponakan")
    figures = ("8765-4321", "1987654321", "77-88-99", "778899")
    for secret in (*words, *figures):
        assert secret not in stored, secret


def test_a_confidential_one_is_restricted_from_the_first_moment(
    app: Flask, house: Cast, browser: Browser
) -> None:
    complain(browser, wish="rahasia")
    (ticket,) = _tickets(app)
    assert (ticket.identity, ticket.access) == (Identity.WITHHELD, Access.RESTRICTED)


def test_consent_is_asked_of_everybody_who_has_a_name(browser: Browser) -> None:
    assert complain(browser, consent="").status == 422


def test_a_photograph_forgets_where_it_was_taken(app: Flask, browser: Browser) -> None:
    complain(browser, files={"rumah.jpg": jpeg()})
    with app.app_context():
        file = db.session.scalars(select(Attachment)).one()
        assert file.original_digest is None
        assert not get_storage().exists(file.received_digest)
        with get_storage().open(file.shown_digest) as stored:
            assert not Image.open(io.BytesIO(stored.read())).getexif()


# --- the pages themselves -----------------------------------------------------------------------


def test_looking_changes_nothing(app: Flask, browser: Browser) -> None:
    number = complain(browser).number
    with app.app_context():
        before = everything_stored()
    for path in (
        "/", "/keluhan", "/keluhan?tempat=farmasi", "/keluhan/diterima", "/keluhan/tanda-terima.pdf",
        "/lacak", "/lacak/keluhan", f"/lacak/keluhan/{number}", "/hak-pelapor", "/pelindungan-data",
        f"/lacak/keluhan/{number}/tanda-terima.pdf",
    ):  # fmt: skip
        assert browser.open(path).status == 200, path
    with app.app_context():
        after = everything_stored()
    before.pop("rate_hits")
    after.pop("rate_hits")
    assert after == before


def test_a_first_visit_weighs_little(app: Flask, browser: Browser) -> None:
    for path in ("/", "/keluhan", "/lacak"):
        page = browser.open(path)
        weight = len(gzip.compress(page.body))
        for address in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text)):
            answer = browser.client.get(address, headers={"Accept-Encoding": "gzip"})
            weight += len(answer.get_data())
        assert weight <= 100_000, path


def test_before_setup_the_first_page_still_opens(app: Flask) -> None:
    assert Browser(app).open("/").status == 200


def test_no_ticket_without_its_number(app: Flask, browser: Browser) -> None:
    """What a refused unit of work leaves behind: no row, no gap in the numbers."""
    complain(browser, text="")
    first = complain(browser)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert "-00001-" in first.number
