"""The statutory clock: answer and follow-up, whatever the order, and what a closing does to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.lib import clock
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import closing, questions
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.states import Grade, Kind, Status
from helpdesk.tickets.tracking import public_story_of
from helpdesk.tickets.triage import reclassify_ticket, regrade_ticket
from tests.support.cast import Cast
from tests.tickets.steps import (
    FRIDAY,
    answer,
    approve,
    as_complainant,
    ask,
    clocks_of,
    dispose,
    follow_up,
    row_of,
    submit,
    sweep,
)


@pytest.fixture(autouse=True)
def _no_clock_is_set_aside(caplog: pytest.LogCaptureFixture) -> object:
    """A sweep that stumbles logs it and goes on: here nothing may stumble."""
    yield
    assert [record.message for record in caplog.records if "set aside" in record.message] == []


def told(number: str, kind: str = "complainant") -> list[str]:
    return [
        m.event for m in messages_about("ticket", row_of(number).id) if m.recipient_kind == kind
    ]


def test_a_confirmed_ticket_whose_follow_up_is_missing_is_still_watched(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.RED)
        answer(cast, number, by="ratih")
        as_complainant(number, lambda t, by: closing.confirm_solved(t, by=by))
        traveller.shift(timedelta(days=2))
        sweep()
        late = clocks_of(number, "answer")[0]
        assert late.breached_at == late.due_at
        assert "late_apology" not in told(number), "the answer was not late, only the follow-up"


def test_a_follow_up_recorded_after_the_closing_keeps_the_promise(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        answer(cast, number)
        as_complainant(number, lambda t, by: closing.confirm_solved(t, by=by))
        traveller.shift(timedelta(hours=1))
        follow_up(cast, number)
        assert clocks_of(number, "answer")[0].verdict == "met"
        assert row_of(number).status == "closed"


def test_closed_unilaterally_the_follow_up_decides_whether_the_promise_was_kept(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        done, left = cast.complain().number, cast.complain().number
        for number in (done, left):
            cast.triage(number)
        follow_up(cast, done)
        close = closing.close_unilaterally
        for number in (done, left):
            cast.act("ratih", number, lambda t, by: close(t, "Tidak dapat dihubungi.", by=by))
        assert clocks_of(done, "answer")[0].verdict == "met"
        traveller.shift(timedelta(days=9))
        sweep()
        assert clocks_of(left, "answer")[0].breached_at is not None


def test_work_recalled_in_time_counts_neither_for_nor_against_the_unit(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        close = closing.close_unilaterally
        cast.act("ratih", number, lambda t, by: close(t, "Dicabut lisan.", by=by))
        assert clocks_of(number, "hop")[0].verdict == "void"


def test_the_first_finding_of_a_later_round_stops_a_clock_that_waited_for_it(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        answer(cast, number)
        object_to = closing.object_to_answer
        as_complainant(number, lambda t, by: object_to(t, "Belum ada.", by=by))
        traveller.shift(timedelta(hours=2))
        dispose(cast, number, "farmasi")
        submit(cast, number, "budi")
        assert clocks_of(number, "answer")[0].stopped_at == clock.now()


def test_what_was_promised_before_the_first_answer_is_judged_by_no_later_grade(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.GREEN)
        traveller.shift(timedelta(hours=30))
        answer(cast, number)
        as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum ada.", by=by))
        traveller.shift(timedelta(hours=1))
        cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.RED, "Gawat.", by=by))
        follow_up(cast, number)
        kept = clocks_of(number, "answer")[0]
        assert (kept.grade, kept.verdict) == (Grade.GREEN, "met")
        assert clocks_of(number, "resolve")[-1].grade == Grade.RED


def test_advertising_that_was_seen_late_broke_no_promise(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        spam, withdrawn = (cast.complain().number for _ in range(2))
        traveller.shift(timedelta(days=8))
        sweep()
        for number, to in ((spam, Status.SPAM), (withdrawn, Status.WITHDRAWN)):
            cast.act("ratih", number, lambda t, by, to=to: leave_by_exit(t, to, "Iklan.", by=by))
        assert (
            clocks_of(spam, "answer")[0].verdict == clocks_of(spam, "triage")[0].verdict == "void"
        )
        assert clocks_of(withdrawn, "answer")[0].verdict == "missed"


def test_after_an_objection_the_next_promise_is_shown_not_the_old_one(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.RED)
        answer(cast, number, by="ratih")  # nobody recorded a follow-up
        traveller.shift(timedelta(days=2))
        as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum ada.", by=by))
        assert row_of(number).due_at == clocks_of(number, "resolve")[-1].due_at


def test_a_message_after_the_answer_is_no_silence(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        follow_up(cast, number)
        answer(cast, number)
        first = clocks_of(number, "confirm")[0].due_at
        traveller.shift(timedelta(days=5))
        as_complainant(number, lambda t, by: questions.add_message(t, "Saya cek dulu.", by=by))
        last = clocks_of(number, "confirm")[-1].due_at
        assert first is not None
        assert last is not None
        assert row_of(number).due_at == last > first
        traveller.move_to(first + timedelta(minutes=1))
        sweep()
        assert row_of(number).status == "answered"
        traveller.shift(timedelta(days=30))
        sweep()
        assert (row_of(number).status, row_of(number).closing) == ("closed", "assumed")


def test_the_same_grade_again_does_not_begin_the_ladder_anew(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        traveller.shift(timedelta(days=6))
        sweep()
        before = clocks_of(number, "answer")[0].steps_done
        assert before == "warn"
        cast.triage(number, Grade.GREEN)
        assert clocks_of(number, "answer")[0].steps_done == before


def test_a_later_deadline_takes_an_early_breach_back(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.RED)
        traveller.shift(timedelta(days=2))
        sweep()
        assert clocks_of(number, "answer")[0].breached_at
        cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.GREEN, "Ringan.", by=by))
        sweep()
        answering_late = clocks_of(number, "answer")[0]
        assert (answering_late.breached_at, answering_late.round) == (None, 2)
        follow_up(cast, number)
        answer(cast, number)
        assert clocks_of(number, "answer")[0].verdict == "met"
        assert list(wrong_clocks()) == []


def test_whoever_was_promised_an_earlier_day_is_told_of_the_later_one(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain(whatsapp="", email="rina@example.org").number
        cast.triage(number, Grade.RED)
        promised = cast.ticket(number).due_at
        traveller.shift(timedelta(hours=1))
        cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.GREEN, "Ringan.", by=by))
        later = cast.ticket(number).due_at
        assert promised is not None
        assert later is not None
        assert later > promised
        assert told(number)[-1] == "due_moved"
        read = public_story_of(row_of(number))[-1]
        assert (read.kind, read.details["was_due_at"]) == ("postpone", promised.isoformat())
        traveller.shift(timedelta(hours=1))
        cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.RED, "Gawat.", by=by))
        assert told(number)[-1] == "due_moved", "an earlier day needs no excuse"
        assert told(number).count("due_moved") == 1


def test_the_reopen_window_never_ends_before_the_silence_does(cast: Cast) -> None:
    from helpdesk.accounts.organisation import Organisation
    from helpdesk.lib.database import db, unit_of_work

    def set_window() -> None:
        db.session.get_one(Organisation, 1).reopen_days = 3

    unit_of_work(set_window)
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        submit(cast, number, "budi")
        approve(cast, number)
        answer(cast, number)
        traveller.shift(timedelta(days=5))
        as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum ada.", by=by))
        assert row_of(number).status == "in_progress"


def reclassify(cast: Cast, number: str, kind: Kind) -> None:
    cast.act(
        "sari",
        number,
        lambda t, by: reclassify_ticket(t, category_id=None, kind=kind, title="", by=by),
    )


def test_praise_waits_for_no_unit_and_what_turns_out_to_be_a_complaint_does(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        reclassify(cast, number, Kind.PRAISE)
        assert [one.verdict for one in clocks_of(number, "dispose")] == ["void"]
        traveller.shift(timedelta(days=5))
        sweep()
        assert told(number, "staff") == []
        reclassify(cast, number, Kind.COMPLAINT)
        reclassify(cast, number, Kind.INFORMATION)
        assert [one.verdict for one in clocks_of(number, "dispose")] == ["void", ""]


def test_a_graver_grade_hurries_the_units_at_work_and_tells_them(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number, Grade.GREEN)
        dispose(cast, number, "farmasi")
        (before,) = [one.due_at for one in row_of(number).dispositions]
        cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.RED, "Pingsan.", by=by))
        (work,) = row_of(number).dispositions
        assert (hop := clocks_of(number, "hop")[0]).grade == "merah"
        assert before is not None
        assert work.due_at == hop.due_at < before
        assert "regraded" in told(number, "staff")
        assert list(wrong_clocks()) == []


def test_a_grade_that_is_confirmed_is_no_news_to_the_units(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.GREEN)
    dispose(cast, number, "farmasi")
    cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.GREEN, "Tetap.", by=by))
    assert "regraded" not in told(number, "staff")


def test_a_deadline_that_customer_care_set_stays_when_the_grade_changes(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number, Grade.GREEN)
        by_then = clock.now() + timedelta(days=2)
        sent = [Instruction(unit_id=cast.unit_ids["farmasi"], due_at=by_then)]
        cast.act("sari", number, lambda t, by: dispose_ticket(t, sent, by=by))
        cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.RED, "Pingsan.", by=by))
        assert [one.due_at for one in row_of(number).dispositions] == [by_then]


@pytest.mark.parametrize("kind", [Kind.INFORMATION, Kind.SUGGESTION])
def test_whoever_objects_is_promised_an_answer_whatever_they_had_sent(
    cast: Cast, kind: Kind
) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain(kind=kind).number
        cast.triage(number, Grade.GREEN, kind=kind)
        answer(cast, number)
        as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum jelas.", by=by))
        assert row_of(number).due_at is not None
        (reopened,) = [
            m for m in messages_about("ticket", row_of(number).id) if m.event == "reopened"
        ]
        assert reopened.values["due"] != "-"
        reclassify(cast, number, kind)
        assert row_of(number).due_at is not None, "a new title takes nothing back"


def test_work_submitted_while_its_question_is_open_keeps_its_deadline_in_the_list(
    cast: Cast,
) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        (promised,) = [one.due_at for one in row_of(number).dispositions]
        ask(cast, number, "budi")
        submit(cast, number, "budi")
        assert [one.due_at for one in row_of(number).dispositions] == [promised]
