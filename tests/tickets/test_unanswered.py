"""Questions that nobody answers: one reminder, and at the moment named the clocks run again and the desk decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import questions
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.records import Question, SlaClock, TicketEvent
from helpdesk.tickets.states import Grade, Status
from helpdesk.tickets.unanswered import AFTER_A_FAULT, follow_up_questions
from helpdesk.tickets.worklist import Desk, DeskKind, View, count_views
from tests.support.cast import Cast
from tests.tickets.steps import (
    FRIDAY,
    as_complainant,
    ask,
    clocks_of,
    dispose,
    question_of,
    row_of,
    submit,
)

DESK = Desk(DeskKind.CARE)


@pytest.fixture
def number(cast: Cast, traveller: time_machine.Traveller) -> str:
    """A complaint on which the pharmacy asked its complainant something just now."""
    number = at_pharmacy(cast)
    ask(cast, number, "budi")
    return number


def at_pharmacy(cast: Cast, **left: str) -> str:
    number = cast.complain(**left).number
    cast.triage(number, grade=Grade.GREEN)
    dispose(cast, number, "farmasi", officer="budi")
    return number


def the_question(number: str, position: int = 0) -> Question:
    question = db.session.get(Question, question_of(number, position), populate_existing=True)
    assert question is not None
    return question


def due_of(number: str, position: int = 0) -> datetime:
    due_at = the_question(number, position).due_at
    assert due_at is not None
    return due_at


def sweep() -> None:
    """The worker looks until nothing is due; a question set aside is a fault."""
    while follow_up_questions(clock.now()):
        pass
    assert db.session.scalars(select(Question).where(Question.look_at <= clock.now())).all() == []
    assert list(wrong_clocks()) == []


def told(number: str, event: str) -> list[OutboxMessage]:
    return [one for one in messages_about("ticket", row_of(number).id) if one.event == event]


def events(number: str, kind: str) -> list[TicketEvent]:
    rows = select(TicketEvent).where(TicketEvent.ticket_id == row_of(number).id)
    return list(db.session.scalars(rows.where(TicketEvent.kind == kind)))


def hop_of(number: str) -> SlaClock:
    return clocks_of(number, "hop")[0]


def to_call(cast: Cast) -> int:
    return count_views(cast.actor("sari"), [DESK], clock.now())[DESK, View.TO_CALL]


def test_who_has_not_answered_is_reminded_once_of_the_moment_that_was_named(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = at_pharmacy(cast, whatsapp="", email="wati@example.org")
    ask(cast, number, "budi")
    asked_at, due_at = clock.now(), due_of(number)
    traveller.move_to(asked_at + (due_at - asked_at) / 2)
    sweep()
    assert told(number, "question_reminder") == []
    traveller.move_to(asked_at + (due_at - asked_at) * 0.75)
    sweep()
    sweep()
    [reminder] = told(number, "question_reminder")
    assert reminder.recipient_kind == "complainant"
    assert reminder.values["until"] == told(number, "question")[0].values["until"]
    assert len(events(number, "remind")) == 1
    assert hop_of(number).due_at is None, "the clock rests on"


def test_on_whatsapp_the_question_itself_is_sent_again_until_the_reminder_is_approved(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    traveller.move_to(due_of(number) - timedelta(minutes=1))
    sweep()
    asked = told(number, "question")
    assert [one.values["until"] for one in asked] == [asked[0].values["until"]] * 2
    assert told(number, "question_reminder") == []


@pytest.mark.parametrize(
    "left", [{"whatsapp": "", "phone": "0751-555123"}, {"whatsapp": ""}], ids=["phone", "nothing"]
)
def test_who_cannot_be_written_to_is_not_reminded(
    cast: Cast, traveller: time_machine.Traveller, left: dict[str, str]
) -> None:
    number = at_pharmacy(cast, **left)
    ask(cast, number, "budi")
    traveller.move_to(due_of(number) - timedelta(minutes=1))
    sweep()
    assert (events(number, "remind"), told(number, "question_reminder")) == ([], [])
    traveller.shift(timedelta(minutes=1))
    sweep()
    assert len(events(number, "unanswered")) == 1


def test_who_is_asked_for_a_word_within_hours_is_not_reminded(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = at_pharmacy(cast)
    promised = row_of(number).due_at
    assert promised is not None
    traveller.move_to(promised - timedelta(hours=2))
    ask(cast, number, "budi")
    traveller.move_to(promised - timedelta(minutes=1))
    sweep()
    assert (due_of(number), events(number, "remind")) == (promised, [])


def test_at_the_moment_named_the_clocks_run_again_and_stamps_say_that_moment(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    due_at = due_of(number)
    assert (hop_of(number).due_at, clocks_of(number, "resolve")[0].due_at) == (None, None)
    traveller.move_to(due_at + timedelta(hours=2))  # the worker comes late
    sweep()
    [unanswered] = events(number, "unanswered")
    assert (unanswered.at, unanswered.recorded_at) == (due_at, clock.now())
    assert (events(number, "remind"), len(told(number, "question"))) == ([], 1)
    for one in (hop_of(number), clocks_of(number, "resolve")[0]):
        assert [pause.to_at for pause in one.pauses] == [due_at]
        assert one.due_at is not None
    sweep()
    assert len(events(number, "unanswered")) == 1


def test_who_asked_and_the_desk_are_told_and_the_desk_finds_it_among_the_calls(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    assert to_call(cast) == 0
    traveller.move_to(due_of(number))
    sweep()
    heard = {one.recipient_id for one in told(number, "question_unanswered")}
    assert heard == {cast.user_ids[name] for name in ("sari", "budi", "lestari")}
    assert to_call(cast) == 1


def test_an_answer_that_comes_later_is_taken_as_always(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    traveller.move_to(due_of(number) + timedelta(days=3))
    sweep()
    due_at = hop_of(number).due_at
    as_complainant(number, lambda t, by: questions.add_message(t, "dr. Rina", by=by))
    assert [event.text for event in events(number, "reply_to_question")] == ["dr. Rina"]
    assert (row_of(number).is_waiting, to_call(cast)) == (False, 0)
    assert hop_of(number).due_at == due_at
    traveller.shift(timedelta(days=30))
    sweep()
    assert len(events(number, "unanswered")) == 1


def test_what_was_answered_in_time_or_overtaken_is_never_overdue(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    as_complainant(number, lambda t, by: questions.add_message(t, "dr. Rina", by=by))
    submit(cast, number, "budi")
    other, third = at_pharmacy(cast), cast.complain().number
    ask(cast, other, "budi")
    cast.triage(third)
    ask(cast, third, "sari")
    away = leave_by_exit
    cast.act("sari", third, lambda t, by: away(t, Status.WITHDRAWN, "Dicabut.", by=by))
    submit(cast, other, "budi")
    as_complainant(other, lambda t, by: questions.add_message(t, "dr. Rina", by=by))
    traveller.shift(timedelta(days=40))
    assert follow_up_questions(clock.now()) == 0


def test_a_second_question_lets_the_clocks_rest_anew(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    traveller.move_to(due_of(number))
    sweep()
    ask(cast, number, "budi", "Hari apa?")
    assert hop_of(number).due_at is None
    assert due_of(number, 1) == clock.now() + timedelta(days=7), "nothing else lies ahead"
    traveller.shift(timedelta(days=7))
    sweep()
    rests = [(pause.from_at, pause.to_at) for pause in hop_of(number).pauses]
    assert rests == [
        (datetime.fromisoformat(FRIDAY), due_of(number)),
        (due_of(number), clock.now()),
    ]
    assert len(events(number, "unanswered")) == 2


def test_a_clock_rests_for_the_question_that_is_still_in_time(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    first = the_question(number)
    first.due_at = first.look_at = clock.now() + timedelta(days=1)
    db.session.commit()
    ask(cast, number, "sari", "Kapan?")
    traveller.shift(timedelta(days=1))
    sweep()
    assert len(events(number, "unanswered")) == 1
    assert hop_of(number).due_at is None, "customer care's question is still open"
    traveller.move_to(due_of(number, 1))
    sweep()
    assert hop_of(number).due_at is not None


def test_a_question_without_a_moment_waits_as_before(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    question = the_question(number)
    question.due_at = question.look_at = None
    db.session.commit()
    traveller.shift(timedelta(days=60))
    sweep()
    assert (hop_of(number).due_at, row_of(number).is_waiting) == (None, True)


def test_a_question_that_cannot_be_followed_up_does_not_hold_up_the_others(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    other = at_pharmacy(cast)
    ask(cast, other, "budi")
    row_of(number).status = Status.ANSWERED.value  # a row that contradicts itself
    db.session.commit()
    traveller.shift(timedelta(days=30))
    assert follow_up_questions(clock.now()) == 2
    assert len(events(other, "unanswered")) == 1
    assert the_question(number).look_at == clock.now() + AFTER_A_FAULT


def test_pages_say_by_when_and_that_the_time_is_over(
    app: Flask, cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    def page(who: str) -> str:
        return cast.sign_in(app.test_client(), who).get(f"/kerja/tiket/{number}").text

    assert "Menunggu pelapor" in page("sari")
    traveller.move_to(due_of(number))
    sweep()
    for who in ("sari", "budi"):
        assert "Belum dijawab sampai batas waktu" in page(who)
        assert "Pelapor belum menjawab pertanyaan sampai batas waktunya" in page(who)
    assert "tentukan langkah berikutnya tanpa jawaban itu" in page("sari")
