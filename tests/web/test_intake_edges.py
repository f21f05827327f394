"""Is it here already, the slips of a box, and the way back for whoever lost PIN or link."""

from __future__ import annotations

import re
import statistics
import time
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import keys, resending
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.resending import LinkRequest
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.web.browsing import Browser, complain, plain, statements
from tests.web.workbench import Browser as Client
from tests.web.workbench import act_url, person, send

RECORD, BOX, LOST = "/kerja/catat", "/kerja/catat/kotak-saran", "/lacak/lupa"
SAID = "Obat sirup habis, disuruh beli di luar."
AGAIN = "Sirup kehabisan, kami disuruh membeli obat di luar."
PHONE = "0812-3456-0172"


def count(app: Flask, model: type = Ticket) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def sari(app: Flask, house: Cast, browser: Browser) -> Browser:
    house.sign_in(browser.client, "sari")
    return browser


@pytest.fixture
def known(app: Flask, house: Cast) -> str:
    with app.app_context():
        return house.complain(SAID).number


# --- is it here already? --------------------------------------------------------------------------


def test_while_typing_the_like_is_shown(app: Flask, sari: Browser, known: str) -> None:
    form = sari.open(RECORD).forms[RECORD]
    typed = {"csrf_token": form["csrf_token"], "text": AGAIN, "phone": PHONE, "wish": "biasa"}
    answer = sari.client.post(f"{RECORD}/mirip", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert known in page
    assert f'value="add:{known}"' in page
    nothing = sari.client.post(f"{RECORD}/mirip", data={**typed, "text": "Parkir", "phone": ""})
    assert nothing.get_data(as_text=True).strip() == ""
    assert sari.client.post(f"{RECORD}/mirip", data={"text": AGAIN}).status_code == 400


def test_typing_writes_nothing(app: Flask, sari: Browser, known: str) -> None:
    form = sari.open(RECORD).forms[RECORD]
    typed = {"csrf_token": form["csrf_token"], "text": AGAIN, "phone": PHONE}
    sari.client.post(f"{RECORD}/mirip", data=typed)
    with statements(app) as seen:
        sari.client.post(f"{RECORD}/mirip", data=typed)
    assert not [one for one in seen if one.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_before_recording_it_again_the_desk_is_asked_once(
    app: Flask, sari: Browser, known: str
) -> None:
    sari.open(RECORD)
    words = {"text": AGAIN, "phone": PHONE, "name": "Wati"}
    asked = sari.send(RECORD, files={"surat.jpg": jpeg()}, **words)
    assert (asked.status, count(app)) == (409, 1)
    assert known in asked.text
    kept = asked.forms[RECORD]
    assert (kept["text"].strip(), kept["phone"]) == (AGAIN, PHONE)
    assert "surat.jpg" in asked.text
    assert sari.send(RECORD).location == f"{RECORD}/selesai", "sent once more as it stands"
    assert count(app) == 2


@pytest.mark.parametrize("decision", ["new", "add"])
def test_the_desk_decides(app: Flask, sari: Browser, known: str, decision: str) -> None:
    sari.open(RECORD)
    sari.send(RECORD, files={"surat.jpg": jpeg()}, text=AGAIN, phone=PHONE)
    chosen = "new" if decision == "new" else f"add:{known}"
    twin = sari.twin()
    page = sari.send(RECORD, decision=chosen)
    twin.send(RECORD, decision=chosen)  # a double click
    if decision == "new":
        assert (page.location, count(app)) == (f"{RECORD}/selesai", 2)
        return
    assert (page.location, count(app)) == (f"/kerja/tiket/{known}", 1)
    with app.app_context():
        added = db.session.scalars(
            select(TicketEvent).where(TicketEvent.kind == "add_message")
        ).all()
        assert [event.text for event in added] == [AGAIN]
    assert "surat.jpg" in page.text


def test_a_double_click_is_not_taken_for_a_duplicate(app: Flask, sari: Browser) -> None:
    sari.open(RECORD)
    twin = sari.twin()
    words = {"text": AGAIN, "phone": PHONE, "name": "Wati"}
    for one in (sari, twin):
        assert one.send(RECORD, **words).location == f"{RECORD}/selesai"
    assert count(app) == 1


def test_who_may_not_see_it_is_not_asked(app: Flask, house: Cast, known: str) -> None:
    joko = Browser(app)
    house.sign_in(joko.client, "joko")
    joko.open(RECORD)
    assert joko.send(RECORD, text=SAID, phone=PHONE).location == f"{RECORD}/selesai"
    joko.open(RECORD)
    asked = joko.send(RECORD, text=AGAIN, phone=PHONE)
    assert asked.status == 409, "their own they are told of"
    assert known not in asked.text
    [own] = re.findall(r'value="(add:[^"]+)"', asked.text)
    assert joko.send(RECORD, decision=own).status == 200


def test_the_triage_page_and_the_ticket_show_them(app: Flask, cast: Cast) -> None:
    first, second = cast.complain(SAID).number, cast.complain(AGAIN).number
    secret = cast.complain(AGAIN, wish=Wish.CONFIDENTIAL).number
    cast.triage(secret, by="dimas", access=Access.RESTRICTED)
    sari = person(app, cast, "sari")
    for path in (act_url(second, "verifikasi"), f"/kerja/tiket/{second}"):
        page = sari.get(path).get_data(as_text=True)
        assert f"gabung?dengan={first}" in page
        assert f"gabung?dengan={secret}" not in page


# --- the same words from the same browser ---------------------------------------------------------


def test_back_button_and_the_same_words_are_one_complaint(app: Flask, browser: Browser) -> None:
    first = complain(browser)
    again = complain(browser, text="  obat sirup HABIS, disuruh beli di luar. ")
    assert (again.status, count(app)) == (409, 1)
    assert first.number in again.text
    page = browser.send("/keluhan")
    assert (page.status, count(app)) == (200, 2), "unless it happened again"
    assert page.number != first.number


def test_another_browser_learns_nothing(app: Flask, browser: Browser) -> None:
    complain(browser)
    assert complain(Browser(app)).status == 200
    assert count(app) == 2


def test_a_closed_device_remembers_nothing(app: Flask, browser: Browser) -> None:
    number = complain(browser).number
    browser.open(f"/lacak/keluhan/{number}")
    browser.send("/lacak/tutup")
    assert complain(browser).status == 200
    assert count(app) == 2


# --- the slips of a box ---------------------------------------------------------------------------


def test_good_slips_are_recorded_and_the_others_stay(app: Flask, sari: Browser) -> None:
    sari.open(BOX)
    slips = {
        "box": "Lobi utama",
        "slips__0__text": "Kamar mandi bau.",
        "slips__2__text": "Terima kasih, suster ramah.",
        "slips__2__kind": "praise",
        "slips__3__text": "Antre lama.",
        "slips__3__phone": "12",
        "slips__4__name": "Pak Amir",
    }
    page = sari.send(BOX, **slips)
    assert (page.status, count(app)) == (422, 2)
    left = page.forms[BOX]
    assert {left[name].strip() for name in left if name.endswith("-text")} == {"Antre lama.", ""}
    assert "Pak Amir" in left.values()
    phone = next(name for name in left if name.endswith("-phone") and left[name] == "12")
    name = next(name for name in left if left[name] == "Pak Amir")
    done = sari.send(
        BOX,
        **{phone.replace("-", "__"): "0812 3456 0172"},
        **{name.replace("-name", "-text").replace("-", "__"): "Kursi roda kurang."},
    )
    assert (done.status, count(app)) == (200, 4)
    assert len(re.findall(r"KLH-\d\d-\d{5}-\d</a>", done.text)) == 2
    with app.app_context():
        tickets = db.session.scalars(select(Ticket).order_by(Ticket.id)).all()
        assert {one.channel for one in tickets} == {"box"}
        assert [one.kind for one in tickets][:2] == ["complaint", "praise"]
        opened = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "open")).first()
        assert opened is not None
        assert opened.details["source"] == "Lobi utama"


