"""What nobody else may learn from a talk: whose an anonymous complaint is, a PIN, what a number's last owner wrote."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.intake.inbound import Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.whatsapp import forgetting, talking
from helpdesk.intake.whatsapp.dialogue import sentences, ticket_sentences
from helpdesk.intake.whatsapp.talks import find_talk, lines_of
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.told_keys import STAYS
from helpdesk.tickets.keys import link_of
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.renewing import renew_pin
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.trying_again import send_again
from tests.journeys.chatting import Chat, Person, ours
from tests.journeys.test_whatsapp_samples import an_earlier_complaint
from tests.support.cast import Cast
from tests.support.webhooks import message, messages, post, status
from tests.web.workbench import tokenless

BRIBE = "perawat Budi minta uang seratus ribu supaya dapat kamar"
FIRST = "wamid.FIRST"


def everything_kept() -> str:
    """All that we have of every talk: messages, answers, stored POSTs; once what was due arrived and was forgotten."""

    def bring() -> None:
        queued = select(OutboxMessage).where(OutboxMessage.status == "queued")
        for one in db.session.scalars(queued):
            one.status, one.sent_at = "delivered", clock.now()
            one.provider_ref = f"wamid.S{one.id}"

    unit_of_work(bring)
    forgetting.forget_due(clock.now())
    said = [f"{one.text} {one.facts}" for one in messages()]
    answered = [
        one.text or ""
        for one in db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.channel == "whatsapp")
        )
    ]
    posted = [raw_of(row).decode() for row in db.session.scalars(select(Inbound))]
    return "\n".join([*said, *answered, *posted])


def first_word(person: Person) -> dict[str, object]:
    """The message that begins the story, to be delivered more than once."""
    return message(text={"body": BRIBE}, provider_id=FIRST, wa_id=person.wa_id, user_id=None)


def keys_in(told: str) -> tuple[str, str]:
    """Number and PIN."""
    found = re.search(r"\*(KLH-[\d-]+)\*\s+PIN: \*(\d{6})\*", told)
    assert found is not None
    return found[1], found[2]


def write_anonymously(chat: Chat) -> tuple[Person, str]:
    """Somebody, with what we said when they had written without their name."""
    person = chat.person()
    chat.receive(post(first_word(person)))
    person.taps("private")
    (told,) = person.taps("wish:anonim")
    return person, told


def complain_anonymously(chat: Chat) -> tuple[Person, str, str]:
    """Somebody, with the number and the PIN of what they wrote without their name."""
    person, told = write_anonymously(chat)
    assert "Budi" not in everything_kept()
    return person, *keys_in(told)


def sent_to(person: Person) -> list[OutboxMessage]:
    db.session.rollback()
    theirs = select(OutboxMessage).where(OutboxMessage.address == person.address)
    return list(db.session.scalars(theirs.order_by(OutboxMessage.id)))


def provider_fails(chat: Chat, reference: str) -> None:
    """What it took it could not bring: a disturbance of theirs."""
    errors = [{"code": 131000, "title": "Something went wrong"}]
    chat.receive(post(statuses=[status(reference, "failed", errors=errors)]))


def test_words_that_are_changed_after_they_were_forgotten_stay_forgotten(chat: Chat) -> None:
    person, _number, _pin = complain_anonymously(chat)
    changed = {"type": "text", "text": {"body": "perawat Budi minta dua ratus ribu"}}
    person.does("edit", edit={"original_message_id": FIRST, "message": changed})
    assert "Budi" not in everything_kept()


def test_what_is_delivered_again_with_something_else_stays_forgotten(chat: Chat) -> None:
    person, _number, _pin = complain_anonymously(chat)
    chat.receive(post(first_word(person), message(text={"body": "ok"}, wa_id=person.wa_id)))
    assert "Budi" not in everything_kept()


def test_who_asks_after_an_anonymous_complaint_leaves_no_number(chat: Chat) -> None:
    person, number, pin = complain_anonymously(chat)
    (told,) = person.says(f"{number} {pin}")
    assert number in told
    assert person.says(number) == [ours(ticket_sentences.not_opened)]
    assert person.says(number, "PIN 000000") != []
    kept = everything_kept()
    assert number not in kept
    assert pin not in kept


def test_the_page_shows_not_even_the_moment_of_an_anonymous_complaint(
    chat: Chat, cast: Cast
) -> None:
    person, _number, _pin = complain_anonymously(chat)
    everything_kept()
    entry = find_talk(person.conversation.id)
    lines = lines_of(entry, cast.actor("sari"), limit=50)
    assert [line for line in lines if not line.is_ours] == []
    assert not any(line.text.startswith("(") for line in lines)


def test_a_pin_that_its_owner_types_is_not_to_be_read_by_staff(chat: Chat) -> None:
    rina = chat.person()
    rina.says(BRIBE)
    (told,) = rina.taps("send")
    number, pin = keys_in(told)
    (told,) = rina.says(f"{number} {pin}")
    assert number in told
    assert pin not in " ".join(one.text for one in messages())


def test_keys_that_the_provider_lost_go_once_more_as_they_were(chat: Chat, cast: Cast) -> None:
    person, told = write_anonymously(chat)
    number, pin = keys_in(told)
    reference = person.reference_of_last()
    chat.wait(timedelta(seconds=20))
    provider_fails(chat, reference)
    assert person.hears() == [told]
    entry = find_talk(person.conversation.id)
    shown = " ".join(line.text for line in lines_of(entry, cast.actor("sari"), limit=50))
    assert number not in shown
    assert pin not in shown
    again = person.reference_of_last()
    chat.receive(post(statuses=[status(again, "delivered")]))
    chat.wait(STAYS)  # by then the first is known to be lost
    kept = everything_kept()
    assert number not in kept
    assert pin not in kept


def test_a_pin_is_hidden_in_what_goes_once_more(chat: Chat, cast: Cast) -> None:
    rina = chat.person()
    rina.says(BRIBE)
    (told,) = rina.taps("send")
    provider_fails(chat, rina.reference_of_last())
    assert rina.hears() == [told]
    _number, pin = keys_in(told)
    entry = find_talk(rina.conversation.id)
    said = [line.text for line in lines_of(entry, cast.actor("sari"), limit=50)]
    assert sum("PIN: *••••••*" in one for one in said) == 2
    assert pin not in " ".join(said)


def test_what_fails_when_its_pin_is_gone_is_told_to_the_desk(chat: Chat, cast: Cast) -> None:
    rina = chat.person()
    rina.says(BRIBE)
    (told,) = rina.taps("send")
    number, pin = keys_in(told)
    reference = rina.reference_of_last()
    chat.wait(STAYS)
    assert pin not in everything_kept()
    provider_fails(chat, reference)
    assert rina.hears() == []
    failed = select(OutboxMessage).where(OutboxMessage.provider_ref == reference)
    message_id = db.session.scalars(failed).one().id
    events = select(TicketEvent.details).where(TicketEvent.kind == "undelivered")
    assert [one["message_id"] for one in db.session.scalars(events)] == [message_id]
    with pytest.raises(Conflict, match="PIN baru"):
        cast.act("sari", number, lambda t, by: send_again(t, message_id, by=by))


def renew(cast: Cast, number: str) -> None:
    cast.act("sari", number, lambda t, by: renew_pin(t, "246810", by=by, checked="KTP"))


def test_what_goes_once_more_tells_no_pin_that_was_replaced(chat: Chat, cast: Cast) -> None:
    rina = chat.person()
    rina.says(BRIBE)
    (told,) = rina.taps("send")
    number, pin = keys_in(told)
    reference = rina.reference_of_last()
    renew(cast, number)
    provider_fails(chat, reference)
    (again,) = rina.hears()
    assert (number in again, pin in again, "246810" in again) == (True, False, False)
    assert "PIN: *(sudah diganti)*" in again
    (ticket,) = rina.tickets
    assert link_of(ticket) in again
    renew(cast, number)
    (ticket,) = rina.tickets
    assert link_of(ticket) in (sent_to(rina)[-1].text or ""), "it had not gone yet"


def test_the_same_of_an_anonymous_complaint(chat: Chat, cast: Cast) -> None:
    person, told = write_anonymously(chat)
    number, pin = keys_in(told)
    reference = person.reference_of_last()
    renew(cast, number)
    provider_fails(chat, reference)
    (again,) = person.hears()
    assert (number in again, pin in again) == (True, False)
    chat.wait(STAYS)
    assert number not in everything_kept()


def test_anonymous_keys_that_did_not_arrive_are_told_to_the_administrator(
    app: Flask, cast: Cast, chat: Chat
) -> None:
    person, _told = write_anonymously(chat)
    reference = person.reference_of_last()
    chat.wait(STAYS)
    provider_fails(chat, reference)
    assert person.hears() == []
    home = tokenless(app, cast, "ayu").get("/admin/").get_data(as_text=True)
    assert "1 kali nomor dan PIN tidak sampai" in home
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        home = tokenless(app, cast, "ayu").get("/admin/").get_data(as_text=True)
    assert "nomor dan PIN tidak sampai" not in home


def test_anonymous_keys_that_went_once_more_are_not(app: Flask, cast: Cast, chat: Chat) -> None:
    person, _told = write_anonymously(chat)
    provider_fails(chat, person.reference_of_last())
    home = tokenless(app, cast, "ayu").get("/admin/").get_data(as_text=True)
    assert "nomor dan PIN tidak sampai" not in home


def test_a_number_in_other_hands_takes_no_complaint_along(chat: Chat) -> None:
    """The account says who somebody is: what is written about a complaint follows it, and the number does not."""
    rina = chat.person(user_id="ID.rina1")
    ticket = an_earlier_complaint(rina)
    dewi = chat.person("Rina Dewi", wa_id=rina.wa_id, user_id="ID.dewi2")
    assert dewi.says("cek status") == [ours(ticket_sentences.none_here)]
    dewi.taps_id(f"ticket:{ticket.id}")
    assert not any(number_of(ticket) in heard for heard in dewi.hears())
    fresh = db.session.get_one(Ticket, ticket.id, populate_existing=True)
    assert fresh.reply_address == "ID.rina1"
    moved = select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id)
    assert "moved" in set(db.session.scalars(moved))


def test_a_nameless_telephone_is_not_told_the_way_to_somebodys_complaint(chat: Chat) -> None:
    rina = chat.person()
    ticket = an_earlier_complaint(rina)
    nobody = chat.person("", wa_id=rina.wa_id)
    unit_of_work(lambda: _forget_name(rina))
    (told,) = nobody.says("cek status")
    assert number_of(ticket) in told
    assert "/k/" not in told


def _forget_name(person: Person) -> None:
    contact = find_talk(person.conversation.id).contact
    contact.profile_name = ""


def test_a_fault_never_quotes_what_was_said(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_args: object) -> None:
        raise ValueError(BRIBE)

    monkeypatch.setattr(talking, "decide", stumble)
    rina = chat.person()
    rina.says(BRIBE)
    assert rina.conversation.error.startswith("ValueError in helpdesk.")
    assert "Budi" not in rina.conversation.error


def test_what_was_told_and_left_is_not_lost_behind_the_menu(chat: Chat) -> None:
    rina = chat.person()
    rina.says(BRIBE)
    rina.says("menu")
    chat.wait(timedelta(minutes=31))
    assert rina.hears() == [ours(sentences.unsent)]
    chat.wait(timedelta(hours=3))
    assert rina.conversation.wanted_because == "unfinished"


def test_what_belongs_to_nobody_knows_which_complaint_is_looked_at(chat: Chat) -> None:
    rina = chat.person()
    ticket = an_earlier_complaint(rina)
    chat.wait(timedelta(hours=1))
    asked = ours(ticket_sentences.add_or_new, number_of(ticket))
    assert rina.says("air di kamar mandi juga mati dan bau sekali") == [asked]
    chat.wait(timedelta(minutes=31))
    assert rina.conversation.wanted_because == "unfinished"
