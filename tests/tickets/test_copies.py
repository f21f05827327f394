"""Copies for information (tembusan): a unit reads them, and nothing waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import figures_of
from helpdesk.monitoring.period import Period
from helpdesk.tickets import copies, follow_ups, questions
from helpdesk.tickets.access import Scope, scope_of
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.dispositions import (
    Instruction,
    accept_disposition,
    dispose_ticket,
    recall_disposition,
)
from helpdesk.tickets.escalating import escalate_due
from helpdesk.tickets.pages import page_of
from helpdesk.tickets.states import DispositionStatus, Phrase
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.worklist import DeskKind, View, count_views, desks_of
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, answer, approve, clocks_of, dispose, submit, work_of


def copy_to(cast: Cast, number: str, unit: str, **more: object) -> None:
    copied = Instruction(
        unit_id=cast.unit_ids[unit],
        phrases=[Phrase.FOR_INFORMATION],
        **more,  # type: ignore[arg-type]
    )
    cast.act("sari", number, lambda t, by: dispose_ticket(t, [copied], by=by))


def triaged(cast: Cast) -> str:
    number = cast.complain().number
    cast.triage(number)
    return number


def read(cast: Cast, number: str, who: str) -> None:
    cast.act(who, number, lambda t, by: copies.take_note(work_of(t, by), by=by))


def standing(cast: Cast, number: str) -> list[str]:
    return [one.status for one in cast.ticket(number).dispositions]


def waiting(cast: Cast, name: str, view: View) -> int:
    actor = cast.actor(name)
    desk = next(one for one in desks_of(actor) if one.kind is DeskKind.UNIT)
    listed = len(page_of(desk, view, actor, clock.now()).rows)
    assert count_views(actor, desks_of(actor), clock.now())[desk, view] == listed
    return listed


@time_machine.travel(FRIDAY, tick=False)
def test_the_final_answer_waits_for_no_copy(cast: Cast) -> None:
    number = triaged(cast)
    dispose(cast, number, "farmasi")
    copy_to(cast, number, "keuangan")
    submit(cast, number, "budi")
    approve(cast, number)
    assert cast.ticket(number).needs == "answer"
    answer(cast, number)
    assert cast.ticket(number).status == "answered"
    read(cast, number, "tono")
    assert standing(cast, number) == ["approved", "noted"]


def test_a_copy_runs_no_clock_and_is_never_late(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = triaged(cast)
        copy_to(cast, number, "keuangan", due_at=clock.now() + timedelta(hours=1))
        [copy] = cast.ticket(number).dispositions
        assert (copy.is_open, copy.due_at) == (False, None)
        assert clocks_of(number, "hop") == []
        traveller.shift(timedelta(days=30))
        escalate_due(clock.now())
        assert waiting(cast, "tono", View.LATE) == 0
        assert list(wrong_clocks()) == []


@time_machine.travel(FRIDAY, tick=False)
def test_the_ticket_still_waits_to_be_sent_to_a_unit_that_works_on_it(cast: Cast) -> None:
    number = triaged(cast)
    copy_to(cast, number, "keuangan")
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.needs) == ("triaged", "dispose")
    assert [one.stopped_at for one in clocks_of(number, "dispose")] == [None]


@time_machine.travel(FRIDAY, tick=False)
def test_the_unit_has_it_to_read_and_not_to_do(cast: Cast) -> None:
    number = triaged(cast)
    copy_to(cast, number, "keuangan")
    told = {one.event for one in messages_about("ticket", cast.ticket(number).id)}
    assert "copied" in told
    assert "disposed" not in told
    assert (waiting(cast, "tono", View.TO_READ), waiting(cast, "tono", View.ALL)) == (1, 0)
    read(cast, number, "tono")
    assert waiting(cast, "tono", View.TO_READ) == 0
    ticket = cast.ticket(number, by="tono")
    assert scope_of(cast.actor("tono"), ticket) is Scope.UNIT, "it may still be looked up"
    with pytest.raises(Conflict):
        read(cast, number, "tono")


@time_machine.travel(FRIDAY, tick=False)
def test_who_has_a_copy_may_write_a_note_and_nothing_else(cast: Cast) -> None:
    number = triaged(cast)
    dispose(cast, number, "farmasi")
    copy_to(cast, number, "keuangan")
    note = follow_ups.write_note
    cast.act(
        "tono", number, lambda t, by: note(t, "Sudah tahu.", by=by, disposition=work_of(t, by))
    )

    def accept(ticket: Ticket, by: Actor) -> None:
        accept_disposition(work_of(ticket, by), by=by)

    def ask(ticket: Ticket, by: Actor) -> None:
        questions.ask_complainant(ticket, "Kapan?", by=by, disposition=work_of(ticket, by))

    def follow_up(ticket: Ticket, by: Actor) -> None:
        follow_ups.record_follow_up(ticket, "Beres.", by=by, disposition=work_of(ticket, by))

    with pytest.raises(Conflict):
        cast.act("tono", number, accept)
    with pytest.raises(Conflict):
        submit(cast, number, "tono")
    for verb in (ask, follow_up):
        with pytest.raises(Refused):
            cast.act("tono", number, verb)


@time_machine.travel(FRIDAY, tick=False)
def test_no_unit_gets_a_second_copy_while_it_has_one_to_read(cast: Cast) -> None:
    number = triaged(cast)
    copy_to(cast, number, "keuangan")
    with pytest.raises(Invalid, match="sudah memegang"):
        copy_to(cast, number, "keuangan")
    read(cast, number, "tono")
    copy_to(cast, number, "keuangan")
    assert standing(cast, number) == ["noted", "copied"]


@time_machine.travel(FRIDAY, tick=False)
def test_a_copy_that_went_to_the_wrong_unit_is_recalled_unread(cast: Cast) -> None:
    number = triaged(cast)
    copy_to(cast, number, "keuangan")

    def recall(ticket: Ticket, by: Actor) -> None:
        recall_disposition(ticket.dispositions[0], "Salah kirim.", by=by)

    cast.act("sari", number, recall)
    assert standing(cast, number) == ["uncopied"]
    assert cast.ticket(number).status == "triaged"
    with pytest.raises(NotFound):
        cast.ticket(number, by="tono")


@time_machine.travel(FRIDAY, tick=False)
def test_who_read_a_copy_may_be_given_the_work_later(cast: Cast) -> None:
    number = triaged(cast)
    copy_to(cast, number, "keuangan")
    dispose(cast, number, "keuangan")
    assert standing(cast, number) == [DispositionStatus.COPIED, DispositionStatus.SENT]
    submit(cast, number, "tono")
    approve(cast, number)
    answer(cast, number)


@time_machine.travel(FRIDAY, tick=False)
def test_figures_count_no_copy_as_the_work_of_a_unit(cast: Cast) -> None:
    number = triaged(cast)
    dispose(cast, number, "farmasi")
    copy_to(cast, number, "keuangan")
    settle_days(clock.now())
    figures = figures_of(Period(2026, 11), clock.now())
    assert [(one.unit_id, one.dispositions) for one in figures.by_unit] == [
        (cast.unit_ids["farmasi"], 1)
    ]