def test_a_row_more_keeps_words_and_photo(app: Flask, sari: Browser) -> None:
    page = sari.open(BOX)
    sent = {**page.forms[BOX], "slips-0-text": "Bau.", "add": "1"}
    import io

    sent["slips-0-files"] = (io.BytesIO(jpeg()), "slip.jpg")  # type: ignore[assignment]
    more = sari.show(sari.client.post(BOX, data=sent))
    assert (more.status, count(app)) == (200, 0)
    assert len([name for name in more.forms[BOX] if name.endswith("-text")]) == 6
    assert "slip.jpg" in more.text
    sari.send(BOX)
    with app.app_context():
        event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "open")).one()
    assert event.text == ""
    assert count(app) == 1


def test_the_same_slips_sent_twice_are_recorded_once(app: Flask, sari: Browser) -> None:
    sari.open(BOX)
    twin = sari.twin()
    for one in (sari, twin):
        assert one.send(BOX, slips__0__text="Bau.", slips__1__text="Gelap.").status == 200
    assert count(app) == 2


def test_an_impossible_day_records_nothing(app: Flask, sari: Browser) -> None:
    sari.open(BOX)
    page = sari.send(BOX, opened_on="2999-01-01", slips__0__text="Bau.")
    assert (page.status, count(app)) == (422, 0)
    assert page.forms[BOX]["slips-0-text"].strip() == "Bau."
    assert sari.send(BOX, opened_on="2020-01-01").status == 422
    done = sari.send(BOX, late_reason="Kotak baru ditemukan.")
    assert (done.status, count(app)) == (200, 1)


