"""Letters by email from the ticket, and what is known of those that did not arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.lib.mail.message import Bounce
from helpdesk.messaging import postman
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.relay import know_own_addresses
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import note_reached, undelivered_at
from helpdesk.tickets import keys, undelivered
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Access
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.tickets.writing import MOST_ENCLOSED, write_to_complainant
from tests.messaging.post import set_up
from tests.support.cast import Cast
from tests.support.files import photograph
from tests.support.smtp import PostOffice

WATI = "wati@example.org"

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    """Of somebody who left an email address."""
    return cast.complain(whatsapp="", email=WATI).number


@pytest.fixture
def office(cast: Cast) -> Iterator[PostOffice]:
    office = PostOffice().start()
    set_up(office)
    yield office
    office.stop()


def write(cast: Cast, number: str, text: str = "Silakan datang besok.", **facts: Any) -> int:
    event = cast.act("sari", number, lambda t, by: write_to_complainant(t, text, by=by, **facts))
    return event.id


def deliver() -> postman.Counts:
    return postman.deliver_due(clock.now(), when_failed=undelivered.note_undelivered)


def events_of(cast: Cast, number: str, kind: str) -> list[TicketEvent]:
    ticket = cast.ticket(number)
    told = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == kind)
    return list(db.session.scalars(told.order_by(TicketEvent.id)))


def test_it_stands_on_the_ticket_and_goes_out_whole(
    cast: Cast, number: str, office: PostOffice
) -> None:
    file = photograph()
    write(cast, number, files=[file], cc=["Anak@Example.org", ""])
    (event,) = events_of(cast, number, "write")
    assert (event.text, event.audience) == ("Silakan datang besok.", "public")
    assert event.details == {"cc": ["anak@example.org"]}
    assert deliver().sent == 2  # the receipt of the complaint as well
    mail = office.taken[-1]
    assert mail.recipients == (WATI, "anak@example.org")
    (attached,) = mail.read.iter_attachments()
    assert attached.get_filename() == file.name
    assert mail.read["Auto-Submitted"] is None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": "  "}, "text"),
        ({"cc": ["bukan alamat"]}, "cc"),
        ({"cc": [f"p{turn}@example.org" for turn in range(6)]}, "cc"),
        ({"cc": ["keluhan+t.x@rs.example.org"]}, "cc"),
    ],
)
def test_what_cannot_be_sent_is_said(
    app: Flask, cast: Cast, number: str, facts: dict[str, Any], field: str
) -> None:
    know_own_addresses(app, lambda: ["keluhan@rs.example.org"])
    with pytest.raises(Invalid) as refusal:
        write(cast, number, **facts)
    assert field in refusal.value.fields
    assert events_of(cast, number, "write") == []


def test_files_too_heavy_for_mail_are_refused(cast: Cast, number: str) -> None:
    from dataclasses import replace

    heavy = replace(photograph(), size=MOST_ENCLOSED + 1)
    with pytest.raises(Invalid) as refusal:
        write(cast, number, files=[heavy])
    assert "files" in refusal.value.fields


def test_of_a_confidential_case_nobody_gets_a_copy(cast: Cast) -> None:
    number = cast.complain(whatsapp="", email=WATI, wish=Wish.CONFIDENTIAL).number
    cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["sari"]])
    with pytest.raises(Invalid) as refusal:
        write(cast, number, cc=["anak@example.org"])
    assert "cc" in refusal.value.fields
    write(cast, number)


def test_only_customer_care_writes_and_only_where_an_address_was_left(
    cast: Cast, number: str
) -> None:
    with pytest.raises(Refused):
        cast.act("hanifah", number, lambda t, by: write_to_complainant(t, "Halo", by=by))
    by_phone = cast.complain().number
    with pytest.raises(Conflict):
        write(cast, by_phone)
    assert Move.WRITE in moves_open_to(cast.ticket(number), cast.actor("sari"))
    assert Move.WRITE not in moves_open_to(cast.ticket(by_phone), cast.actor("sari"))


def test_an_address_that_does_not_exist_is_seen_on_the_ticket_and_remembered(
    cast: Cast, number: str, office: PostOffice
) -> None:
    office.answers.recipients[WATI] = "550 5.1.1 No such user"
    assert deliver().failed == 1
    (event,) = events_of(cast, number, "undelivered")
    assert event.audience == "care"
    assert event.details["reason"] == "550 5.1.1 No such user"
    assert event.details["notice"] == "received"
    known = undelivered_at(IdentifierKind.EMAIL, WATI)
    assert known is not None
    assert known.undeliverable_reason == "550 5.1.1 No such user"
    unit_of_work(lambda: note_reached(IdentifierKind.EMAIL, WATI))
    assert undelivered_at(IdentifierKind.EMAIL, WATI) is None


def test_a_message_that_a_policy_refuses_says_nothing_of_the_address(
    cast: Cast, number: str, office: PostOffice
) -> None:
    office.answers.content = "554 5.7.1 Message rejected as spam"
    assert deliver().failed == 1
    assert len(events_of(cast, number, "undelivered")) == 1
    assert undelivered_at(IdentifierKind.EMAIL, WATI) is None


def bounce(**facts: Any) -> Bounce:
    given = {"recipient": WATI, "status": "5.1.1", "is_permanent": True, "original_id": ""}
    return Bounce(**{**given, "diagnostic": "no such user", **facts})


def test_a_bounce_settles_its_message_once(cast: Cast, number: str, office: PostOffice) -> None:
    deliver()
    (message,) = messages_about("ticket", cast.ticket(number).id)
    for _turn in range(2):
        unit_of_work(lambda: undelivered.note_bounce(message.id, bounce()))
    message, told = messages_about("ticket", cast.ticket(number).id)
    assert (told.event, told.recipient_id) == ("undelivered", cast.user_ids["ratih"])
    assert (message.status, message.error) == ("failed", "5.1.1 no such user")
    assert len(events_of(cast, number, "undelivered")) == 1
    assert undelivered_at(IdentifierKind.EMAIL, WATI) is not None


@pytest.mark.parametrize(
    "facts",
    [{"is_permanent": False, "status": "4.4.7"}, {"recipient": "anak@example.org"}],
)
def test_a_delay_and_a_lost_copy_change_nothing(
    cast: Cast, number: str, office: PostOffice, facts: dict[str, Any]
) -> None:
    write(cast, number, cc=["anak@example.org"])
    deliver()
    message = messages_about("ticket", cast.ticket(number).id)[-1]
    assert unit_of_work(lambda: undelivered.note_bounce(message.id, bounce(**facts))) is None
    assert messages_about("ticket", cast.ticket(number).id)[-1].status == "sent"


def test_a_bounce_of_what_we_never_sent_is_nothing(cast: Cast) -> None:
    assert unit_of_work(lambda: undelivered.note_bounce(999, bounce())) is None


def test_a_copy_holds_no_key_to_the_complaint(cast: Cast, office: PostOffice, number: str) -> None:
    write(cast, number)
    write(cast, number, cc=["anak@example.org"])
    postman.deliver_due(clock.now())
    link = keys.link_of(cast.ticket(number))
    sent = [mail.read.as_string() for mail in office.taken if mail.read["Cc"]]
    alone = [mail.read for mail in office.taken if "Silakan" in str(mail.read.get_body(("plain",)))]
    assert len(sent) == 1
    assert "/k/" not in sent[0]
    assert any(link in mail.get_body(("plain",)).get_content() for mail in alone)
