"""Whole talks on WhatsApp: more than one ticket, more than one person, second thoughts, and long silences."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.intake import inbox
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.whatsapp import talking
from helpdesk.intake.whatsapp.dialogue import sentences, ticket_sentences
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.told_keys import STAYS
from helpdesk.messaging.whatsapp.saying import ANSWERS
from helpdesk.tickets import answering, merging, questions
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Question, Rating, TicketEvent
from helpdesk.tickets.states import Channel, Grade, Kind, Status
from helpdesk.tickets.ticket import Ticket
from tests.journeys.chatting import Chat, Person, ours
from tests.journeys.test_whatsapp_samples import an_earlier_complaint, answered, kinds
from tests.support.cast import Cast
from tests.support.webhooks import message, messages, post

JUTEK = "Perawat lt 2 shift malam jutek bgt, ditanya malah ketus"
PARKING = "parkir motor 5rb tidak ada karcis sama sekali"


def staff_told(event: str) -> int:
    """How many messages of this event staff were sent."""
    return len(
        db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.event == event)).all()
    )


def texts_of(ticket: Ticket) -> list[str]:
    """What the complainant added, oldest first."""
    added = select(TicketEvent.text).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.kind.in_(("add_message", "reply_to_question", "object")),
    )
    return list(db.session.scalars(added.order_by(TicketEvent.id)))


def test_from_a_ping_to_a_rating(chat: Chat, cast: Cast) -> None:
    rina = chat.person("Rina")
    rina.says("P")
    assert rina.taps("menu:complain") == [ours(sentences.tell_us)]
    rina.says("Perawat lt 2 jutek", "udah dua kali loh", "kemarin malam sama tadi")
    rina.taps("send")
    (ticket,) = rina.tickets
    assert ticket.text == "Perawat lt 2 jutek\nudah dua kali loh\nkemarin malam sama tadi"
    assert (ticket.consented_at, ticket.complainant_id) != (None, None)
    rina.says("namanya suster Yuni")
    assert texts_of(ticket) == ["namanya suster Yuni"]
    assert rina.says("makasih ya") == []
    answered(cast, ticket)
    rina.taps("not_yet")
    rina.says("Masih jutek juga kemarin")
    assert (rina.tickets[0].reopenings, texts_of(ticket)[-1]) == (1, "Masih jutek juga kemarin")
    number = number_of(ticket)
    cast.act("sari", number, lambda t, by: leave_nothing_open(t))
    cast.act("sari", number, lambda t, by: answering.answer_ticket(t, "Sudah dibina.", by=by))
    heard = rina.taps_id(f"resolved:{ticket.id}")
    assert ours(ticket_sentences.how_was_it) in heard
    rina.taps(f"rate:{ticket.id}:4")
    assert rina.tickets[0].status == Status.CLOSED
    assert db.session.scalars(select(Rating.score)).all() == [4]


def leave_nothing_open(ticket: Ticket) -> None:
    """No unit has it: nothing need be called off."""
    assert not [one for one in ticket.dispositions if one.is_open]


def test_the_first_answer_says_what_was_read(chat: Chat) -> None:
    rina = chat.person("Rina")
    rina.says("P", "halo")
    newest = select(WhatsAppMessage.provider_id).order_by(WhatsAppMessage.id.desc())
    told = [one.values.get(ANSWERS) for one in db.session.scalars(select(OutboxMessage))]
    assert [one for one in told if one] == [db.session.scalars(newest).first()]


def test_with_two_open_complaints_it_is_asked_never_guessed(chat: Chat) -> None:
    rina = chat.person("Rina")
    first = an_earlier_complaint(rina, JUTEK)
    rina.taps_id("menu:complain")
    rina.says(PARKING)
    rina.taps("send")
    second = rina.tickets[1]
    assert rina.sends("image", 3) == [ours(ticket_sentences.where_to)]
    assert rina.offered == [f"ticket:{second.id}", f"ticket:{first.id}", "new"]
    rina.taps(f"ticket:{first.id}")
    photos = [one for one in messages() if one.kind == "image"]
    assert [one.ticket_id for one in photos] == [first.id] * 3
    assert len({one.event_id for one in photos}) == 1
    assert (
        "KLH"
        in rina.says("ini nomor parkirnya tadi, blok C", answering=_last_about(rina, second))[0]
    )
    assert texts_of(second) == ["ini nomor parkirnya tadi, blok C"]


def _last_about(person: Person, ticket: Ticket) -> str:
    """Status is asked by number; what we say then is about that ticket."""
    person.says(number_of(ticket))
    return person.reference_of_last()


def test_a_new_matter_beside_an_open_one(chat: Chat) -> None:
    rina = chat.person("Rina")
    ticket = an_earlier_complaint(rina, JUTEK)
    chat.wait(timedelta(hours=5))
    assert rina.says(PARKING) == [ours(ticket_sentences.add_or_new, number_of(ticket))]
    rina.taps("new")
    rina.taps("send")
    assert [one.text for one in rina.tickets] == [JUTEK, PARKING]


def test_a_family_shares_a_telephone(chat: Chat, cast: Cast) -> None:
    """The husband hears where it stands; what it is about is his wife's."""
    number = "6281234560199"
    hers = cast.complain("Tagihan lab saya dobel", name="Ratna", whatsapp="+6281234560199").number
    agus = chat.person("Agus", wa_id=number)
    (told,) = agus.says("status")
    assert hers in told
    assert "/k/" not in told
    listed = chat.person("Ratna", wa_id=number).says(f"status {hers}")
    assert "/k/" in listed[0]


