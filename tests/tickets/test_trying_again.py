"""A message that failed: the desk is told once, and somebody who has looked sends it again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from helpdesk.accounts.user import User
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import undelivered_at
from helpdesk.tickets import keys, undelivered
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.renewing import renew_pin
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import NamedReader, Ticket
from helpdesk.tickets.trying_again import can_be_sent_again, send_again, send_any_again
from helpdesk.tickets.writing import write_to_complainant
from tests.messaging.post import set_up
from tests.support.cast import Cast
from tests.support.smtp import PostOffice

WATI = "wati@example.org"
GONE = "550 5.1.1 No such user"
FULL = "552 5.2.2 Mailbox full"

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def office(cast: Cast) -> Iterator[PostOffice]:
    office = PostOffice().start()
    set_up(office)
    yield office
    office.stop()


@pytest.fixture
def number(cast: Cast) -> str:
    return cast.complain(whatsapp="", email=WATI).number


def deliver(*, fails_with: str = "", at: PostOffice) -> None:
    """One round of the postmen, in which the complainant's server takes mail or does not."""
    at.answers.recipients.clear()
    if fails_with:
        at.answers.recipients[WATI] = fails_with
    postman.deliver_due(clock.now(), when_failed=undelivered.note_undelivered)


def to_complainant(cast: Cast, number: str) -> list[OutboxMessage]:
    about = messages_about("ticket", cast.ticket(number).id)
    return [one for one in about if one.recipient_kind == "complainant"]


def to_staff(cast: Cast, number: str) -> list[tuple[str, int | None]]:
    about = messages_about("ticket", cast.ticket(number).id)
    return [(one.event, one.recipient_id) for one in about if one.recipient_kind == "staff"]


def again(cast: Cast, number: str, *, who: str = "sari", is_sure: bool = False) -> TicketEvent:
    (failed, *_) = to_complainant(cast, number)
    return cast.act(who, number, lambda t, by: send_again(t, failed.id, by=by, is_sure=is_sure))


def test_the_desk_is_told_once(cast: Cast, number: str, office: PostOffice) -> None:
    for _round in range(2):
        deliver(fails_with=GONE, at=office)
    assert to_staff(cast, number) == [("undelivered", cast.user_ids["ratih"])]
    told = render_message(messages_about("ticket", cast.ticket(number).id)[-1])
    assert number in told.subject
    assert WATI not in told.body


def test_whoever_left_a_telephone_too_is_to_be_called(cast: Cast, office: PostOffice) -> None:
    number = cast.complain(whatsapp="", email=WATI, phone="081234567890").number
    deliver(fails_with=GONE, at=office)
    assert cast.ticket(number).call_wanted_at == clock.now()


def test_of_a_restricted_ticket_its_readers_are_told(
    cast: Cast, number: str, office: PostOffice
) -> None:
    def restrict() -> None:
        ticket = db.session.get_one(Ticket, cast.ticket(number).id)
        ticket.access, ticket.status = Access.RESTRICTED, "triaged"
        db.session.add(NamedReader(ticket_id=ticket.id, user_id=cast.user_ids["dimas"]))

    unit_of_work(restrict)
    deliver(fails_with=GONE, at=office)
    about = db.session.scalars(select(OutboxMessage).where(OutboxMessage.event == "undelivered"))
    assert [one.recipient_id for one in about] == [cast.user_ids["dimas"]]


def test_it_goes_again_as_it_was(cast: Cast, number: str, office: PostOffice) -> None:
    deliver(fails_with=FULL, at=office)
    event = again(cast, number)
    failed, fresh = to_complainant(cast, number)
    assert (failed.status, fresh.status) == ("failed", "queued")
    assert (fresh.event, fresh.address, fresh.values) == ("received", WATI, failed.values)
    assert (event.kind, event.details["message_id"]) == ("send_again", fresh.id)
    deliver(at=office)
    assert to_complainant(cast, number)[1].status == "sent"
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "message"))
    assert (entry.act, entry.subject_id) == ("message_sent_again", failed.id)


