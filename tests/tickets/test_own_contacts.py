"""Complainants put right how they are reached: they hear again, and nobody redirects their news unnoticed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.postman import Undelivered
from helpdesk.messaging.templates import render_message
from helpdesk.messaging.whatsapp.proposals import OFFERED
from helpdesk.registry.complainant import Identifier
from helpdesk.tickets import keys
from helpdesk.tickets.access import Scope
from helpdesk.tickets.closing import confirm_solved
from helpdesk.tickets.erasing import without_words
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.moves import Move
from helpdesk.tickets.own_contacts import change_contacts, contacts_shown, is_out_of_reach
from helpdesk.tickets.states import Status
from helpdesk.tickets.timeline import story_of
from helpdesk.tickets.undelivered import note_undelivered
from helpdesk.tickets.workflow import moves_open_to
from tests.support.cast import Cast
from tests.tickets.steps import answer, as_complainant, follow_up, row_of

WRONG, RIGHT, MAIL = "+6281234560127", "+6281234560172", "wati@example.org"

pytestmark = pytest.mark.usefixtures("traveller")


def change(number: str, **contacts: str) -> None:
    as_complainant(number, lambda ticket, by: change_contacts(ticket, contacts, by=by))


def told(number: str) -> list[tuple[str, str, str]]:
    """To the complainant: what, where to, and how it went."""
    about = messages_about("ticket", row_of(number).id)
    return [(m.event, m.address, m.status) for m in about if m.recipient_kind == "complainant"]


def went_out(number: str) -> None:
    """What was queued is with the provider now."""

    def unit() -> None:
        for message in messages_about("ticket", row_of(number).id):
            message.status = "sent"

    unit_of_work(unit)


def came_back(number: str) -> None:
    """The provider knows nobody at any of the addresses that we wrote to."""

    def unit() -> None:
        for message in messages_about("ticket", row_of(number).id):
            if message.recipient_kind == "complainant":
                message.status = "failed"
                note_undelivered(Undelivered(message, "131026", is_address_dead=True))

    unit_of_work(unit)


def may_change(number: str) -> bool:
    ticket = row_of(number)
    return Move.CHANGE_CONTACTS in moves_open_to(ticket, Actor.complainant(ticket.id))


def test_who_mistyped_an_address_hears_the_answer_where_they_are(cast: Cast) -> None:
    admitted = cast.complain(whatsapp="", email="wati@exmaple.org", phone="0751-123456")
    number, link = admitted.number, keys.link_token(row_of(admitted.number))
    cast.triage(number)
    answer(cast, number)
    came_back(number)
    assert row_of(number).call_wanted_at is not None
    assert is_out_of_reach(row_of(number))

    change(number, whatsapp=RIGHT, email="")

    ticket = row_of(number)
    assert (ticket.reply_channel, ticket.reply_address) == ("whatsapp", RIGHT)
    assert ticket.call_wanted_at is None
    assert not is_out_of_reach(ticket)
    assert [one for one in told(number) if one[2] == "queued"] == [("answered", RIGHT, "queued")]
    with pytest.raises(NotFound):
        keys.ticket_of_link(link)
    assert unit_of_work(lambda: keys.check_pin(row_of(number), admitted.pin)), "the PIN stays"
    newest = story_of(cast.ticket(number), Scope.CARE)[0]
    assert (newest.kind, newest.actor_kind) == ("change_contacts", "complainant")
    assert newest.audience == "care", "units learn nothing of it"
    kept = str(without_words(newest.details))
    assert RIGHT not in kept
    assert "wati@" not in kept, "nor does it outlive a deletion"


def test_where_news_went_until_now_they_learn_of_it_and_get_no_link(cast: Cast) -> None:
    number = cast.complain(whatsapp=WRONG).number
    went_out(number)
    change(number, whatsapp=RIGHT)
    assert told(number)[1:] == [("received", RIGHT, "queued"), ("contact_changed", WRONG, "queued")]
    notice = messages_about("ticket", row_of(number).id)[-1]
    said = render_message(notice).body
    assert number in said
    assert "/k/" not in said
    assert "contact_changed" in OFFERED, "it needs a template where nobody wrote for a day"
    change(number, whatsapp=WRONG)  # nothing arrived yet at the one in between
    assert told(number)[3:] == [("received", WRONG, "queued")]


def test_nobody_can_let_us_write_to_people_all_day(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = cast.complain(whatsapp=WRONG).number
    for last in range(3):
        change(number, whatsapp=f"+628123456019{last}")
    before = told(number)
    with pytest.raises(Conflict):
        change(number, whatsapp=RIGHT)
    assert told(number) == before
    traveller.shift(timedelta(days=1, minutes=1))
    change(number, whatsapp=RIGHT)


def test_an_email_address_waits_beside_a_number_that_works_and_replaces_one_that_does_not(
    cast: Cast,
) -> None:
    works, fails = cast.complain(whatsapp=RIGHT).number, cast.complain(whatsapp=WRONG).number
    went_out(works)
    came_back(fails)
    assert [one.is_dead for one in contacts_shown(row_of(fails))] == [True]
    for number in (works, fails):
        change(number, email=MAIL)
    assert [one.road for one in contacts_shown(row_of(works))] == ["whatsapp", "email"]
    assert told(works)[1:] == [("contact_changed", RIGHT, "queued")]
    assert [one.road for one in contacts_shown(row_of(fails))] == ["email", "phone"]
    assert told(fails)[1:] == [("received", MAIL, "queued")]


def test_what_is_taken_away_is_written_to_no_more(cast: Cast) -> None:
    number = cast.complain(whatsapp=RIGHT, email=MAIL).number
    went_out(number)
    change(number, email="")
    assert told(number)[1:] == [("link_again", RIGHT, "queued")], "the link of before is dead"
    change(number, whatsapp="")
    assert contacts_shown(row_of(number)) == []
    assert told(number)[1:] == [
        ("link_again", RIGHT, "failed"),
        ("contact_changed", RIGHT, "queued"),
    ]


def test_the_card_of_before_goes_unless_another_complaint_needs_it(cast: Cast) -> None:
    one, other = (cast.complain(whatsapp=WRONG).number for _ in range(2))
    change(one, whatsapp=RIGHT)
    assert known() == [WRONG, RIGHT]
    change(other, email=MAIL)
    assert known() == [RIGHT, WRONG, MAIL], "a deletion would never find the first card"
    came_back(other)
    change(other, email="")
    assert known() == [RIGHT, WRONG]
    assert [contact.is_dead for contact in contacts_shown(row_of(other))] == [True]


def known() -> list[str]:
    """What stands on the cards of complainants, the oldest first."""
    return list(db.session.scalars(select(Identifier.value).order_by(Identifier.id)))


def test_not_of_the_anonymous_and_not_for_ever(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    nobody = cast.complain(wish=Wish.ANONYMOUS).number
    assert not may_change(nobody)
    with pytest.raises(Conflict):
        change(nobody, whatsapp=RIGHT)
    closed, left = cast.complain().number, cast.complain().number
    cast.triage(closed)
    answer(cast, closed)
    follow_up(cast, closed)
    as_complainant(closed, lambda t, by: confirm_solved(t, by=by))
    cast.act("sari", left, lambda t, by: leave_by_exit(t, Status.NOT_OURS, "BPJS.", by=by))
    assert [may_change(one) for one in (closed, left)] == [True, True]
    traveller.shift(timedelta(days=31))
    assert [may_change(one) for one in (closed, left)] == [False, False]
    with pytest.raises(Conflict):
        change(closed, whatsapp=WRONG)


def test_staff_correct_it_their_own_way_alone(cast: Cast) -> None:
    number = cast.complain().number
    with pytest.raises(Refused):
        cast.act("sari", number, lambda t, by: change_contacts(t, {"email": MAIL}, by=by))
