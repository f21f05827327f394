"""The twelve-person simulation at the level of the domain (002-F1 to 002-F5), on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts import staff
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.passwords import draw_one_time_password
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.tickets import access, answering, dispositions
from helpdesk.tickets.dispositions import Instruction, UnitAnswer
from helpdesk.tickets.states import Channel, Grade, Root
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import Verdict, triage_ticket
from tests.journeys.simulation import CASES, DISPATCHERS, OFFICERS, PLAYERS, UNITS, Case, cases_of
from tests.support.cast import Cast


def actor(username: str) -> Actor:
    return db.session.scalars(select(User).where(User.username == username)).one().as_actor()


def act(username: str, number: str, verb: Callable[[Ticket, Actor], object]) -> None:
    def unit() -> None:
        by = actor(username)
        verb(access.find_to_change(by, number), by)

    unit_of_work(unit)


@pytest.fixture
def players(cast: Cast) -> dict[str, int]:
    """Ayu, the administrator, enters the units and the twelve users."""
    password = draw_one_time_password()

    def enter() -> dict[str, int]:
        by = cast.actor("ayu")
        ids = {}
        for code, name in UNITS.items():
            unit = db.session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
            if unit is None:
                unit = Unit(code=code, name_id=name, name_en=name)
                db.session.add(unit)
                db.session.flush()
            ids[code] = unit.id
        for player in PLAYERS:
            holding = staff.Holding(player.role, ids.get(player.unit))
            person = staff.Person(player.username, player.full_name)
            staff.add_user(person, [holding], password=password, by=by)
        return ids

    return unit_of_work(enter)


@time_machine.travel("2026-11-20T03:00:00+00:00", tick=False)
def test_twelve_people_carry_eight_complaints_to_their_answers(players: dict[str, int]) -> None:
    numbers = {case: record(case) for case in CASES}
    assert len(set(numbers.values())) == 8
    for position, case in enumerate(CASES):
        send(DISPATCHERS[position % 2].username, numbers[case], case, players)
    for officer in OFFICERS:
        for case in cases_of(officer.unit):
            resolve(officer.username, numbers[case])
    for position, case in enumerate(CASES):
        finish(DISPATCHERS[position % 2].username, numbers[case])
    for case in CASES:
        ticket = access.find_for(actor("care1"), numbers[case])
        assert (ticket.status, ticket.grade) == ("answered", case.grade)
        assert {c.verdict for c in ticket.clocks if c.stopped_at} == {"met"}
        only_theirs(case, numbers[case])


def record(case: Case) -> str:
    """A person at the counter takes the complaint down on behalf of a patient."""

    def unit() -> str:
        by = actor(case.recorder)
        said = Submission(
            text=case.text, channel=Channel.COUNTER, name="Pasien", recorded_by_id=by.user_id
        )
        return admit(said, by=by).number

    return unit_of_work(unit)


def send(username: str, number: str, case: Case, units: dict[str, int]) -> None:
    """Customer care grades the complaint and sends it to the unit responsible."""
    verdict = Verdict(grade=Grade(case.grade), category_id=None)
    act(username, number, lambda ticket, by: triage_ticket(ticket, verdict, by=by))
    instruction = Instruction(
        unit_id=units[case.unit], note="Selesaikan dan buatkan konsep jawaban."
    )
    act(
        username,
        number,
        lambda ticket, by: dispositions.dispose_ticket(ticket, [instruction], by=by),
    )


def resolve(username: str, number: str) -> None:
    """The unit's officer accepts, writes what was done, and submits."""

    def accept(ticket: Ticket, by: Actor) -> object:
        return dispositions.accept_disposition(ticket.dispositions[0], by=by)

    def submit(ticket: Ticket, by: Actor) -> object:
        answer = UnitAnswer(
            findings="Sudah ditangani.", root_cause=Root.PROCEDURE, draft_answer="Mohon maaf."
        )
        if ticket.grade == Grade.RED:
            from tests.support.files import photograph

            return dispositions.submit_answer(
                ticket.dispositions[0], answer, by=by, evidence=[photograph()]
            )
        return dispositions.submit_answer(ticket.dispositions[0], answer, by=by)

    act(username, number, accept)
    act(username, number, submit)


def finish(username: str, number: str) -> None:
    """Customer care approves and answers."""
    act(
        username, number, lambda ticket, by: answering.approve_answer(ticket.dispositions[0], by=by)
    )
    act(
        username,
        number,
        lambda ticket, by: answering.answer_ticket(ticket, "Sudah kami tangani.", by=by),
    )


def only_theirs(case: Case, number: str) -> None:
    """Everybody monitors the status of what is theirs, and nothing else."""
    may_see = {
        case.recorder,
        "care1",
        "care2",
        *(o.username for o in OFFICERS if o.unit == case.unit),
    }
    for player in PLAYERS:
        if player.username in may_see:
            assert access.find_for(actor(player.username), number)
        else:
            with pytest.raises(NotFound):
                access.find_for(actor(player.username), number)