def test_somebody_elses_number_is_as_unknown_as_none(chat: Chat) -> None:
    rina, stranger = chat.person("Rina"), chat.person("Orang Lain")
    rina.says(JUTEK)
    told = rina.taps("send")[0]
    number = number_of(rina.tickets[0])
    pin = told.split("PIN: *")[1][:6]
    wrong = f"{(int(pin) + 1) % 10**6:06}"
    assert (
        stranger.says(number)
        == stranger.says("KLH-26-77777-1")
        == [ours(ticket_sentences.not_opened)]
    )
    assert stranger.says(f"{number} {wrong}") == [ours(ticket_sentences.not_opened)]
    (opened,) = stranger.says(f"{number} {pin}")
    assert number in opened
    assert pin not in "".join(one.text for one in messages())
    for _guess in range(4):
        stranger.says(f"{number} {wrong[::-1]} ")
        chat.wait(timedelta(minutes=11))
    assert stranger.says(f"klh 26 1 0 {pin}") == [ours(ticket_sentences.not_opened)]


def test_a_pin_stays_nowhere_once_it_could_not_fail_any_more(chat: Chat) -> None:
    rina = chat.person("Rina")
    rina.says(JUTEK)
    pin = rina.taps("send")[0].split("PIN: *")[1][:6]
    rina.reference_of_last()
    chat.wait(STAYS)
    said = "".join(text or "" for text in db.session.scalars(select(OutboxMessage.text)))
    assert pin not in said
    assert "••••••" in said


def test_our_question_is_answered(chat: Chat, cast: Cast) -> None:
    rina = chat.person("Rina")
    ticket = an_earlier_complaint(rina, JUTEK)
    cast.triage(number_of(ticket), Grade.GREEN)
    ask = questions.ask_complainant
    cast.act("sari", number_of(ticket), lambda t, by: ask(t, "Hari apa?", by=by))
    chat.wait(timedelta(hours=9))
    heard = rina.says("Hari selasa malam bu")
    assert heard == [ours(ticket_sentences.added, number_of(ticket), was_asked=True)]
    db.session.rollback()
    assert db.session.scalars(select(Question.answer)).all() == ["Hari selasa malam bu"]


def test_hours_later_it_goes_on(chat: Chat) -> None:
    rina = chat.person("Rina")
    rina.says(JUTEK)
    chat.wait(timedelta(minutes=31))
    assert rina.hears() == [ours(sentences.unsent)]
    chat.wait(timedelta(hours=3))
    assert rina.conversation.wanted_because == "unfinished"
    assert staff_told("conversation_waiting") == 1
    chat.wait(timedelta(hours=17))
    rina.says("kirim")
    assert rina.tickets[0].text == JUTEK
    assert rina.tickets[0].received_at < clock.now() - timedelta(hours=20)


