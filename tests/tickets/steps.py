"""The steps of a ticket's way in one line each, so that a test reads as what happens and what must follow."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets import answering, dispositions, follow_ups, questions
from helpdesk.tickets.dispositions import Instruction, UnitAnswer
from helpdesk.tickets.escalating import escalate_due
from helpdesk.tickets.number import parse_number
from helpdesk.tickets.records import Question, SlaClock
from helpdesk.tickets.states import Root
from helpdesk.tickets.ticket import Disposition, Ticket
from tests.support.cast import Cast

FRIDAY = "2026-11-20T03:00:00+00:00"  # 10.00 WIB


def dispose(cast: Cast, number: str, *units: str, by: str = "sari", officer: str = "") -> None:
    """Customer care sends it to *units*, to *officer* of them if one is named."""
    officer_id = cast.user_ids[officer] if officer else None
    sent = [Instruction(unit_id=cast.unit_ids[unit], officer_id=officer_id) for unit in units]
    cast.act(by, number, lambda t, actor: dispositions.dispose_ticket(t, sent, by=actor))


def work_of(ticket: Ticket, by: Actor) -> Disposition:
    """The newest disposition of a unit of *by*."""
    return [one for one in ticket.dispositions if one.unit_id in by.unit_ids][-1]


def submit(cast: Cast, number: str, who: str) -> None:
    """The unit of *who* submits its answer."""
    said = UnitAnswer(findings="Stok dipindahkan.", root_cause=Root.SUPPLY)
    cast.act(who, number, lambda t, by: dispositions.submit_answer(work_of(t, by), said, by=by))


def send_back(cast: Cast, number: str, who: str) -> None:
    """The unit of *who* says that it is not theirs."""
    cast.act(
        who,
        number,
        lambda t, by: dispositions.send_back(work_of(t, by), "Bukan tugas kami.", by=by),
    )


def approve(cast: Cast, number: str, by: str = "sari") -> None:
    """Customer care approves whatever was submitted."""

    def verb(ticket: Ticket, actor: Actor) -> None:
        for disposition in ticket.dispositions:
            if disposition.status == "submitted":
                answering.approve_answer(disposition, by=actor)

    cast.act(by, number, verb)


def answer(cast: Cast, number: str, by: str = "sari") -> None:
    """Customer care gives the final answer."""
    cast.act(by, number, lambda t, actor: answering.answer_ticket(t, "Sudah ada.", by=actor))


def follow_up(cast: Cast, number: str, by: str = "sari") -> None:
    """What was done is recorded."""
    cast.act(by, number, lambda t, actor: follow_ups.record_follow_up(t, "Ditelepon.", by=actor))


def ask(cast: Cast, number: str, who: str, text: str = "Siapa dokternya?") -> None:
    """*who* asks the complainant; an officer does so for the work of their unit."""

    def verb(ticket: Ticket, by: Actor) -> None:
        work = work_of(ticket, by) if by.unit_ids else None
        questions.ask_complainant(ticket, text, by=by, disposition=work)

    cast.act(who, number, verb)


def question_of(number: str, position: int) -> int:
    """The id of a question, counted from 0 in the order of asking."""
    ids = select(Question.id).where(Question.ticket_id == row_of(number).id).order_by(Question.id)
    return list(db.session.scalars(ids))[position]


def as_complainant(number: str, verb: Callable[[Ticket, Actor], object]) -> None:
    """The complainant acts on the track page."""

    def unit() -> None:
        ticket = row_of(number)
        verb(ticket, Actor.complainant(ticket.id))

    unit_of_work(unit)


def row_of(number: str) -> Ticket:
    """The ticket whoever may see it, as the complainant fetches it."""
    from helpdesk.tickets import access

    parsed = parse_number(number, prefix="KLH").numbers[0]
    ticket_id = db.session.scalars(
        select(Ticket.id).where(Ticket.number_year == parsed.year, Ticket.number_seq == parsed.seq)
    ).one()
    return access.find_for(Actor.complainant(ticket_id), number)


def clocks_of(number: str, kind: str) -> list[SlaClock]:
    """The clocks of one kind, the newest last, as the database has them now."""
    rows = select(SlaClock).where(SlaClock.ticket_id == row_of(number).id, SlaClock.kind == kind)
    return list(
        db.session.scalars(rows.order_by(SlaClock.id).execution_options(populate_existing=True))
    )


def sweep() -> None:
    """The worker sweeps until nothing is due; a clock set aside is a fault."""
    for _round in range(50):
        if not escalate_due(clock.now()):
            break
    stuck = select(SlaClock.id).where(SlaClock.look_at <= clock.now())
    assert db.session.scalars(stuck).all() == []
