"""On a Sunday somebody writes of a danger to life: they are told whom to call at once, and the desk is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.organisation import Organisation
from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.states import Channel, Grade, Kind
from helpdesk.tickets.ticket import Ticket
from tests.intake.mailing import arrive, compose
from tests.support.cast import Cast
from tests.tickets.steps import clocks_of, row_of
from tests.web.browsing import Browser, complain, plain

SUNDAY = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 21.00 WIB
CRY = "TOLONG istri saya pendarahan hebat habis lahiran, harus bagaimana ini"
DESK = ("sari", "dimas", "ratih")
MARK = "Darurat?"


@pytest.fixture(autouse=True)
def sunday() -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=False):
        yield


@pytest.fixture
def with_numbers(app: Flask, house: Cast) -> Cast:
    """The house has said what to do in an emergency."""

    def unit() -> None:
        here = db.session.get_one(Organisation, 1)
        here.emergency_phone, here.emergency_id = "0751 118", "Langsung ke IGD atau telepon"

    with app.app_context():
        unit_of_work(unit)
    return house


def told(number: str, event: str = "sounds_urgent") -> set[int | None]:
    messages = messages_about("ticket", row_of(number).id)
    return {one.recipient_id for one in messages if one.event == event}


def lines(page: str) -> list[str]:
    """The rows of a list, as they stand."""
    return page.split('<tr role="row"')[2:]


def test_the_web_form_gives_the_number_and_says_whom_to_call(
    app: Flask, with_numbers: Cast, browser: Browser
) -> None:
    page = complain(browser, text=CRY)
    assert page.location == "/keluhan/diterima"
    words = plain(page.text)
    assert "Ini terdengar seperti keadaan darurat." in words
    assert "Langsung ke IGD atau telepon" in words
    assert 'href="tel:0751118"' in page.text
    assert 'href="tel:119"' in page.text
    with app.app_context():
        assert told(page.number) == {with_numbers.user_ids[name] for name in DESK}
        (triage,) = clocks_of(page.number, "triage")
        assert triage.due_at == clock.now() + timedelta(hours=1)


def test_calm_words_raise_no_alarm(app: Flask, with_numbers: Cast, browser: Browser) -> None:
    page = complain(browser)
    assert "darurat" not in plain(page.text)
    with app.app_context():
        assert told(page.number) == set()
        assert clocks_of(page.number, "triage")[0].due_at > clock.now() + timedelta(hours=9)


def test_it_leads_the_lists_with_words_until_somebody_grades_it(
    app: Flask, house: Cast, browser: Browser
) -> None:
    with app.app_context():
        before = house.complain().number
        number = house.complain(CRY).number
    house.sign_in(browser.client, "sari")
    for path in ("/kerja", "/kerja?tampilan=semua"):
        first, second = lines(browser.open(path).text)
        assert (number in first, MARK in first) == (True, True)
        assert (before in second, MARK in second) == (True, False)
    assert number not in browser.open("/kerja?tampilan=milik-saya").text
    assert "Ini terdengar seperti keadaan darurat." in browser.open(f"/kerja/tiket/{number}").text
    with app.app_context():
        house.triage(number)
    assert MARK not in browser.open("/kerja?tampilan=semua").text
    assert "keadaan darurat" not in browser.open(f"/kerja/tiket/{number}").text


def test_at_the_counter_the_officer_reads_whom_to_call(
    app: Flask, with_numbers: Cast, browser: Browser
) -> None:
    with_numbers.sign_in(browser.client, "joko")
    browser.open("/kerja/catat")
    page = browser.send("/kerja/catat", text=CRY)
    assert page.number.startswith("KLH-")
    assert "Langsung ke IGD atau telepon 119 · 0751 118" in plain(page.text)
    with app.app_context():
        assert told(page.number) == {with_numbers.user_ids[name] for name in DESK}


def test_by_email_the_receipt_says_whom_to_call(app: Flask, with_numbers: Cast) -> None:
    with app.app_context():
        row = arrive(compose("Mohon bantuan.", subject="Istri saya pendarahan"))
        ticket = db.session.get_one(Ticket, row.ticket_id)
        assert ticket.sounds_urgent
        messages = messages_about("ticket", ticket.id)
        (receipt,) = (one for one in messages if one.recipient_kind == "complainant")
        assert receipt.event == "received_urgent"
        assert receipt.values["emergency"] == "Langsung ke IGD atau telepon 119 / 0751 118"


def test_on_whatsapp_the_receipt_stays_the_one_that_its_provider_knows(
    app: Flask, house: Cast
) -> None:
    with app.app_context():
        ticket_id = house.complain(CRY).ticket.id
        receipts = select(OutboxMessage.event).where(
            OutboxMessage.subject_id == ticket_id, OutboxMessage.recipient_kind == "complainant"
        )
        assert db.session.scalars(receipts).all() == ["received"]


def test_a_conversation_that_has_called_the_desk_does_not_call_it_twice(
    app: Flask, house: Cast
) -> None:
    with app.app_context():
        number = house.complain(CRY, channel=Channel.WHATSAPP, facts={"is_told": True}).number
        assert row_of(number).sounds_urgent
        assert told(number) == set()


def test_praise_and_what_is_solved_wait_for_nobody(app: Flask, house: Cast) -> None:
    with app.app_context():
        praise = house.complain("Terima kasih, pendarahan saya cepat ditolong.", kind=Kind.PRAISE)
        assert (praise.ticket.sounds_urgent, told(praise.number)) == (False, set())


@pytest.mark.parametrize(("who", "grade"), [("joko", Grade.RED), ("sari", Grade.GREEN)])
def test_what_was_done_on_the_spot_silences_only_what_is_closed_there(
    app: Flask, house: Cast, who: str, grade: Grade
) -> None:
    with app.app_context():
        by = house.actor(who)
        said = Submission(
            text=CRY,
            channel=Channel.COUNTER,
            solution="Dibawa ke IGD.",
            grade=grade,
            recorded_by_id=by.user_id,
        )
        admitted = unit_of_work(lambda: admit(said, by=by))
        is_open = grade is Grade.RED
        assert (admitted.ticket.is_open, admitted.ticket.sounds_urgent) == (is_open, is_open)
        assert bool(told(admitted.number)) is is_open


def test_of_a_confidential_one_the_message_says_nothing_more(app: Flask, house: Cast) -> None:
    with app.app_context():
        number = house.complain(CRY, wish=Wish.CONFIDENTIAL).number
        assert told(number) == {house.user_ids[name] for name in DESK}
        messages = messages_about("ticket", row_of(number).id)
        values = [one.values for one in messages if one.event == "sounds_urgent"]
        assert all(set(each) == {"organisation", "number", "link"} for each in values)
