"""Ending a ticket unhandled, and the two ways back: customer care takes it back, or its complainant objects."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.access import scope_of
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.closing import object_to_answer
from helpdesk.tickets.leaving import contest_exit, leave_by_exit, revive_ticket
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.states import Grade, Kind, Status
from helpdesk.tickets.timeline import story_of
from helpdesk.tickets.triage import regrade_ticket
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, answer, as_complainant, dispose, row_of, submit, sweep

EXITS = [Status.NOT_OURS, Status.ARCHIVED, Status.SPAM, Status.WITHDRAWN]
TOLD = [Status.NOT_OURS, Status.ARCHIVED, Status.WITHDRAWN]


def leave(cast: Cast, number: str, way: Status, by: str = "sari") -> None:
    cast.act(by, number, lambda t, actor: leave_by_exit(t, way, "Salah alamat.", by=actor))


def revive(cast: Cast, number: str, by: str = "sari") -> None:
    cast.act(by, number, lambda t, actor: revive_ticket(t, "Keliru.", by=actor))


def clocks_of(number: str, kind: str = "") -> list[SlaClock]:
    """Of the *kind*, or all."""
    of_ticket = select(SlaClock).where(SlaClock.ticket_id == row_of(number).id)
    rows = db.session.scalars(of_ticket.execution_options(populate_existing=True))
    return [one for one in rows if kind in ("", one.kind)]


def contest(number: str) -> None:
    as_complainant(number, lambda t, by: contest_exit(t, "Ini urusan Anda.", by=by))


def told(number: str, kind: str = "complainant") -> list[str]:
    messages = messages_about("ticket", row_of(number).id)
    return [one.event for one in messages if one.recipient_kind == kind]


@pytest.mark.parametrize("way", EXITS)
def test_taken_back_before_grading_it_is_received_with_its_promises(
    cast: Cast, way: Status
) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        due = row_of(number).due_at
        leave(cast, number, way)
        traveller.shift(timedelta(hours=1))
        revive(cast, number)
        ticket = row_of(number)
        assert (ticket.status, ticket.needs, ticket.is_open) == ("received", "triage", True)
        assert (ticket.due_at, ticket.exit_reason) == (due, "")
        assert {one.verdict for one in clocks_of(number)} == {""}
        assert list(wrong_clocks()) == []
    heard = [] if way is Status.SPAM else [f"exit_{way}", "taken_up_again"]
    assert told(number) == ["received", *heard]


def test_taken_back_after_grading_it_waits_for_a_unit_again(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.GREEN)
        due = row_of(number).due_at
        leave(cast, number, Status.ARCHIVED)
        traveller.shift(timedelta(days=1))
        revive(cast, number)
        ticket = row_of(number)
        assert (ticket.status, ticket.needs, ticket.due_at) == ("triaged", "dispose", due)
        running = {one.kind for one in clocks_of(number) if not one.verdict}
        assert running == {"answer", "resolve", "dispose"}


def test_taken_back_what_was_called_off_goes_to_a_unit_anew(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number, Grade.GREEN)
        dispose(cast, number, "farmasi")
        submit(cast, number, "budi")
        leave(cast, number, Status.NOT_OURS)
        revive(cast, number)
        assert row_of(number).needs == "dispose"
        dispose(cast, number, "farmasi")
        assert row_of(number).status == "in_progress"


def test_what_was_late_when_it_ended_is_late_when_it_comes_back(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        traveller.shift(timedelta(days=8))
        sweep()
        leave(cast, number, Status.SPAM)
        assert {one.verdict for one in clocks_of(number)} == {"void"}
        revive(cast, number)
        traveller.shift(timedelta(days=1))
        sweep()
        answer_clock = clocks_of(number, "answer")[0]
        assert (answer_clock.verdict, answer_clock.stopped_at) == ("", None)
        assert answer_clock.breached_at == answer_clock.due_at


def test_what_was_promised_before_the_first_answer_comes_back_as_it_was(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.GREEN)
        answer(cast, number)
        traveller.shift(timedelta(hours=1))
        as_complainant(number, lambda t, by: object_to_answer(t, "Belum.", by=by))
        cast.act("sari", number, lambda t, by: regrade_ticket(t, Grade.RED, "Gawat.", by=by))
        leave(cast, number, Status.NOT_OURS)
        revive(cast, number)
        assert (clocks_of(number, "answer")[0].grade, row_of(number).needs) == ("hijau", "dispose")
        assert clocks_of(number, "resolve")[-1].verdict == ""


@pytest.mark.parametrize("way", TOLD)
def test_the_complainant_objects_and_the_desk_has_it_again(cast: Cast, way: Status) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        leave(cast, number, way)
        traveller.shift(timedelta(days=29))
        contest(number)
        assert (row_of(number).status, row_of(number).needs) == ("received", "triage")
        assert told(number)[-1] == "taken_up_again"
        assert "exit_contested" in told(number, "staff")


@pytest.mark.parametrize(("wish", "is_read"), [(Wish.ORDINARY, True), (Wish.CONFIDENTIAL, False)])
def test_units_read_the_words_of_an_objection_only_where_they_know_the_name(
    cast: Cast, wish: Wish, is_read: bool
) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain(wish=wish).number
        cast.triage(number, Grade.GREEN)
        leave(cast, number, Status.NOT_OURS)
        contest(number)
        dispose(cast, number, "farmasi")
        ticket = cast.ticket(number, by="budi")
        story = story_of(ticket, scope_of(cast.actor("budi"), ticket))
        assert ("contest" in {event.kind for event in story}) is is_read


def test_after_the_window_nobody_objects_but_customer_care_still_takes_it_back(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        leave(cast, number, Status.ARCHIVED)
        traveller.shift(timedelta(days=31))
        with pytest.raises(Conflict):
            contest(number)
        revive(cast, number)
        assert row_of(number).is_open


def test_nobody_objects_to_what_was_spam(cast: Cast) -> None:
    number = cast.complain().number
    leave(cast, number, Status.SPAM)
    with pytest.raises(Conflict):
        contest(number)


@pytest.mark.parametrize("way", [Status.ARCHIVED, Status.SPAM])
@pytest.mark.parametrize("grade", [Grade.YELLOW, Grade.RED])
def test_a_grave_complaint_is_dropped_by_a_supervisor_only(
    cast: Cast, way: Status, grade: Grade
) -> None:
    number = cast.complain().number
    cast.triage(number, grade)
    with pytest.raises(Refused):
        leave(cast, number, way)
    leave(cast, number, way, by="ratih")
    assert row_of(number).status == way


def test_what_is_green_or_no_complaint_is_filed_by_customer_care(cast: Cast) -> None:
    green, praise = cast.complain().number, cast.complain(kind=Kind.PRAISE).number
    cast.triage(green, Grade.GREEN)
    cast.triage(praise, Grade.YELLOW, kind=Kind.PRAISE)
    for number in (green, praise):
        leave(cast, number, Status.ARCHIVED)
        assert row_of(number).status == "archived"
