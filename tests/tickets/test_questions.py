"""Questions to the complainant: which clocks rest, until when, and what becomes of those nobody answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.lib import clock
from helpdesk.lib.errors import Refused
from helpdesk.tickets import closing, questions
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.picture import picture_of
from helpdesk.tickets.states import Status
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.tickets.steps import (
    FRIDAY,
    answer,
    as_complainant,
    ask,
    clocks_of,
    dispose,
    question_of,
    row_of,
    send_back,
    submit,
)


def reply(number: str, position: int) -> None:
    question_id = question_of(number, position)
    say = questions.answer_question
    as_complainant(number, lambda t, by: say(t, question_id, "dr. Rina", by=by))


def test_the_answer_to_one_unit_does_not_wait_for_the_question_of_another(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi", "keuangan")
        ask(cast, number, "budi")
        ask(cast, number, "tono")
        pharmacy, finance = clocks_of(number, "hop")
        assert (pharmacy.due_at, finance.due_at) == (None, None)
        traveller.shift(timedelta(hours=3))
        reply(number, 0)
        pharmacy, finance = clocks_of(number, "hop")
        assert pharmacy.due_at is not None, "its own question is answered"
        assert finance.due_at is None
        assert clocks_of(number, "resolve")[0].due_at is None, "one question is still open"
        reply(number, 1)
        assert clocks_of(number, "hop")[1].due_at is not None
        assert list(wrong_clocks()) == []


def test_questions_that_the_answer_overtook_are_not_asked_again(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number)
        ask(cast, number, "sari", "Yang dulu?")
        answer(cast, number)
        as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
        ask(cast, number, "sari", "Yang baru?")
        shown = picture_of(cast.ticket(number), cast.actor("sari"), "id").open_questions
        assert [event.text for event in shown] == ["Yang baru?"]
        as_complainant(number, lambda t, by: questions.add_message(t, "Ini.", by=by))
        ticket = row_of(number)
        assert not ticket.is_waiting
        assert clocks_of(number, "resolve")[-1].due_at is not None


def test_a_message_reaches_a_ticket_that_left_with_a_question_open(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number)
        ask(cast, number, "sari")
        leave = leave_by_exit
        cast.act("sari", number, lambda t, by: leave(t, Status.NOT_OURS, "Bukan kami.", by=by))
        assert not row_of(number).is_waiting
        as_complainant(number, lambda t, by: questions.add_message(t, "Mengapa?", by=by))


def test_asking_after_the_deadline_does_not_undo_the_breach(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        by_hand = clock.now() + timedelta(hours=2)
        sent = [Instruction(unit_id=cast.unit_ids["farmasi"], due_at=by_hand)]
        cast.act("sari", number, lambda t, by: dispose_ticket(t, sent, by=by))
        traveller.shift(timedelta(hours=5))
        ask(cast, number, "budi")
        assert clocks_of(number, "hop")[0].due_at == by_hand
        traveller.shift(timedelta(hours=20))
        reply(number, 0)
        submit(cast, number, "budi")
        assert clocks_of(number, "hop")[0].verdict == "missed"
        assert list(wrong_clocks()) == []


def test_whoever_gave_the_work_back_asks_no_more(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain(recorded_by_id=cast.user_ids["tono"]).number
        cast.triage(number)
        dispose(cast, number, "farmasi", "keuangan")
        send_back(cast, number, "tono")

        def still_ask(ticket: Ticket, by: object) -> None:
            questions.ask_complainant(ticket, "Berapa tagihannya?", by=by)  # type: ignore[arg-type]

        with pytest.raises(Refused):  # they recorded it, so they still see where it stands
            cast.act("tono", number, still_ask)
