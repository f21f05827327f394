"""Who left only a telephone is told by a call: it is asked for, and silence counts from when somebody reached them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.lib import clock
from helpdesk.messaging.outbox import messages_about
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets import closing
from helpdesk.tickets.amending import amend_ticket
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.moves import Move
from helpdesk.tickets.reaching import CallOutcome, note_call
from helpdesk.tickets.states import Kind, Status
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.tickets.worklist import Desk, DeskKind, View, count_views
from tests.support.cast import Cast
from tests.tickets.steps import answer, as_complainant, ask, clocks_of, follow_up, sweep

DESK = Desk(DeskKind.CARE)
FOUR_WEEKS = timedelta(weeks=4)


@pytest.fixture
def number(cast: Cast, traveller: time_machine.Traveller) -> str:
    number = cast.complain(whatsapp="", phone="0751-555123").number
    cast.triage(number)
    return number


def to_call(cast: Cast) -> int:
    return count_views(cast.actor("sari"), [DESK], clock.now())[DESK, View.TO_CALL]


def call(cast: Cast, number: str, outcome: CallOutcome) -> None:
    cast.act("sari", number, lambda t, by: note_call(t, outcome, "Dibacakan.", by=by))


def test_the_answer_is_to_be_told_by_a_call(cast: Cast, number: str) -> None:
    assert to_call(cast) == 0
    answer(cast, number)
    assert to_call(cast) == 1
    sari = cast.actor("sari")
    assert Move.CALLED in moves_open_to(cast.ticket(number), sari)
    assert clocks_of(number, ClockKind.CONFIRM) == []


def test_their_time_runs_from_the_call_that_reached_them(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    answer(cast, number)
    traveller.shift(FOUR_WEEKS)
    sweep()
    assert cast.ticket(number).status == "answered"
    call(cast, number, CallOutcome.NOT_REACHED)
    assert (clocks_of(number, ClockKind.CONFIRM), to_call(cast)) == ([], 1)
    call(cast, number, CallOutcome.REACHED)
    (confirm,) = clocks_of(number, ClockKind.CONFIRM)
    assert (confirm.started_at, to_call(cast)) == (clock.now(), 0)
    traveller.shift(FOUR_WEEKS)
    sweep()
    assert cast.ticket(number).closing == "assumed"
    assert to_call(cast) == 0, "nobody is called about silence"


def test_who_could_not_be_called_has_not_agreed(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    answer(cast, number)
    call(cast, number, CallOutcome.IMPOSSIBLE)
    traveller.shift(FOUR_WEEKS)
    sweep()
    assert cast.ticket(number).closing == "no_contact"


def test_a_call_about_an_earlier_answer_is_no_agreement_to_the_next(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    answer(cast, number)
    call(cast, number, CallOutcome.REACHED)
    traveller.shift(timedelta(hours=1))
    cast.act("sari", number, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
    answer(cast, number)
    assert (to_call(cast), clocks_of(number, ClockKind.CONFIRM)[-1].stopped_at) == (1, clock.now())
    call(cast, number, CallOutcome.IMPOSSIBLE)
    traveller.shift(FOUR_WEEKS)
    sweep()
    assert cast.ticket(number).closing == "no_contact"


def test_who_was_never_called_may_still_object(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    answer(cast, number)
    traveller.shift(timedelta(days=60))
    as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
    assert cast.ticket(number).reopenings == 1


def test_who_says_what_they_think_of_the_answer_knows_it(cast: Cast, number: str) -> None:
    answer(cast, number)
    as_complainant(number, lambda t, by: closing.confirm_solved(t, by=by))
    assert (cast.ticket(number).closing, to_call(cast)) == ("confirmed", 0)


def test_the_national_indicator_counts_the_answer_not_the_call(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    answered_at = clock.now()
    answer(cast, number)
    follow_up(cast, number)
    traveller.shift(timedelta(days=9))
    call(cast, number, CallOutcome.REACHED)
    (statutory,) = clocks_of(number, ClockKind.ANSWER)
    assert (statutory.stopped_at, statutory.verdict) == (answered_at, "met")


def test_a_question_and_an_end_are_to_be_told_too(cast: Cast, number: str) -> None:
    ask(cast, number, "sari")
    other = cast.complain(whatsapp="", phone="0751-555124").number
    cast.act("sari", other, lambda t, by: leave_by_exit(t, Status.NOT_OURS, "PDAM.", by=by))
    assert to_call(cast) == 2


def test_the_owner_hears_of_a_call_that_a_colleagues_answer_asks_for(
    cast: Cast, number: str
) -> None:
    answer(cast, number, by="dimas")
    about = messages_about("ticket", cast.ticket(number).id)
    told = [one.recipient_id for one in about if one.event == "call_wanted"]
    assert told == [cast.user_ids["sari"]]


def test_praise_closes_in_silence_once_they_were_thanked(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = cast.complain(whatsapp="", phone="0751-555125", kind=Kind.PRAISE).number
    cast.triage(number, kind=Kind.PRAISE)
    answer(cast, number)
    call(cast, number, CallOutcome.REACHED)
    traveller.shift(FOUR_WEEKS)
    sweep()
    assert (cast.ticket(number).status, to_call(cast)) == ("closed", 0)


def amend(cast: Cast, number: str, **facts: str) -> None:
    cast.act("sari", number, lambda t, by: amend_ticket(t, facts, by=by, checked="KTP."))


@pytest.mark.parametrize(
    ("facts", "closing"),
    [({"whatsapp": "0812-3456-0172", "phone": ""}, "assumed"), ({"phone": ""}, "no_contact")],
)
def test_nobody_need_call_any_more_and_silence_is_counted(
    cast: Cast, number: str, traveller: time_machine.Traveller, facts: dict[str, str], closing: str
) -> None:
    answer(cast, number)
    traveller.shift(FOUR_WEEKS)
    amend(cast, number, **facts)
    (confirm,) = clocks_of(number, ClockKind.CONFIRM)
    assert (confirm.started_at, to_call(cast)) == (clock.now(), 0)
    traveller.shift(FOUR_WEEKS)
    sweep()
    assert cast.ticket(number).closing == closing


def test_the_answer_went_to_a_wrong_number_and_their_time_begins_anew(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = cast.complain(whatsapp="0812-3456-0127").number
    cast.triage(number)
    answer(cast, number)
    (wrong,) = clocks_of(number, ClockKind.CONFIRM)
    assert wrong.due_at is not None
    traveller.move_to(wrong.due_at - timedelta(minutes=5))
    amend(cast, number, whatsapp="0812-3456-0172")
    traveller.shift(timedelta(minutes=10))
    sweep()
    assert cast.ticket(number).status == "answered"
    amend(cast, number, whatsapp="", phone="0751-555123")
    traveller.shift(FOUR_WEEKS)
    sweep()
    assert (cast.ticket(number).status, to_call(cast)) == ("answered", 1)