def test_an_hour_still_to_come_is_refused_at_its_field(
    app: Flask, house: Cast, sari: Browser
) -> None:
    slip = "Antre lama di kasir, dan tidak ada kursi.\n" * 200
    with time_machine.travel(datetime(2026, 11, 20, 3, 0, tzinfo=UTC), tick=False):
        house.sign_in(sari.client, "sari")
        sari.open(BOX)
        page = sari.send(BOX, opened_on="2026-11-20", opened_time="23:59", slips__0__text=slip)
        assert (page.status, count(app)) == (422, 0)
        assert 'id="opened_time-err"' in page.text
        left = page.forms[BOX]
        assert left["slips-0-text"].split() == slip.split()
        assert (left["opened_on"], left["opened_time"]) == ("2026-11-20", "23:59")
        assert sari.send(BOX, opened_time="09:30").status == 200
    assert count(app) == 1


# --- the way back ---------------------------------------------------------------------------------


def outbox(app: Flask, event: str = "link_again") -> list[str]:
    with app.app_context():
        sent = select(OutboxMessage.address).where(OutboxMessage.event == event)
        return list(db.session.scalars(sent))


def answer_all(app: Flask) -> None:
    with app.app_context():
        while resending.answer_requests(clock.now()):
            pass


@pytest.mark.parametrize(
    ("contact", "sent"), [(PHONE, 1), ("+62 812 3456 0172", 1), ("0812-0000-0000", 0), ("x", 0)]
)
def test_the_link_goes_to_the_registered_contact_or_nowhere(
    app: Flask, browser: Browser, contact: str, sent: int
) -> None:
    number = complain(browser).number
    stranger = Browser(app)
    stranger.open(LOST)
    page = stranger.send(LOST, number=number, contact=contact)
    assert page.location == f"{LOST}/diminta"
    answer_all(app)
    assert outbox(app) == ["+6281234560172"] * sent
    assert count(app, LinkRequest) == 0


def test_right_wrong_and_unknown_are_answered_alike_at_the_same_cost(
    app: Flask, browser: Browser
) -> None:
    number = complain(browser).number
    stranger = Browser(app)
    answers, costs = set(), []
    for typed, contact in ((number, PHONE), (number, "0899-1111-2222"), ("KLH-26-00042-8", PHONE)):
        stranger.open(LOST)
        with statements(app) as seen:
            page = stranger.send(LOST, number=typed, contact=contact)
        answers.add((page.status, page.text, page.location))
        costs.append([one.partition("(")[0] for one in seen])
    assert len(answers) == 1
    assert costs[0] == costs[1] == costs[2]


def test_a_link_goes_at_most_three_times_a_day(app: Flask, browser: Browser) -> None:
    number = complain(browser).number
    stranger = Browser(app)
    for _ in range(5):
        stranger.open(LOST)
        stranger.send(LOST, number=number, contact=PHONE)
    answer_all(app)
    assert len(outbox(app)) == 3


def test_half_a_number_gets_a_hint(browser: Browser) -> None:
    browser.open(LOST)
    assert browser.send(LOST, number="KLH-26-1", contact=PHONE).status == 422


def test_the_desk_sends_the_link_to_no_other_contact(app: Flask, cast: Cast) -> None:
    number = cast.complain(SAID).number
    sari, url = person(app, cast, "sari"), act_url(number, "kirim-tautan")
    old = keys.link_token(cast.ticket(number))
    assert send(sari, url).status_code == 302
    assert Client(app).get(f"/k/{old}").status_code == 302
    assert send(sari, url, way="new").status_code == 302
    assert Client(app).get(f"/k/{old}").status_code == 404
    told = [m for m in messages_about("ticket", cast.ticket(number).id) if m.event == "link_again"]
    assert [one.address for one in told] == ["+6281234560172"] * 2
    assert send(sari, url).status_code == 302
    assert send(sari, url).status_code == 409, "three a day are enough"


def test_without_a_contact_there_is_nothing_to_send_to(app: Flask, cast: Cast) -> None:
    number = cast.complain(SAID, whatsapp="").number
    sari = person(app, cast, "sari")
    assert "kirim-tautan" not in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert send(sari, act_url(number, "kirim-tautan")).status_code == 409


def test_a_wrong_pin_and_an_unknown_number_cost_the_same(app: Flask, browser: Browser) -> None:
    """The same statements and much the same of the processor, which does not care how busy the machine is."""
    number = complain(browser).number
    app.config["RATELIMIT_ENABLED"] = False
    took: dict[str, list[float]] = {number: [], "KLH-26-00042-8": []}
    asked: dict[str, list[str]] = {}
    for _ in range(9):
        for typed, times in took.items():
            stranger = Browser(app)
            stranger.client.set_cookie("huruf", "biasa")
            stranger.open("/lacak")
            began = time.process_time()
            with statements(app) as seen:
                stranger.send("/lacak", number=typed, pin="000000")
            times.append(time.process_time() - began)
            asked[typed] = [one.split()[0] for one in seen]
    assert asked[number] == asked["KLH-26-00042-8"]
    one, other = (statistics.median(times) for times in took.values())
    assert abs(one - other) < 0.5 * max(one, other)


def test_plain_words_on_the_page(browser: Browser) -> None:
    assert "KLH-" in plain(browser.open(LOST).text)