def test_a_letter_keeps_its_own_words(cast: Cast, number: str, office: PostOffice) -> None:
    deliver(at=office)
    cast.act("sari", number, lambda t, by: write_to_complainant(t, "Silakan datang.", by=by))
    deliver(fails_with=FULL, at=office)
    letter = to_complainant(cast, number)[-1]
    cast.act("sari", number, lambda t, by: send_again(t, letter.id, by=by))
    deliver(at=office)
    assert "Silakan datang." in office.taken[-1].read.get_body(("plain",)).get_content()


def test_the_link_is_the_one_that_works_today(cast: Cast, number: str, office: PostOffice) -> None:
    deliver(fails_with=FULL, at=office)
    cast.act("sari", number, lambda t, by: renew_pin(t, "246810", by=by, checked="KTP"))
    again(cast, number)
    failed, fresh = to_complainant(cast, number)
    assert fresh.values["link"] == keys.link_of(cast.ticket(number)) != failed.values["link"]


def test_twice_is_once(cast: Cast, number: str, office: PostOffice) -> None:
    deliver(fails_with=FULL, at=office)
    again(cast, number)
    with pytest.raises(Conflict):
        again(cast, number, who="dimas")
    failed, fresh = to_complainant(cast, number)
    assert not can_be_sent_again(failed)
    deliver(fails_with=FULL, at=office)
    db.session.expire_all()
    assert can_be_sent_again(to_complainant(cast, number)[1]), "the second may fail as well"
    assert fresh.id != failed.id


def test_what_did_not_fail_is_not_sent_again(cast: Cast, number: str, office: PostOffice) -> None:
    deliver(at=office)
    with pytest.raises(Conflict):
        again(cast, number)


def test_a_dead_address_asks_for_somebody_who_is_sure(
    cast: Cast, number: str, office: PostOffice
) -> None:
    deliver(fails_with=GONE, at=office)
    with pytest.raises(Invalid):
        again(cast, number)
    assert len(to_complainant(cast, number)) == 1
    assert again(cast, number, is_sure=True).details["is_sure"] is True
    assert undelivered_at(IdentifierKind.EMAIL, WATI) is None
    deliver(fails_with=GONE, at=office)
    assert undelivered_at(IdentifierKind.EMAIL, WATI) is not None


def test_it_is_for_who_may_write_to_them(cast: Cast, number: str, office: PostOffice) -> None:
    deliver(fails_with=FULL, at=office)
    cast.triage(number)
    for who in ("budi", "joko"):
        with pytest.raises((Refused, NotFound)):
            again(cast, number, who=who)
    with pytest.raises(Refused):
        again(cast, number, who="hanifah")


def test_only_what_was_for_the_complainant_of_this_ticket(
    cast: Cast, number: str, office: PostOffice
) -> None:
    other = cast.complain(whatsapp="", email="budi@example.org").number
    deliver(fails_with=FULL, at=office)
    (failed,) = to_complainant(cast, number)
    with pytest.raises(NotFound):
        cast.act("sari", other, lambda t, by: send_again(t, failed.id, by=by))


def test_the_administrator_sends_to_where_staff_are_reached_today(
    cast: Cast, number: str, office: PostOffice
) -> None:
    deliver(fails_with=GONE, at=office)

    def fail_and_move() -> int:
        told = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.event == "undelivered")
        ).one()
        told.status, told.address = "failed", "salah@rs.example"
        db.session.get_one(User, told.recipient_id).email = "ratih.baru@rs.example"
        return told.id

    failed_id = unit_of_work(fail_and_move)
    ayu = cast.actor("ayu")
    fresh = unit_of_work(lambda: send_any_again(failed_id, by=ayu).id)
    assert db.session.get_one(OutboxMessage, fresh).address == "ratih.baru@rs.example"
    sari = cast.actor("sari")
    with pytest.raises(Refused):
        unit_of_work(lambda: send_any_again(failed_id, by=sari))
