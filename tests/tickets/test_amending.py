"""What was noted wrong is put right: who complained, how they are reached, where and when; and nobody reads on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit.trail import AuditEntry
from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.postman import Undelivered
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets import access, keys
from helpdesk.tickets.amending import amend_ticket
from helpdesk.tickets.case_file import gather, what_it_shows
from helpdesk.tickets.closing import close_unilaterally
from helpdesk.tickets.reaching import Why, number_to_call, want_call
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.resending import answer_requests, ask_for_link
from helpdesk.tickets.search import matches
from helpdesk.tickets.states import Channel, Grade, Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.timeline import story_of
from helpdesk.tickets.trying_again import send_again
from helpdesk.tickets.undelivered import note_undelivered
from tests.support.cast import Cast
from tests.tickets.steps import answer, ask, dispose, row_of

WRONG, RIGHT = "+6281234560127", "+6281234560172"
SEEN = "KTP diperlihatkan di loket."

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    """Of Wati, whose number was mistyped by Joko at the counter."""
    return cast.complain(
        whatsapp=WRONG, channel=Channel.COUNTER, recorded_by_id=cast.user_ids["joko"]
    ).number


def amend(
    cast: Cast, number: str, *, who: str = "sari", checked: str = SEEN, **facts: Any
) -> TicketEvent:
    has_consented = facts.pop("has_consented", False)
    return cast.act(
        who,
        number,
        lambda t, by: amend_ticket(t, facts, by=by, checked=checked, has_consented=has_consented),
    )


def told(number: str) -> list[tuple[str, str, str]]:
    """To the complainant: what, where to, and how it went."""
    return [(m.event, m.address, m.status) for m in messages_of(number)]


def messages_of(number: str) -> list[OutboxMessage]:
    db.session.rollback()
    about = messages_about("ticket", row_of(number).id)
    return [m for m in about if m.recipient_kind == "complainant"]


def reads(token: str) -> bool:
    try:
        keys.ticket_of_link(token)
    except NotFound:
        return False
    return True


def test_a_mistyped_digit_is_put_right_and_the_receipt_goes_to_the_person(
    cast: Cast, number: str
) -> None:
    amend(cast, number, whatsapp="0812-3456-0172")
    ticket = cast.ticket(number)
    assert (ticket.reply_channel, ticket.reply_address) == ("whatsapp", RIGHT)
    assert number_to_call(ticket) == RIGHT
    assert told(number) == [("received", WRONG, "failed"), ("received", RIGHT, "queued")]
    newest = messages_about("ticket", ticket.id)[-1]
    assert newest.values["link"] == keys.link_of(ticket)


def test_whoever_has_the_wrong_number_cannot_read_on(cast: Cast) -> None:
    admitted = cast.complain(whatsapp=WRONG)
    number, link = admitted.number, keys.link_token(row_of(admitted.number))
    amend(cast, number, whatsapp=RIGHT)
    assert not reads(link)
    assert reads(keys.link_token(row_of(number)))
    assert not unit_of_work(lambda: keys.check_pin(row_of(number), admitted.pin))
    parsed = access.numbers_in(number)[0]
    for contact in (WRONG, RIGHT):
        unit_of_work(lambda contact=contact: ask_for_link(parsed, contact))
        answer_requests(clock.now())
    assert [one for one in told(number) if one[0] == "link_again"] == [
        ("link_again", RIGHT, "queued")
    ]


def test_whoever_keeps_the_way_back_gets_the_new_link_there(cast: Cast) -> None:
    number = cast.complain(whatsapp=RIGHT, email="bukan.wati@example.org").number
    old = keys.link_of(row_of(number))
    amend(cast, number, email="wati@example.org")
    assert told(number) == [("received", RIGHT, "queued"), ("link_again", RIGHT, "queued")]
    fresh = keys.link_of(row_of(number))
    assert fresh != old
    assert {one.values["link"] for one in messages_about("ticket", row_of(number).id)} == {fresh}


def test_the_new_link_is_in_nothing_that_went_to_the_wrong_number(cast: Cast, number: str) -> None:
    old = keys.link_of(row_of(number))
    amend(cast, number, whatsapp=RIGHT)
    about = messages_about("ticket", row_of(number).id)
    assert [one.values["link"] for one in about if one.address == WRONG] == [old]


def test_what_failed_at_the_wrong_number_is_not_sent_there_again(cast: Cast, number: str) -> None:
    amend(cast, number, whatsapp=RIGHT)
    (failed, _fresh) = messages_about("ticket", row_of(number).id)
    with pytest.raises(Conflict):
        cast.act("sari", number, lambda t, by: send_again(t, failed.id, by=by))
    assert all(where == RIGHT for _what, where, status in told(number) if status == "queued")


def test_who_left_the_same_on_another_ticket_keeps_it(cast: Cast, number: str) -> None:
    other = cast.complain(whatsapp=WRONG).number
    assert row_of(other).complainant_id == row_of(number).complainant_id
    amend(cast, number, whatsapp=RIGHT, name="Wati Sulastri")
    kept, right = row_of(other), row_of(number)
    assert kept.complainant is not None
    assert right.complainant is not None
    assert (kept.complainant.name, kept.complainant.phone) == ("Wati", WRONG)
    assert (right.complainant.name, right.complainant.phone) == ("Wati Sulastri", RIGHT)
    third = cast.complain(whatsapp=RIGHT, name="Wati Sulastri").number
    assert row_of(third).complainant_id == right.complainant_id


def test_a_name_is_spelled_as_it_was_corrected(cast: Cast) -> None:
    number = cast.complain(name="WATI").number
    link = keys.link_token(row_of(number))
    before = told(number)
    amend(cast, number, name="Wati", checked="")
    person = db.session.get_one(Complainant, row_of(number).complainant_id)
    assert (person.name, person.phone) == ("Wati", RIGHT)
    assert reads(link), "who corrects a name keeps the way to the track page"
    assert told(number) == before


def test_a_dead_address_and_the_call_are_no_more(cast: Cast) -> None:
    number = cast.complain(whatsapp="", email="wati@exmaple.org", phone=WRONG).number

    def bounce(*, is_first: bool) -> None:
        receipt = messages_about("ticket", row_of(number).id)[0]
        note_undelivered(Undelivered(receipt, "550 No such user", is_address_dead=True))
        if is_first:
            assert db.session.get_one(Ticket, receipt.subject_id).call_wanted_at

    unit_of_work(lambda: bounce(is_first=True))
    amend(cast, number, email="wati@example.org")
    assert cast.ticket(number).call_wanted_at is None
    unit_of_work(lambda: bounce(is_first=False))  # a late one, of the old address
    assert cast.ticket(number).call_wanted_at is None
    newest, corrected, *_older = story_of(cast.ticket(number), access.Scope.CARE)
    assert not newest.details["is_address_dead"]
    assert corrected.details["is_sure"]


def test_a_call_stays_wanted_where_only_another_telephone_is_known(cast: Cast, number: str) -> None:
    receipt_id = messages_about("ticket", row_of(number).id)[0].id

    def unread(ticket: Ticket, _by: Actor) -> None:
        want_call(
            ticket, db.session.get_one(OutboxMessage, receipt_id), Why.UNREAD, by=Actor.system()
        )

    cast.act("sari", number, unread)
    amend(cast, number, whatsapp="", phone="0751-123456")
    ticket = cast.ticket(number)
    assert (ticket.reply_channel, number_to_call(ticket)) == ("phone", "+62751123456")
    assert ticket.call_wanted_at is not None


def test_an_answer_or_question_that_went_elsewhere_is_told_again(cast: Cast) -> None:
    asked, answered = cast.complain(whatsapp=WRONG).number, cast.complain(whatsapp=WRONG).number
    for one in (asked, answered):
        cast.triage(one)
    ask(cast, asked, "sari")
    answer(cast, answered)
    for one, notice in ((asked, "question"), (answered, "answered")):
        amend(cast, one, whatsapp=RIGHT)
        assert told(one)[-1] == (notice, RIGHT, "queued")


def test_a_question_told_again_names_its_own_day_and_one_that_is_over_is_not_told(
    cast: Cast,
) -> None:
    number = cast.complain(whatsapp=WRONG).number
    cast.triage(number, grade=Grade.RED)
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False) as traveller:
        ask(cast, number, "sari")  # when the deadline was over already, so that a week is given
        amend(cast, number, whatsapp=RIGHT)
        asked, again = (m for m in messages_of(number) if m.event == "question")
        assert (again.address, again.values["until"]) == (RIGHT, asked.values["until"])
        traveller.shift(timedelta(days=8))
        amend(cast, number, whatsapp=WRONG)
        assert told(number)[-1] == ("link_again", WRONG, "queued")


def test_of_a_late_one_nothing_is_promised_anew(cast: Cast, number: str) -> None:
    with time_machine.travel("2026-12-20T03:00:00+00:00", tick=False):
        amend(cast, number, whatsapp=RIGHT)
        assert told(number)[-1] == ("link_again", RIGHT, "queued")


def test_answers_take_the_road_that_was_chosen(cast: Cast) -> None:
    number = cast.complain(whatsapp="", email="wati@example.org").number
    link = keys.link_token(row_of(number))
    amend(cast, number, whatsapp=RIGHT)
    assert cast.ticket(number).reply_address == "wati@example.org", "it stays where it worked"
    amend(cast, number, reply_by="whatsapp")
    assert cast.ticket(number).reply_address == RIGHT
    assert reads(link), "both are theirs"
    amend(cast, number, whatsapp="")
    ticket = cast.ticket(number)
    assert (ticket.reply_channel, ticket.reply_address) == ("email", "wati@example.org")
    assert not reads(link)


def test_somebody_anonymous_leaves_a_number_later(cast: Cast) -> None:
    number = cast.complain(wish=Wish.ANONYMOUS).number
    link = keys.link_token(row_of(number))
    with pytest.raises(Invalid) as refused:
        amend(cast, number, whatsapp=RIGHT)
    assert set(refused.value.fields) == {"consent"}
    amend(cast, number, whatsapp=RIGHT, has_consented=True)
    ticket = cast.ticket(number)
    assert (ticket.identity, ticket.consented_at) == (Identity.WITHHELD, clock.now())
    assert told(number) == [("received", RIGHT, "queued")]
    assert reads(link), "the PIN that they were given still opens it"
    cast.triage(number)
    dispose(cast, number, "farmasi")
    assert not access.knows_complainant(cast.actor("budi"), cast.ticket(number, by="budi"))


def test_a_ticket_by_email_gets_its_place_and_its_day(cast: Cast) -> None:
    number = cast.complain(whatsapp="", email="wati@example.org", channel=Channel.EMAIL).number
    place_id = cast.place_ids["farmasi"]
    event = amend(
        cast, number, checked="", place_id=place_id, place_text="loket 3",
        happened_on=date(2026, 11, 18), happened_text="pagi",
    )  # fmt: skip
    ticket = cast.ticket(number)
    assert (ticket.place_id, ticket.place_text) == (place_id, "loket 3")
    assert (ticket.happened_on, ticket.happened_text) == (date(2026, 11, 18), "pagi")
    assert event.details["from"]["happened_on"] is None
    assert event.details["to"]["happened_on"] == "2026-11-18"
    assert len(told(number)) == 1


def test_units_and_leaders_read_nothing_of_it_and_the_trail_holds_nobody(
    cast: Cast, number: str
) -> None:
    cast.triage(number)
    dispose(cast, number, "farmasi")
    amend(cast, number, whatsapp=RIGHT, affected_name="Bapak Rudi", affected_record="00-41-27")
    assert cast.ticket(number).affected_record == "004127"
    for who in ("budi", "hanifah"):
        ticket = cast.ticket(number, by=who)
        story = story_of(ticket, access.scope_of(cast.actor(who), ticket))
        assert "amend" not in {event.kind for event in story}
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "amend_ticket"))
    assert entry.details == {"is_new": True}


def test_who_took_it_down_may_until_the_desk_has_looked(cast: Cast, number: str) -> None:
    amend(cast, number, who="joko", whatsapp=RIGHT)
    stranger = cast.complain().number
    with pytest.raises((NotFound, Refused)):
        amend(cast, stranger, who="joko", name="Lain")
    cast.triage(number)
    with pytest.raises(Refused):
        amend(cast, number, who="joko", name="Wati S.")
    amend(cast, number, name="Wati S.")


def test_also_after_the_end(cast: Cast, number: str) -> None:
    cast.triage(number)
    cast.act("ratih", number, lambda t, by: close_unilaterally(t, "Tidak terjangkau.", by=by))
    amend(cast, number, whatsapp=RIGHT)
    assert told(number)[-1] == ("link_again", RIGHT, "queued")


def test_search_finds_the_right_name_and_no_longer_the_wrong_one(cast: Cast, number: str) -> None:
    amend(cast, number, name="Sulastri", checked="")

    def found(who: str, word: str) -> bool:
        condition = matches(word, cast.actor(who), [])
        return db.session.scalar(select(Ticket.id).where(condition)) is not None

    assert found("sari", "Sulastri")
    assert not found("sari", "Wati")
    assert not found("budi", "Sulastri")


def test_a_case_file_made_before_is_known_to_be_old(cast: Cast, number: str) -> None:
    def shown() -> str:
        return what_it_shows(gather(cast.ticket(number), cast.actor("sari"), "id"))

    first = shown()
    amend(cast, number, name="Sulastri", checked="")
    second = shown()
    amend(cast, number, place_text="Lobi", checked="")
    assert len({first, second, shown()}) == 3


@pytest.mark.parametrize(
    ("facts", "checked", "field"),
    [
        ({"whatsapp": "0812"}, SEEN, "whatsapp"),
        ({"email": "wati@"}, SEEN, "email"),
        ({"phone": "dua"}, SEEN, "phone"),
        ({"whatsapp": RIGHT}, "  ", "checked"),
        ({"name": "Wati"}, SEEN, "changes"),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_changes(
    cast: Cast, number: str, facts: dict[str, str], checked: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        amend(cast, number, checked=checked, **facts)
    assert set(refused.value.fields) == {field}
    assert row_of(number).reply_address == WRONG
