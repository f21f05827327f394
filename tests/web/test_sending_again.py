"""Trying again on the pages: a message that failed, and a receipt that was held back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.undelivered import note_undelivered
from tests.intake.mailing import arrive, compose, have_mailbox
from tests.intake.mailing import number as number_of
from tests.messaging.post import set_up
from tests.support.cast import Cast
from tests.support.smtp import PostOffice
from tests.web.workbench import act_url, open_act, person, tokenless

WATI = "wati@example.org"

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> Iterator[str]:
    """Of somebody whose server does not know them: the receipt has failed."""
    office = PostOffice().start()
    set_up(office)
    number = cast.complain(whatsapp="", email=WATI).number
    office.answers.recipients[WATI] = "550 5.1.1 No such user"
    postman.deliver_due(clock.now(), when_failed=note_undelivered)
    yield number
    office.stop()


def sent_to(address: str = WATI) -> list[OutboxMessage]:
    db.session.rollback()
    wanted = select(OutboxMessage).where(OutboxMessage.address == address)
    return list(db.session.scalars(wanted.order_by(OutboxMessage.id)))


def test_from_the_ticket_to_the_message_and_again(app: Flask, cast: Cast, number: str) -> None:
    sari = person(app, cast, "sari")
    (failed,) = sent_to()
    page = act_url(number, f"pesan/{failed.id}")
    assert f'href="{page}"' in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    url = f"{page}/kirim-ulang"
    assert f'href="{url}"' in sari.get(page).get_data(as_text=True)
    unsure = open_act(sari, url)
    refused = sari.post(url, data=unsure)
    assert (refused.status_code, len(sent_to())) == (422, 1)
    assert sari.post(url, data=unsure | {"is_sure": "y"}).status_code == 302
    assert [one.status for one in sent_to()] == ["failed", "queued"]
    assert f'href="{url}"' not in sari.get(page).get_data(as_text=True)
    told = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert 'id="alamat-mati"' not in told


@pytest.mark.parametrize("who", ["budi", "hanifah", "joko", "ayu"])
def test_it_is_for_customer_care(app: Flask, cast: Cast, number: str, who: str) -> None:
    (failed,) = sent_to()
    client = tokenless(app, cast, who)
    url = act_url(number, f"pesan/{failed.id}/kirim-ulang")
    assert client.get(url).status_code in (403, 404)
    assert client.post(url, data={"is_sure": "y"}).status_code in (403, 404)
    assert len(sent_to()) == 1


def test_the_administrator_tries_again_in_the_outbox(app: Flask, cast: Cast, number: str) -> None:
    (failed,) = sent_to()
    ayu = tokenless(app, cast, "ayu")
    page = f"/admin/kotak-keluar/{failed.id}"
    assert f'action="{page}/kirim-ulang"' in ayu.get(page).get_data(as_text=True)
    ayu.post(f"{page}/kirim-ulang")
    assert len(sent_to()) == 1, "the address is doubted, and nobody made sure"
    answer = ayu.post(f"{page}/kirim-ulang", data={"is_sure": "y"})
    assert answer.headers["Location"].endswith(f"/{sent_to()[1].id}")
    ayu.post(f"{page}/kirim-ulang", data={"is_sure": "y"})
    assert len(sent_to()) == 2
    assert "kirim-ulang" not in ayu.get(page).get_data(as_text=True)


def test_a_receipt_that_was_held_back_is_sent_by_one_button(app: Flask, cast: Cast) -> None:
    number = number_of(arrive(compose(checks="dmarc=fail"), have_mailbox()))
    sari = person(app, cast, "sari")
    url = act_url(number, "pengirim-benar")
    assert sent_to() == []
    assert f'href="{url}"' in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "wati@" not in sari.get(url).get_data(as_text=True)
    assert sari.post(url, data=open_act(sari, url)).status_code == 302
    assert [one.event for one in sent_to()] == ["received"]
    assert url not in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)


def test_units_are_not_told_of_the_doubt(app: Flask, cast: Cast) -> None:
    number = number_of(arrive(compose(checks="dmarc=fail"), have_mailbox()))
    for who in ("hanifah", "budi", "joko"):
        assert person(app, cast, who).get(act_url(number, "pengirim-benar")).status_code in (
            403,
            404,
        )
