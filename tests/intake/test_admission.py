"""The one way in: what a submission becomes, and that it becomes it once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from helpdesk.intake.admission import Admitted, Outcome, admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.messaging.message import OutboxMessage
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.reaching import number_to_call
from helpdesk.tickets.states import Access, Channel, Identity, Status
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast

KEY = "k" * 32


def _admit(**facts: object) -> Admitted:
    values = {"text": "Antre empat jam.", "channel": Channel.WEB, "session_id": "hers", **facts}
    return unit_of_work(lambda: admit(Submission(**values)))


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_the_same_key_and_words_give_the_same_ticket_and_pin(cast: Cast) -> None:
    first, again = _admit(key=KEY), _admit(key=KEY)
    assert (first.outcome, again.outcome) == (Outcome.OPENED, Outcome.AGAIN)
    assert (first.number, first.pin) == (again.number, again.pin)
    assert _count() == 1


def test_other_words_are_told_apart(cast: Cast) -> None:
    first, changed = _admit(key=KEY), _admit(key=KEY, text="Antre lima jam.")
    assert changed.outcome is Outcome.CHANGED
    assert changed.number == first.number
    assert _count() == 1


def test_another_session_is_refused(cast: Cast) -> None:
    _admit(key=KEY)
    with pytest.raises(Conflict):
        _admit(key=KEY, session_id="somebody else's")


def test_without_a_key_everything_is_new(cast: Cast) -> None:
    assert _admit().number != _admit().number


def test_a_refused_one_leaves_no_gap_and_frees_its_key(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        _admit(key=KEY, whatsapp="12", name="Wati")
    assert list(refused.value.fields) == ["whatsapp"]
    admitted = _admit(key=KEY, whatsapp="0812-3456-0172", name="Wati")
    assert admitted.outcome is Outcome.OPENED
    assert "-00001-" in admitted.number


@pytest.mark.parametrize(
    ("wish", "identity", "access"),
    [
        (Wish.ORDINARY, Identity.NAMED, Access.ORDINARY),
        (Wish.CONFIDENTIAL, Identity.WITHHELD, Access.RESTRICTED),
        (Wish.ANONYMOUS, Identity.ANONYMOUS, Access.ORDINARY),
    ],
)
def test_the_wish_decides_who_may_know(
    cast: Cast, wish: Wish, identity: Identity, access: Access
) -> None:
    ticket = _admit(wish=wish, name="Wati", whatsapp="0812-3456-0172").ticket
    assert (ticket.identity, ticket.access) == (identity, access)
    known = db.session.scalars(select(Complainant)).all()
    assert bool(known) is (wish is not Wish.ANONYMOUS)


@pytest.mark.parametrize(
    ("contact", "channel"),
    [
        ({"whatsapp": "0812-3456-0172", "email": "wati@example.com"}, "whatsapp"),
        ({"email": "wati@example.com", "phone": "0751-555010"}, "email"),
        ({"phone": "0751-555010"}, "phone"),
        ({}, ""),
    ],
)
def test_the_answer_travels_the_shortest_way(
    cast: Cast, contact: dict[str, str], channel: str
) -> None:
    assert _admit(name="Wati", **contact).ticket.reply_channel == channel
    is_told = db.session.scalar(select(func.count()).select_from(OutboxMessage))
    assert bool(is_told) is (channel in ("whatsapp", "email"))


def test_the_complainant_cannot_solve_it_by_the_form(cast: Cast) -> None:
    assert _admit(solution="Beres sendiri.").ticket.status == Status.RECEIVED


def test_a_second_telephone_beside_the_whatsapp_number_is_kept_and_called(cast: Cast) -> None:
    ticket = _admit(name="Wati", whatsapp="0812-3456-0172", phone="0751-555123").ticket
    person = db.session.get_one(Complainant, ticket.complainant_id)
    assert [one.value for one in person.identifiers] == ["+6281234560172", "+62751555123"]
    assert (ticket.reply_channel, ticket.reply_address) == ("whatsapp", "+6281234560172")
    assert number_to_call(ticket) == "+62751555123"
    again = _admit(name="Wati", whatsapp="0812-3456-0172", phone="0751-555123").ticket
    assert again.complainant_id == person.id


def test_the_same_number_twice_is_one(cast: Cast) -> None:
    ticket = _admit(name="Wati", whatsapp="0812-3456-0172", phone="+62 812 3456 0172").ticket
    person = db.session.get_one(Complainant, ticket.complainant_id)
    assert [one.value for one in person.identifiers] == ["+6281234560172"]
    assert number_to_call(ticket) == "+6281234560172"


def test_which_of_two_numbers_cannot_be_read_is_said_where_it_was_typed(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        _admit(name="Wati", whatsapp="0812-3456-0172", phone="12")
    assert list(refused.value.fields) == ["phone"]