def test_nobody_is_there_on_a_sunday(chat: Chat) -> None:
    chat.traveller.shift(timedelta(days=6))
    rina = chat.person("Rina")
    (told,) = rina.says("petugas")
    assert "30" in told  # Monday, 30 November
    assert rina.says("halo? kok diam") == []
    assert staff_told("conversation_waiting") == 1
    assert rina.says("menu") != []


def test_in_english(chat: Chat) -> None:
    jane = chat.person("Jane")
    text = "I am a foreign patient. The cashier could not explain the charges in English and refused my card."
    (told,) = jane.says(text)
    assert "Send now" in told
    jane.taps("send")
    assert jane.tickets[0].language == "en"


def test_somebody_whose_number_is_hidden(chat: Chat) -> None:
    hidden = chat.person("Budi", wa_id=None, user_id="ID.998877")
    hidden.says(JUTEK)
    hidden.taps("send")
    (ticket,) = hidden.tickets
    assert (ticket.reply_channel, ticket.reply_address) == ("whatsapp", "ID.998877")
    assert number_of(ticket) in hidden.says("status")[0]


def test_machines_are_left_alone(chat: Chat) -> None:
    bot = chat.person("Toko Maju")
    first = bot.says("P")
    assert bot.says(first[0]) == []
    assert bot.says("Terima kasih telah menghubungi Toko Maju. Kami akan segera membalas.") == []
    for _again in range(4):
        bot.says("P")
    assert bot.conversation.wanted_because == "loop"
    assert bot.says("P") == []
    assert staff_told("conversation_waiting") == 1


def test_the_guide_does_not_talk_without_end(chat: Chat) -> None:
    rina = chat.person("Rina")
    heard = [len(rina.says(f"menu{'!' * count}")) for count in range(26)]
    assert sum(heard) <= 20
    assert rina.conversation.wanted_because == "loop"


def test_second_thoughts_leave_a_trace(chat: Chat) -> None:
    rina = chat.person("Rina")
    rina.says(JUTEK)
    rina.taps("send")
    (ticket,) = rina.tickets
    original = messages()[0].provider_id
    new = {
        "original_message_id": original,
        "message": {"type": "text", "text": {"body": "Perawat lt 3"}},
    }
    rina.does("edit", edit=new)
    rina.does("revoke", revoke={"original_message_id": original})
    changed, deleted = texts_of(ticket)
    assert changed.endswith("Perawat lt 3")
    assert deleted.startswith("(")
    assert rina.tickets[0].text == JUTEK


def test_what_was_taken_back_before_it_was_sent_is_not_sent(chat: Chat) -> None:
    rina = chat.person("Rina")
    rina.says(JUTEK, "nama saya jangan disebut ya suster Ani galak")
    second = messages()[1].provider_id
    rina.does("revoke", revoke={"original_message_id": second})
    rina.taps("wish:rahasia")
    (ticket,) = rina.tickets
    assert ticket.text == JUTEK
    assert (ticket.identity, ticket.access) == ("withheld", "restricted")


def test_what_cannot_be_opened_is_said_so(chat: Chat) -> None:
    rina = chat.person("Rina")
    errors = [{"code": 131051, "title": "Message type unknown"}]
    assert rina.does("unsupported", unsupported={"type": "poll_creation"}, errors=errors) == [
        ours(sentences.cannot_open)
    ]
    assert rina.does("reaction", reaction={"message_id": "wamid.X", "emoji": "👍"}) == []
    place = {"latitude": -0.9471, "longitude": 100.4172, "name": "Parkiran depan"}
    rina.does("location", location=place)
    rina.says("di sini lampunya mati semua, gelap")
    rina.taps("send")
    assert "Parkiran depan" in rina.tickets[0].text


def test_what_left_by_an_exit_takes_nothing_more(chat: Chat, cast: Cast) -> None:
    rina = chat.person("Rina")
    ticket = an_earlier_complaint(rina, JUTEK)
    number = number_of(ticket)
    exit_ = leave_by_exit
    cast.act("sari", number, lambda t, by: exit_(t, Status.NOT_OURS, "Bukan kami.", by=by))
    heard = rina.says(f"tambah keterangan untuk laporan {number} masih terjadi")
    assert heard[0] == ours(ticket_sentences.too_late, number)
    rina.taps("send")
    newer = rina.tickets[1]
    assert "link" in kinds(newer)


