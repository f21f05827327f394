"""Whoever taps a second time, or asks how it stands, hears it; and nothing is opened or added twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.accounts.organisation import Organisation
from helpdesk.intake.whatsapp.dialogue import sentences, ticket_sentences
from helpdesk.intake.whatsapp.situation import MOST_AN_HOUR
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets.opening import number_of
from tests.journeys.chatting import Chat, Person, ours
from tests.journeys.test_whatsapp_samples import an_earlier_complaint, kinds

JUTEK = "Perawat lt 2 shift malam jutek bgt, ditanya malah ketus"
PARKING = "parkir motor 5rb tidak ada karcis sama sekali"


def taps_below(person: Person, reference: str, choice: str) -> list[str]:
    """Tap a button of the message with this *reference*, as the telephone says it."""
    reply = {"type": "button_reply", "button_reply": {"id": choice, "title": "?"}}
    return person.does("interactive", interactive=reply, context={"id": reference})


def test_sent_is_sent_and_said_once_for_each_tap(chat: Chat) -> None:
    rina = chat.person("Rina")
    ticket = an_earlier_complaint(rina, JUTEK)
    sent = [ours(ticket_sentences.already_sent, number_of(ticket))]
    assert rina.taps("send") == rina.taps("send") == sent
    chat.wait(timedelta(hours=5))
    assert rina.taps("send") == sent
    assert len(rina.tickets) == 1


@pytest.mark.parametrize(
    "length", [20, 300]
)  # of the provider's ids: the second is longer than our column
def test_the_older_button_speaks_of_the_older_complaint(chat: Chat, length: int) -> None:
    rina = chat.person("Rina")
    rina.says(JUTEK)
    older = rina.reference_of_last(length)
    taps_below(rina, older, "send")
    rina.taps_id("menu:complain")
    rina.says(PARKING)  # told, and not sent yet
    (first,) = rina.tickets
    sent = [ours(ticket_sentences.already_sent, number_of(first))]
    assert taps_below(rina, older, "send") == sent
    assert len(rina.tickets) == 1
    rina.taps_id("send")
    assert [one.text for one in rina.tickets] == [JUTEK, PARKING]
    assert taps_below(rina, older, "send") == sent


def test_an_anonymous_one_is_not_named_again(chat: Chat) -> None:
    rina = chat.person("Rina")
    rina.says(f"{JUTEK}, anonim ya")
    rina.taps("wish:anonim")
    assert rina.taps_id("wish:anonim") == rina.taps_id("send") == [ours(sentences.what_now)]


def test_who_goes_on_tapping_is_answered_no_oftener_than_others(chat: Chat) -> None:
    rina = chat.person("Rina")
    an_earlier_complaint(rina, JUTEK)
    heard = [told for _tap in range(MOST_AN_HOUR + 3) for told in rina.taps("send")]
    assert len(heard) < MOST_AN_HOUR
    assert rina.conversation.wanted_because == "loop"


def test_who_asks_how_it_stands_adds_nothing(chat: Chat) -> None:
    rina = chat.person("Rina")
    ticket = an_earlier_complaint(rina, JUTEK)
    for words in ("statusnya gimana?", "kapan selesai?", "min kok belum dibalas2 ya"):
        (told,) = rina.says(words)
        assert "sudah kami terima; petugas kami membacanya lebih dahulu." in told
    assert "add_message" not in kinds(ticket)
    added, told = rina.says("kok belum ditangani ya")
    assert added == ours(ticket_sentences.added, number_of(ticket), was_asked=False)
    assert number_of(ticket) in told
    assert kinds(ticket).count("add_message") == 1


def test_the_emergency_is_told_in_the_words_of_the_house(chat: Chat) -> None:
    def furnish() -> None:
        here = db.session.scalars(select(Organisation)).one()
        here.emergency_id = "Langsung ke IGD, lantai 1, atau telepon"
        here.emergency_en = "Come to the emergency department, ground floor, or call"

    unit_of_work(furnish)
    (told,) = chat.person("Rina").says("tolong anak saya kejang di parkiran")
    assert "Langsung ke IGD, lantai 1, atau telepon *119 / IGD RSIA Contoh 0751-555-119*" in told
    (told,) = chat.person("Jane").says("my wife is bleeding heavily")
    assert "Come to the emergency department, ground floor, or call *119 / " in told
