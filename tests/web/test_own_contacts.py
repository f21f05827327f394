"""How the complainant is reached, on the page of the complaint: shown masked, put right without a script."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.postman import Undelivered
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.undelivered import note_undelivered
from tests.support.cast import Cast
from tests.web.browsing import Browser, complain, plain, statements
from tests.web.workbench import person


def _path(number: str) -> str:
    return f"/lacak/keluhan/{number}"


def _contacts(number: str) -> str:
    return f"{_path(number)}/kontak"


def _comes_back(app: Flask) -> None:
    def unit() -> None:
        receipt = db.session.scalars(select(OutboxMessage)).one()
        note_undelivered(Undelivered(receipt, "131026", is_address_dead=True))

    with app.app_context():
        unit_of_work(unit)


def test_a_wrong_number_is_put_right_on_the_page(app: Flask, house: Cast, browser: Browser) -> None:
    number = complain(browser, whatsapp="0812-3456-0127", email="wati@example.org").number
    with statements(app) as before:
        page = browser.open(_path(number))
    assert "Cara kami menghubungi Anda" in page.text
    page = browser.open(_contacts(number))
    assert "0812-••••-0127" in page.text
    assert "w•••@example.org" in page.text
    assert "tidak sampai" not in page.text
    assert "wati@example.org" not in page.text.replace("w•••@", "")
    _comes_back(app)
    with statements(app) as after:
        page = browser.open(_path(number))
    assert len(before) == len(after)
    assert "Pesan terakhir kami tidak sampai kepada Anda." in plain(page.text)
    action = _contacts(number)
    assert f'href="{action}"' in page.text
    assert "Pesan kami ke sini tidak sampai" in plain(browser.open(action).text)
    page = browser.send(action, whatsapp="0812-3456")
    assert page.status == 422
    assert 'id="whatsapp-err"' in page.text
    assert page.forms[action]["whatsapp"] == "0812-3456"
    again = browser.twin()
    for one in (browser, again):  # a double click
        page = one.send(action, whatsapp="0812 3456 0172")
        assert page.status == 200
        assert "nomor dan PIN Anda tetap berlaku" in page.text
    assert "0812-••••-0172" in browser.open(action).text
    with app.app_context():
        (ticket,) = db.session.scalars(select(Ticket)).all()
        assert ticket.reply_address == "+6281234560172"
        kinds = db.session.scalars(select(TicketEvent.kind)).all()
        assert kinds.count("change_contacts") == 1
    desk = person(app, house, "sari").get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "0812-••••-0127 → 0812-••••-0172" in plain(desk)


def test_a_contact_is_taken_away_and_the_anonymous_are_asked_for_none(browser: Browser) -> None:
    number = complain(browser, email="wati@example.org").number
    browser.open(_contacts(number))
    first = browser.filled(_contacts(number), None, {"remove": "email"})
    browser.show(browser.client.post(_contacts(number), data=first))
    page = browser.open(_contacts(number))
    assert "w•••@example.org" not in page.text
    assert "0812-••••-0172" in page.text
    browser.send(_contacts(number), whatsapp="0812 3456 0127")
    page = browser.show(browser.client.post(_contacts(number), data=first))
    assert page.location == _path(number), "an old form that comes once more shuts nobody out"
    assert page.status == 200
    page = browser.open(_contacts(number))
    assert "0812-••••-0127" in page.text
    page = browser.send(_contacts(number))
    assert page.status == 422
    assert "Tidak ada yang diubah." in page.text
    nobody = complain(browser, text="Toilet kotor.", wish="anonim").number
    assert "/kontak" not in browser.open(_path(nobody)).text
    page = browser.open(_contacts(nobody))
    assert "tidak dapat diubah lagi" in plain(page.text)