@pytest.mark.parametrize(
    "length", [20, 300]
)  # of the provider's ids: the second is longer than our column
def test_a_merged_complaint_still_takes_what_they_add(chat: Chat, cast: Cast, length: int) -> None:
    rina, budi = chat.person("Rina"), chat.person("Budi")
    leading, other = an_earlier_complaint(budi, JUTEK), an_earlier_complaint(rina, JUTEK)
    into = number_of(leading)
    cast.triage(into, Grade.GREEN)
    merge = merging.merge_ticket
    cast.act(
        "sari", number_of(other), lambda t, by: merge(t, find_to_change(by, into), "Sama.", by=by)
    )
    (told,) = rina.says("status")
    assert number_of(other) in told
    assert into not in told
    rina.says("kemarin malam lagi", answering=rina.reference_of_last(length))
    assert texts_of(other) == ["kemarin malam lagi"]


@pytest.mark.parametrize("attempts", [talking.MAX_ATTEMPTS])
def test_a_fault_brings_a_person(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    def stumble(*_args: object) -> None:
        raise ArithmeticError("broken")

    monkeypatch.setattr(talking, "decide", stumble)
    rina = chat.person("Rina")
    assert rina.says(JUTEK) == []
    for _again in range(attempts):
        chat.wait(timedelta(minutes=6))
    assert rina.conversation.wanted_because == "fault"
    assert rina.conversation.error.startswith("ArithmeticError in ")
    assert [one.reason for one in messages()] == ["fault"]


def test_what_reaches_us_days_late_is_dated_when_it_was_said(chat: Chat) -> None:
    """The provider tries for a week; the promise counts from the person's own moment."""
    rina = chat.person("Rina")
    said_at = clock.now() - timedelta(days=6, hours=23)
    chat.receive(
        post(message(text={"body": JUTEK}, at=said_at, wa_id=rina.wa_id, user_id=None), name="Rina")
    )
    chat.wait(timedelta(hours=2))
    rina.says("kirim")
    (ticket,) = rina.tickets
    assert abs(ticket.received_at - said_at) < timedelta(seconds=1)
    assert ticket.late_reason


def test_praise_may_be_a_complaint_after_all(chat: Chat) -> None:
    rina = chat.person("Rina")
    rina.says("makasih ya bidan Sari ramah dan sabar sekali waktu itu")
    rina.taps("kind:complaint")
    rina.taps("send")
    assert (rina.tickets[0].kind, rina.tickets[0].channel) == (Kind.COMPLAINT, Channel.WHATSAPP)


def test_who_is_anonymous_leaves_nothing(chat: Chat) -> None:
    """No way back on the ticket, no words in the talk, in the stored POSTs or in the outbox."""
    secret = "Ada oknum petugas pendaftaran minta uang biar cepat dapat kamar"
    budi = chat.person("Budi Hartono")
    budi.says(secret)
    (explained,) = budi.taps("private")
    assert "/keluhan" in explained
    (told,) = budi.taps("wish:anonim")
    ticket = db.session.scalars(select(Ticket)).one()
    number = number_of(ticket)
    assert number in told
    assert "/k/" not in told
    assert (ticket.identity, ticket.complainant_id, ticket.reply_address) == ("anonymous", None, "")
    assert ticket.text == secret
    budi.reference_of_last()
    chat.wait(timedelta(minutes=1))
    assert all(not one.text or one.text == "?" for one in messages())
    assert {one.ticket_id for one in messages()} == {None}
    posts = b"".join(inbox.raw_of(row) for row in db.session.scalars(select(Inbound)))
    assert secret.encode() not in posts
    storage = get_storage()
    kept = b"".join(storage.path(digest).read_bytes() for digest in storage.digests())
    assert b"oknum petugas" not in kept
    chat.wait(STAYS)
    outbox = db.session.execute(select(OutboxMessage.text, OutboxMessage.values)).all()
    assert number not in str([row for row in outbox if row.text])
    assert budi.says("status") == [ours(ticket_sentences.none_here)]
