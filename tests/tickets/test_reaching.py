"""What mattered and was not read on WhatsApp goes by email, else somebody is to call; every step is on the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, Refused
from helpdesk.lib.whatsapp.payload import Fault, Receipt
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.whatsapp.receipts import take_receipt
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import note_undeliverable
from helpdesk.tickets import keys
from helpdesk.tickets.reaching import AFTER_A_FAULT, CallOutcome, follow_up_unread, note_call
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.renewing import renew_pin
from helpdesk.tickets.undelivered import kind_of_address, note_undelivered
from helpdesk.tickets.worklist import Desk, DeskKind, View, count_views
from tests.messaging.post import set_up as set_up_relay
from tests.messaging.whatsapp.line import ADDRESS, heard_from, set_up
from tests.support.cast import Cast
from tests.support.graph import Graph
from tests.support.smtp import PostOffice
from tests.tickets.steps import ask, dispose

WATI = "wati@example.org"
A_DAY = timedelta(hours=24, minutes=1)
DESK = Desk(DeskKind.CARE)


@pytest.fixture
def number(cast: Cast, tmp_path: Path, traveller: time_machine.Traveller) -> Iterator[str]:
    """A complaint of somebody who wrote on WhatsApp just now and was asked something since."""
    graph = Graph.at(tmp_path).start()
    set_up(graph)
    graph.open_window(ADDRESS)
    heard_from()
    yield asked(cast, email=WATI)
    graph.stop()


def asked(cast: Cast, **left: str) -> str:
    number = cast.complain(whatsapp=ADDRESS, **left).number
    cast.triage(number)
    ask(cast, number, "sari")
    deliver()
    return number


def deliver() -> None:
    postman.deliver_due(clock.now(), when_failed=note_undelivered)


def question(cast: Cast, number: str) -> OutboxMessage:
    about = messages_about("ticket", cast.ticket(number).id)
    return next(one for one in about if one.event == "question" and one.channel == "whatsapp")


def by_email(cast: Cast, number: str) -> list[OutboxMessage]:
    about = messages_about("ticket", cast.ticket(number).id)
    return [one for one in about if (one.channel, one.recipient_kind) == ("email", "complainant")]


def steps(cast: Cast, number: str) -> list[tuple[str, object]]:
    """What the timeline says of reaching them."""
    wanted = ("undelivered", "other_road", "call_wanted", "called")
    events = db.session.query(TicketEvent).filter_by(ticket_id=cast.ticket(number).id)
    return [
        (one.kind, one.details.get("why") or one.details.get("outcome"))
        for one in events.order_by(TicketEvent.id)
        if one.kind in wanted
    ]


def provider_says(cast: Cast, number: str, status: str, code: int | None = None) -> None:
    receipt = Receipt(
        provider_id=question(cast, number).provider_ref or "",
        phone_number_id="1",
        status=status,
        at=clock.now(),
        errors=(Fault(code, "Message undeliverable"),) if code else (),
        our_data="",
    )
    unit_of_work(lambda: take_receipt(receipt, note_undelivered))


def to_call(cast: Cast) -> int:
    db.session.rollback()
    return count_views(cast.actor("sari"), [DESK], clock.now())[DESK, View.TO_CALL]


def test_what_nobody_read_goes_by_email(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    follow_up_unread(clock.now())
    assert by_email(cast, number) == []
    traveller.shift(A_DAY)
    for _round in range(2):
        follow_up_unread(clock.now())
    (mail,) = by_email(cast, number)
    assert (mail.event, mail.address) == ("question", WATI)
    assert mail.values == question(cast, number).values
    assert steps(cast, number) == [("other_road", "unread")]
    assert to_call(cast) == 0


def test_the_email_has_the_link_that_works_today(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    told = question(cast, number).values
    cast.act("sari", number, lambda t, by: renew_pin(t, "246810", by=by, checked="KTP"))
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    (mail,) = by_email(cast, number)
    link = keys.link_of(cast.ticket(number))
    assert mail.values == {**told, "link": link}
    assert link != told["link"]


@pytest.mark.parametrize("word", ["read", "played"])
def test_who_has_read_it_is_left_in_peace(
    cast: Cast, number: str, traveller: time_machine.Traveller, word: str
) -> None:
    provider_says(cast, number, "delivered")
    provider_says(cast, number, word)
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    assert (by_email(cast, number), steps(cast, number)) == ([], [])


def test_who_wrote_since_has_seen_it_though_no_receipt_says_so(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    traveller.shift(timedelta(hours=2))
    heard_from()
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    assert (by_email(cast, number), steps(cast, number)) == ([], [])


def test_what_the_provider_refused_goes_by_email_at_once(cast: Cast, number: str) -> None:
    provider_says(cast, number, "failed", 131026)
    follow_up_unread(clock.now())
    assert len(by_email(cast, number)) == 1
    assert steps(cast, number) == [("undelivered", None), ("other_road", "refused")]


def test_without_an_email_address_somebody_calls(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    traveller.shift(timedelta(minutes=5))  # one person is not written to faster
    other = asked(cast, name="Rudi")
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    assert steps(cast, other) == [("call_wanted", "unread")]
    assert to_call(cast) == 1
    told = [one.event for one in messages_about("ticket", cast.ticket(other).id)]
    assert told.count("call_wanted") == 1
    with pytest.raises(Invalid):
        note(cast, other, CallOutcome.REACHED, "")
    note(cast, other, CallOutcome.NOT_REACHED, "")
    assert to_call(cast) == 1
    note(cast, other, CallOutcome.REACHED, "Ia akan menjawab lewat WhatsApp.")
    assert to_call(cast) == 0
    assert steps(cast, other)[1:] == [("called", "not_reached"), ("called", "reached")]


def note(cast: Cast, number: str, outcome: CallOutcome, text: str, who: str = "sari") -> None:
    cast.act(who, number, lambda t, by: note_call(t, outcome, text, by=by))


def test_an_address_from_which_mail_came_back_is_no_other_road(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    unit_of_work(lambda: note_undeliverable(IdentifierKind.EMAIL, WATI, "550 5.1.1"))
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    assert (by_email(cast, number), to_call(cast)) == ([], 1)


def test_when_the_email_comes_back_as_well_somebody_calls(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    office = PostOffice().start()
    set_up_relay(office)
    office.answers.recipients[WATI] = "550 5.1.1 No such user"
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    deliver()
    office.stop()
    assert [step for step, _why in steps(cast, number)] == [
        "other_road",
        "undelivered",
        "call_wanted",
    ]


def test_a_receipt_of_a_complaint_is_no_reason_to_call(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    only_received = cast.complain(whatsapp=ADDRESS).number
    deliver()
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    assert steps(cast, only_received) == []


def test_only_who_answers_complainants_notes_a_call(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    dispose(cast, number, "farmasi")
    with pytest.raises(Refused):
        note(cast, number, CallOutcome.REACHED, "Sudah.", who="budi")


def test_one_that_cannot_be_followed_up_does_not_hold_up_the_others(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    other = asked_elsewhere(cast)
    unit_of_work(lambda: setattr(db.session.merge(question(cast, number)), "values", {}))
    traveller.shift(A_DAY)
    follow_up_unread(clock.now())
    assert steps(cast, number) == []
    assert [step for step, _why in steps(cast, other)] == ["call_wanted"]
    assert question(cast, number).check_at == clock.now() + AFTER_A_FAULT


def asked_elsewhere(cast: Cast) -> str:
    """Somebody else, whose question was sent, too."""
    number = cast.complain(whatsapp="+6281234560999", name="Rudi").number
    cast.triage(number)
    ask(cast, number, "sari")
    sent_at = clock.now()

    def sent() -> None:
        message = db.session.merge(question(cast, number))
        message.status, message.sent_at, message.look_at = "sent", sent_at, None
        message.check_at = sent_at + timedelta(hours=24)

    unit_of_work(sent)
    return number


def test_an_id_at_which_nobody_is_is_remembered_as_such(cast: Cast) -> None:
    nobody = "ID.abc123"
    message = OutboxMessage(channel="whatsapp", address=nobody, recipient_kind="complainant")
    assert kind_of_address(message) is IdentifierKind.WHATSAPP
    message.address = ADDRESS
    assert kind_of_address(message) is IdentifierKind.PHONE
    message.channel = "console"
    assert kind_of_address(message) is None
