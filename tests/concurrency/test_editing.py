"""Two people decide about one ticket at the same moment: one decides, the other is told, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from sqlalchemy import select

from config import Settings
from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict
from helpdesk.tickets import access
from helpdesk.tickets.answering import answer_ticket, approve_answer, return_answer
from helpdesk.tickets.closing import confirm_solved
from helpdesk.tickets.dispositions import Instruction, UnitAnswer, dispose_ticket, submit_answer
from helpdesk.tickets.follow_ups import write_note
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import Verdict, triage_ticket
from tests.concurrency.wholeness import events_of, whole_tickets
from tests.support.cast import Cast
from tests.support.processes import meet, together

TICKETS = 6
NOTES = 4
Verb = Callable[[Ticket, Actor], object]


def triage(ticket: Ticket, by: Actor) -> None:
    grade = Grade.RED if by.label == "Sari Dewi" else Grade.GREEN
    triage_ticket(ticket, Verdict(grade=grade, category_id=None, title=by.label), by=by)


def approve(ticket: Ticket, by: Actor) -> None:
    approve_answer(ticket.dispositions[0], by=by)


def hand_back(ticket: Ticket, by: Actor) -> None:
    return_answer(ticket.dispositions[0], "Sebabnya belum tertulis.", by=by)


def answer(ticket: Ticket, by: Actor) -> None:
    answer_ticket(ticket, f"Sudah diganti, kata {by.label}.", by=by)


def decide(cast: Cast, name: str, numbers: Sequence[str], verb: Verb) -> list[str]:
    """Read each ticket, meet the other who has read it too, then decide; how each went."""
    told = []
    for number in numbers:
        version = access.find_for(cast.actor(name), number).version
        meet()
        told.append(attempt(cast, name, number, verb, version))
        meet()
    return told


def attempt(cast: Cast, name: str, number: str, verb: Verb, version: int) -> str:
    def unit() -> None:
        by = cast.actor(name)
        verb(access.find_to_change(by, number, version=version), by)

    try:
        unit_of_work(unit)
    except Conflict:
        return "conflict"
    return name


def annotate(cast: Cast, name: str, numbers: Sequence[str]) -> None:
    """Write notes on each ticket while the other does; none holds a version, for a note overrules nobody."""
    for number in numbers:
        meet()
        for turn in range(NOTES):
            verb = partial(_note, f"{name} {turn}")
            cast.act(name, number, verb)


def _note(text: str, ticket: Ticket, by: Actor) -> None:
    write_note(ticket, text, by=by)


def confirm(ticket_ids: Sequence[int], is_writing: bool) -> list[str]:
    """The complainant says *selesai* in one browser, and writes once more in the other."""
    told = []
    for ticket_id in ticket_ids:
        meet()
        told.append(unit_of_work(partial(_as_complainant, ticket_id, is_writing)))
    return told


def _as_complainant(ticket_id: int, is_writing: bool) -> str:
    by = Actor.complainant(ticket_id)
    ticket = access.find_to_change(by, numbers_of()[ticket_id])
    if is_writing:
        add_message(ticket, "Terima kasih.", by=by)
        return "written"
    try:
        confirm_solved(ticket, by=by)
    except Conflict:
        return "conflict"
    return "closed"


def numbers_of() -> dict[int, str]:
    """Every ticket's number by its id."""
    return {ticket.id: number_of(ticket) for ticket in db.session.scalars(select(Ticket))}


@pytest.fixture
def received(cast: Cast) -> list[str]:
    return [cast.complain().number for _ in range(TICKETS)]


@pytest.fixture
def submitted(cast: Cast, received: list[str]) -> list[str]:
    def send(ticket: Ticket, by: Actor) -> None:
        dispose_ticket(ticket, [Instruction(unit_id=cast.unit_ids["farmasi"])], by=by)

    def submit(ticket: Ticket, by: Actor) -> None:
        submit_answer(ticket.dispositions[0], UnitAnswer(findings="Stok habis."), by=by)

    for number in received:
        cast.triage(number)
        cast.act("sari", number, send)
        cast.act("budi", number, submit)
    return received


def race(
    settings: Settings, cast: Cast, numbers: list[str], first: Verb, second: Verb
) -> list[str]:
    """Sari does *first* and Dimas *second* on every ticket at once; gives the winners' names."""
    sari, dimas = together(
        settings,
        [
            partial(decide, cast, "sari", numbers, first),
            partial(decide, cast, "dimas", numbers, second),
        ],
    )
    pairs = list(zip(sari, dimas, strict=True))
    assert all(sorted(pair, key=len)[1] == "conflict" for pair in pairs), pairs
    return [next(name for name in pair if name != "conflict") for pair in pairs]


def test_two_triage_and_the_ticket_is_the_winners(
    cast: Cast, settings: Settings, received: list[str]
) -> None:
    winners = race(settings, cast, received, triage, triage)
    tickets = whole_tickets()
    for number, name in zip(received, winners, strict=True):
        ticket = tickets[number]
        assert ticket.owner_id == cast.user_ids[name]
        assert ticket.grade == (Grade.RED if name == "sari" else Grade.GREEN)
        assert events_of(ticket) == {"open": 1, "triage": 1}


def test_one_approves_what_the_other_hands_back(
    cast: Cast, settings: Settings, submitted: list[str]
) -> None:
    winners = race(settings, cast, submitted, approve, hand_back)
    for number, name in zip(submitted, winners, strict=True):
        ticket = cast.ticket(number)
        done = {"sari": "approve", "dimas": "return_answer"}[name]
        status = {"sari": "approved", "dimas": "accepted"}[name]
        assert [sent.status for sent in ticket.dispositions] == [status]
        events = events_of(ticket)
        assert events["approve"] + events["return_answer"] == events[done] == 1
    whole_tickets()


def test_the_complainant_is_answered_once(
    cast: Cast, settings: Settings, submitted: list[str]
) -> None:
    for number in submitted:
        cast.act("ratih", number, approve)
    race(settings, cast, submitted, answer, answer)
    assert all(events_of(ticket)["answer"] == 1 for ticket in whole_tickets().values())


def test_notes_written_at_once_are_all_there(
    cast: Cast, settings: Settings, received: list[str]
) -> None:
    together(settings, [partial(annotate, cast, name, received) for name in ("sari", "dimas")])
    for ticket in whole_tickets().values():
        assert events_of(ticket) == {"open": 1, "note": 2 * NOTES}


def test_closing_and_writing_at_once_lose_neither(
    cast: Cast, settings: Settings, submitted: list[str]
) -> None:
    for number in submitted:
        cast.act("sari", number, approve)
        cast.act("sari", number, answer)
    ids = list(numbers_of())
    jobs = [partial(confirm, ids, False), partial(confirm, ids, False), partial(confirm, ids, True)]
    first, second, third = together(settings, jobs)
    assert third == ["written"] * TICKETS
    assert all(sorted(pair) == ["closed", "conflict"] for pair in zip(first, second, strict=True))
    for ticket in whole_tickets().values():
        events = events_of(ticket)
        assert (events["confirm"], events["add_message"], ticket.status) == (1, 1, "closed")
