"""Calling a complainant whom no message reaches: from the ticket to the page and back."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.reaching import Why, want_call
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.tickets.steps import ask, dispose
from tests.web.workbench import act_url, person, send

CALL = "telepon"

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    """Of somebody who is to be called, and at whom a unit works."""
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    cast.act("sari", number, lambda ticket, _by: unread(ticket))
    return number


def unread(ticket: Ticket) -> None:
    receipt = messages_about("ticket", ticket.id)[0]
    want_call(ticket, receipt, Why.UNREAD, by=Actor.system())


def test_the_ticket_asks_for_the_call_until_it_is_noted(
    app: Flask, cast: Cast, number: str
) -> None:
    sari, url = person(app, cast, "sari"), act_url(number, CALL)
    assert f'href="{url}"' in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "0812-••••-0172" in sari.get(url).get_data(as_text=True)
    assert send(sari, url, outcome="reached", text="Sudah saya jelaskan.").status_code == 302
    ticket = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "Sudah saya jelaskan." in ticket
    assert f'href="{url}"' not in ticket


def test_whoever_calls_reads_what_was_asked(app: Flask, cast: Cast, number: str) -> None:
    ask(cast, number, "budi", "Jam berapa obatnya diambil?")
    page = person(app, cast, "sari").get(act_url(number, CALL)).get_data(as_text=True)
    assert "belum menjawab pertanyaan kami" in page
    assert "Jam berapa obatnya diambil?" in page


def test_who_was_not_reached_is_called_again(app: Flask, cast: Cast, number: str) -> None:
    sari, url = person(app, cast, "sari"), act_url(number, CALL)
    assert send(sari, url, outcome="not_reached", text="").status_code == 302
    assert f'href="{url}"' in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)


def test_nobody_is_asked_to_call_who_need_not_be_called(app: Flask, cast: Cast) -> None:
    other = cast.complain(whatsapp="", name="Wati").number
    page = person(app, cast, "sari").get(act_url(other, CALL))
    assert page.status_code == 409
    assert "tidak perlu ditelepon" in page.get_data(as_text=True)


def test_a_call_without_a_word_is_refused_and_what_was_chosen_stays(
    app: Flask, cast: Cast, number: str
) -> None:
    sari, url = person(app, cast, "sari"), act_url(number, CALL)
    refused = send(sari, url, outcome="impossible", text="  ")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert 'aria-invalid="true"' in page
    assert 'checked id="outcome-2"' in page
    assert cast.ticket(number).call_wanted_at == clock.now()


@pytest.mark.parametrize("who", ["budi", "hanifah", "ayu", "joko"])
def test_only_customer_care_calls(app: Flask, cast: Cast, number: str, who: str) -> None:
    stranger, url = person(app, cast, who), act_url(number, CALL)
    assert stranger.get(url).status_code in (403, 404)
    seen = stranger.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert url not in seen


def test_nobody_is_called_for_whom_no_call_is_wanted(app: Flask, cast: Cast) -> None:
    other = cast.complain(name="Tini", whatsapp="0812-3456-0173").number
    sari = person(app, cast, "sari")
    assert act_url(other, CALL) not in sari.get(f"/kerja/tiket/{other}").get_data(as_text=True)
