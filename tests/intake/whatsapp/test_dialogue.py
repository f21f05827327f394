"""The dialogue alone, without a database: no text, no tap and no state makes it stumble, talk on, or tell too much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp.dialogue import menus, sentences, ticket_sentences
from helpdesk.intake.whatsapp.dialogue.steps import answer
from helpdesk.intake.whatsapp.dialogue.talk import (
    Add,
    CallPerson,
    Confirm,
    Heard,
    Known,
    Object,
    Open,
    Rate,
    Say,
    SetAside,
    Situation,
    Step,
    Talk,
    TellStatus,
    Turn,
    Why,
)
from helpdesk.messaging.whatsapp.choices import check_choices
from helpdesk.messaging.whatsapp.saying import TEXT_LENGTH
from helpdesk.tickets.number import TicketNumber
from helpdesk.tickets.states import Kind

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OPEN = Known(7, TicketNumber(2026, 42), "KLH-26-00042-8", "23-11-2026")
OTHER = Known(8, TicketNumber(2026, 43), "KLH-26-00043-5", "23-11-2026")
ANSWERED = Known(
    9, TicketNumber(2026, 44), "KLH-26-00044-2", "20-11-2026",
    is_answered=True, waits_for_confirmation=True, may_object=True,
)  # fmt: skip
HERE = Situation(NOW, "RSIA Contoh", years=(2026, 2025), form_url="https://rs.example/keluhan")
STORY = "Perawat lantai dua jutek sekali waktu ditanya"
MOST_SAID = 4


@pytest.fixture(autouse=True)
def _in_indonesian(app: Flask) -> Iterator[None]:
    with app.app_context(), force_locale("id"):
        yield


def hear(text: str = "", **facts: Any) -> Heard:
    return Heard((1,), text, **facts)


def says(turn: Turn) -> list[str]:
    return [deed.text for deed in turn.deeds if isinstance(deed, Say)]


def calls(turn: Turn) -> list[Why]:
    return [deed.why for deed in turn.deeds if isinstance(deed, CallPerson)]


def test_one_message_and_a_tap_are_enough() -> None:
    turn = answer(Talk(), hear(STORY), HERE)
    assert (turn.talk.step, turn.talk.gathered["story"]) == (Step.SUMMARY, [1])
    sent = answer(turn.talk, Heard(choice="send"), HERE)
    assert sent.deeds == (Open((1,), Kind.COMPLAINT, Wish.ORDINARY),)
    assert (sent.talk.step, sent.talk.gathered.get("story")) == (Step.IDLE, None)


def test_after_two_misunderstandings_a_person_and_silence() -> None:
    first = answer(Talk(), hear("hmm"), HERE)
    assert (first.talk.misunderstood, calls(first)) == (1, [])
    second = answer(first.talk, hear("zzz"), HERE)
    assert calls(second) == [Why.LOST]
    third = answer(second.talk, hear("qqq"), replace(HERE, is_silent=True))
    assert (says(third), third.deeds) == ([], (SetAside("person"),))


def test_what_is_understood_in_between_is_forgiven() -> None:
    lost = answer(Talk(), hear("hmm"), HERE)
    told = answer(lost.talk, hear(STORY), HERE)
    assert told.talk.misunderstood == 0


def test_the_menu_is_one_word_away_unless_somebody_has_taken_the_talk() -> None:
    silent = replace(HERE, is_silent=True)
    assert says(answer(Talk(), hear("menu"), silent))
    assert not says(answer(Talk(), hear("menu"), replace(silent, is_taken=True)))


def test_an_emergency_goes_before_silence_and_before_every_cap() -> None:
    deaf = replace(HERE, is_silent=True, is_taken=True, replies_left=0)
    turn = answer(Talk(step=Step.PIN), hear("istri saya pendarahan"), deaf)
    assert calls(turn) == [Why.EMERGENCY]
    assert says(turn) == [sentences.emergency("119")]
    again = answer(
        turn.talk, hear("masih pendarahan"), replace(HERE, now=NOW + timedelta(minutes=5))
    )
    assert Why.EMERGENCY not in calls(again)


def test_the_emergency_says_what_every_page_says() -> None:
    here = replace(HERE, emergency="555-0119", emergency_steps="Langsung ke IGD, atau telepon")
    (told,) = says(answer(Talk(), hear("anak saya kejang di parkiran"), here))
    assert told.splitlines()[2] == "Langsung ke IGD, atau telepon *119 / 555-0119*"
    only_119 = sentences.emergency("119", "Langsung ke IGD.")
    assert "Langsung ke IGD.\nSegera hubungi: *119*" in only_119
    assert "Segera hubungi: *555-0119*" in sentences.emergency("555-0119")


@pytest.mark.parametrize("words", ["Assalamualaikum", "aslm", "ass wr wb"])
def test_a_salam_is_returned(words: str) -> None:
    (told,) = says(answer(Talk(), hear(words), HERE))
    assert told.startswith("Waalaikumsalam. ")


def test_who_asks_how_it_stands_is_told_and_adds_nothing() -> None:
    spoken_of = replace(HERE, tickets=(OPEN,), is_fresh=True)
    for words in ("statusnya gimana?", "kapan selesai?", "min kok belum dibalas2 ya"):
        turn = answer(Talk(ticket_id=OPEN.id), hear(words), spoken_of)
        assert turn.deeds == (TellStatus(OPEN.id),)


def test_what_may_be_such_a_question_is_added_and_answered() -> None:
    one = replace(HERE, tickets=(OPEN,))
    fresh, talk = replace(one, is_fresh=True), Talk(ticket_id=OPEN.id)
    both = (Add(OPEN.id, (1,)), TellStatus(OPEN.id))
    assert answer(talk, hear("kok belum ditangani ya"), fresh).deeds == both
    assert answer(Talk(), hear("dokter kapan selesai?", about=OPEN.id), one).deeds == both
    long = "tadi saya tanya lagi kapan selesai tapi petugas di loket tiga tidak tahu juga"
    assert answer(talk, hear(long), fresh).deeds == (Add(OPEN.id, (1,)),)
    asked = answer(Talk(), hear("kok belum ditangani ya"), one)
    assert asked.deeds[0] == TellStatus(OPEN.id)
    assert (asked.talk.step, asked.talk.gathered["pending"]) == (Step.CHOOSING, [1])
    assert answer(Talk(), hear("dokter kapan datang"), one).deeds == (TellStatus(OPEN.id),)


def test_what_answers_our_question_is_no_question() -> None:
    asked = replace(HERE, tickets=(replace(OPEN, is_asked=True),))
    added = (Add(OPEN.id, (1,)),)
    assert answer(Talk(), hear("belum ada kabar"), asked).deeds == added
    assert answer(Talk(), hear("belum ada kabar", about=OPEN.id), asked).deeds == added
    assert answer(Talk(), hear("belum dipanggil"), asked).deeds == added
    assert answer(Talk(), hear("kapan selesai?"), asked).deeds == (TellStatus(OPEN.id),)


@pytest.mark.parametrize("choice", ["send", "private", "kind:complaint", "wish:biasa"])
def test_a_used_button_says_where_it_went(choice: str) -> None:
    talk, here = Talk(gathered={"sent": OPEN.id}), replace(HERE, tickets=(OPEN,), is_fresh=True)
    turn = answer(talk, Heard(choice=choice), here)
    assert says(turn) == [ticket_sentences.already_sent(OPEN.shown)]
    assert says(answer(Talk(), Heard(choice=choice), here)) == [sentences.what_now()]
    foreign = answer(Talk(gathered={"sent": 99}), Heard(choice=choice, about=99), here)
    assert says(foreign) == [sentences.what_now()]


@pytest.mark.parametrize("choice", ["send", "wish:biasa"])
def test_the_button_of_an_older_story_does_not_send_the_one_that_waits(choice: str) -> None:
    waiting = answer(Talk(), hear(STORY), HERE).talk
    turn = answer(waiting, Heard(choice=choice, about=OPEN.id), replace(HERE, tickets=(OPEN,)))
    assert says(turn) == [ticket_sentences.already_sent(OPEN.shown)]
    assert (turn.talk.step, turn.talk.gathered["story"]) == (Step.SUMMARY, [1])


def test_what_was_cancelled_is_not_called_sent() -> None:
    cancelled = answer(Talk(gathered={"sent": OPEN.id}), hear("batal"), HERE).talk
    turn = answer(cancelled, Heard(choice="send"), replace(HERE, tickets=(OPEN,)))
    assert says(turn) == [sentences.what_now()]


def test_no_machine_is_talked_with() -> None:
    bot = hear("Terima kasih telah menghubungi kami. Kami akan segera membalas.")
    assert answer(Talk(), bot, HERE).deeds == (SetAside("machine"),)
    assert answer(Talk(), hear(STORY, is_echo=True), HERE).deeds == (SetAside("machine"),)
    assert calls(answer(Talk(), hear("P", times=4), HERE)) == [Why.LOOP]
    assert calls(answer(Talk(), hear("P"), replace(HERE, replies_left=0))) == [Why.LOOP]


def test_several_open_tickets_are_asked_about() -> None:
    both = replace(HERE, tickets=(OTHER, OPEN), is_fresh=True)
    asked = answer(
        Talk(ticket_id=OPEN.id), hear("ini foto tambahan dari kemarin ya", files=1), both
    )
    assert asked.talk.step is Step.CHOOSING
    assert not [deed for deed in asked.deeds if isinstance(deed, Add)]
    put = answer(asked.talk, Heard(choice=f"ticket:{OPEN.id}"), both)
    assert put.deeds == (Add(OPEN.id, (1,)),)


def test_an_answer_to_our_message_is_about_its_ticket() -> None:
    both = replace(HERE, tickets=(OTHER, OPEN))
    assert answer(Talk(), hear("Suster Yuni", about=OPEN.id), both).deeds == (Add(OPEN.id, (1,)),)


@pytest.mark.parametrize(
    "choice", ["resolved:9", "not_yet:9", "rate:9:5", "ticket:9", "withdraw:9", "keep:9"]
)
def test_nobody_taps_for_another(choice: str) -> None:
    turn = answer(Talk(), Heard(choice=choice), replace(HERE, tickets=(OPEN,)))
    assert turn.deeds == answer(Talk(), hear("menu"), HERE).deeds


def test_the_same_words_for_unknown_and_foreign() -> None:
    foreign = answer(Talk(), hear("KLH-26-00044-2"), replace(HERE, tickets=(OPEN,)))
    unknown = answer(Talk(), hear("KLH-26-99999-4"), HERE)
    assert says(foreign) == says(unknown) == [ticket_sentences.not_opened()]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_everything_fits_the_provider(language: str, kind: Kind) -> None:
    with force_locale(language):
        url = "https://pengaduan.rumahsakit-ibu-dan-anak.example.co.id/keluhan"
        for was_added in (False, True):
            told = sentences.summary(kind, files=1, voices=1, has_words=True, was_added=was_added)
            check_choices(told, menus.of_summary(kind))
        check_choices(sentences.who_may_know(url), menus.of_wish())
        check_choices(sentences.emergency("IGD RSIA Contoh " * 10), menus.of_emergency())
        check_choices(sentences.emergency("9" * 200, "Langsung " * 22), menus.of_emergency())
        check_choices(sentences.return_salam("Rumah Sakit Ibu dan Anak " * 6), menus.menu())
        check_choices(sentences.hello("Rumah Sakit Ibu dan Anak " * 6), menus.menu())
        many = [
            replace(OPEN, id=one, shown=f"KLH-26-{one:05}-1", hint="x" * 90) for one in range(30)
        ]
        check_choices(ticket_sentences.where_to(), menus.tickets(many, with_new=True))
        check_choices(ticket_sentences.how_was_it(), menus.ratings(1))
        check_choices(ticket_sentences.add_or_new("KLH-26-00042-8"), menus.add_or_new(OPEN))
        check_choices(ticket_sentences.really_withdraw("KLH-26-00042-8"), menus.of_withdrawal(1))
        check_choices("?", menus.of_confirmation(1))


# ---------------------------------------------------------------- whatever is said

_TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["P", "ya", "tidak", "status", "batal", "menu", "petugas", "anonim", "rahasia", "kirim", STORY, "no 0042",
         "KLH-26-00042-8 123456", "123456", "belum selesai", "sudah selesai", "cabut laporan saya", "1", "3",
         "laporan saya ditutup padahal belum beres", "sesak nafas", "mau lapor", "tambah foto", "makasih", "english"]
    ),
)  # fmt: skip
_CHOICES = st.sampled_from(
    ["", "", "", "", "send", "more", "private", "record", "new", "menu:complain", "menu:status", "menu:add",
     "menu:info", "menu:person", "kind:complaint", "wish:biasa", "wish:rahasia", "wish:anonim", "wish:x", "ticket:7",
     "ticket:8", "ticket:99", "ticket:", "resolved:9", "not_yet:9", "rate:9:5", "rate:9:9", "rate:9", "withdraw:7",
     "keep:7", "resolved:-1", "nonsense", "ticket:99999999999999999999"]
)  # fmt: skip
_SAID = st.builds(
    lambda number, text, choice, files, voices, unsupported, signs, about, times: (
        Heard(choice=choice)
        if choice
        else Heard((number,), text, "", files, voices, unsupported, signs, about, times)
    ),
    st.integers(1, 10_000), _TEXTS, _CHOICES, st.integers(0, 3), st.integers(0, 1), st.integers(0, 1),
    st.integers(0, 1), st.sampled_from([None, None, 7, 9, 99]), st.integers(1, 5),
)  # fmt: skip
_SITUATIONS = st.builds(
    lambda tickets, silent, taken, fresh, left: replace(
        HERE, tickets=tickets, is_silent=silent, is_taken=taken, is_fresh=fresh, replies_left=left
    ),
    st.sampled_from([(), (OPEN,), (ANSWERED, OPEN), (OTHER, OPEN), (replace(OPEN, takes_messages=False),),
                     (replace(ANSWERED, may_object=False, waits_for_confirmation=False, is_open=False),),
                     (replace(OPEN, is_asked=True),)]),
    st.booleans(), st.booleans(), st.booleans(), st.sampled_from([20, 20, 20, 0]),
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.tuples(_SAID, _SITUATIONS), min_size=1, max_size=8))
def test_any_talk_goes_on(said: list[tuple[Heard, Situation]]) -> None:
    """Never an exception, never a ticket that is not theirs, and never more than a few replies that fit."""
    talk = Talk()
    for heard, situation in said:
        turn = answer(talk, heard, situation)
        theirs = {one.id for one in situation.tickets}
        for deed in turn.deeds:
            ticket_id = getattr(deed, "ticket_id", None)
            assert ticket_id is None or ticket_id in theirs
            if isinstance(deed, Say):
                check_choices(deed.text, deed.choices)
                assert 1 <= len(deed.text) <= TEXT_LENGTH
        assert len(says(turn)) <= MOST_SAID
        talk = turn.talk


def test_who_asks_whether_it_was_sent_hears_that_it_was_not() -> None:
    told = answer(Talk(), hear(STORY), HERE).talk
    for words in ("sudah terkirim?", "kapan dibalas", "?", "udah itu aja", "nanti saja"):
        turn = answer(told, hear(words), HERE)
        assert says(turn) == [sentences.unsent()]
        assert (turn.talk.step, turn.talk.gathered["story"]) == (Step.SUMMARY, [1])


def test_a_question_mark_asks_how_it_stands() -> None:
    assert says(answer(Talk(), hear("?"), HERE)) == [sentences.hello("RSIA Contoh")]
    turn = answer(Talk(), hear("??"), replace(HERE, tickets=(OPEN,)))
    assert turn.deeds == (TellStatus(OPEN.id),)
    assert answer(Talk(), hear("🙏"), HERE).deeds == ()


def test_who_is_still_typing_is_not_asked_again() -> None:
    asked = answer(Talk(), hear("mau lapor"), HERE).talk
    assert answer(asked, hear("bentar ya saya ketik"), HERE).deeds == ()
    assert says(answer(asked, hear("halo"), HERE)) == [sentences.tell_us()]


def test_done_and_a_number_may_be_typed_where_they_could_be_tapped() -> None:
    situation = replace(HERE, tickets=(ANSWERED,))
    confirmed = answer(Talk(), hear("sudah"), situation)
    assert confirmed.deeds == (Confirm(ANSWERED.id),)
    rated = answer(confirmed.talk, hear("5"), situation)
    assert rated.deeds == (Rate(ANSWERED.id, 5),)
    assert "rate" not in rated.talk.gathered
    assert answer(Talk(), hear("5"), situation).deeds != rated.deeds


def test_not_pleased_is_an_objection_where_we_answered_and_else_a_complaint() -> None:
    turn = answer(Talk(), hear("saya tidak puas"), replace(HERE, tickets=(ANSWERED,)))
    assert turn.deeds == (Object(ANSWERED.id, (1,)),)
    assert says(answer(Talk(), hear("saya tidak puas"), HERE)) == [sentences.tell_us()]


def test_solved_after_it_was_closed_needs_no_answer() -> None:
    closed = replace(ANSWERED, waits_for_confirmation=False, is_open=False)
    assert (
        answer(Talk(), hear("sudah beres bu makasih"), replace(HERE, tickets=(closed,))).deeds == ()
    )


def test_a_photo_is_welcome_before_a_complaint() -> None:
    assert says(answer(Talk(), hear("kirim foto dulu boleh?"), HERE)) == [sentences.tell_us()]


def test_thanks_are_never_a_loop() -> None:
    assert answer(Talk(), hear("makasih", times=9), HERE).deeds == ()
    assert calls(answer(Talk(), hear("halo", times=9), HERE)) == [Why.LOOP]


@pytest.fixture
def asked() -> Talk:
    """A story that may belong to either of two, and we asked."""
    return answer(Talk(), hear(STORY), replace(HERE, tickets=(OPEN, OTHER))).talk


@pytest.mark.parametrize(
    ("words", "ticket_id"), [("2", OTHER.id), ("yang pertama", OPEN.id), ("yg kedua aja", OTHER.id)]
)
def test_the_place_in_a_list_may_be_typed(asked: Talk, words: str, ticket_id: int) -> None:
    turn = answer(asked, Heard((2,), words), replace(HERE, tickets=(OPEN, OTHER)))
    assert turn.deeds == (Add(ticket_id, (1,)),)


@pytest.mark.parametrize("words", ["baru", "keluhan baru", "yang baru bu"])
def test_a_new_one_may_be_typed(asked: Talk, words: str) -> None:
    turn = answer(asked, Heard((2,), words), replace(HERE, tickets=(OPEN, OTHER)))
    assert (turn.talk.step, turn.talk.gathered["story"]) == (Step.SUMMARY, [1])


def test_an_addition_is_what_was_said_before() -> None:
    one = replace(HERE, tickets=(OPEN,))
    asked = answer(Talk(), hear(STORY), one).talk
    assert answer(asked, Heard((2,), "tambahan"), one).deeds == (Add(OPEN.id, (1,)),)


@pytest.mark.parametrize("words", ["halo", "menu", "status"])
def test_what_was_said_before_we_asked_is_never_dropped_unseen(asked: Talk, words: str) -> None:
    turn = answer(asked, Heard((2,), words), replace(HERE, tickets=(OPEN, OTHER)))
    assert calls(turn) == [Why.UNFINISHED]
    cancelled = answer(asked, Heard((2,), "batal"), replace(HERE, tickets=(OPEN, OTHER)))
    assert calls(cancelled) == []
