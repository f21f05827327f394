"""Instructions (arahan): a word of leadership on a ticket, acknowledged and answered by whom it addresses.

It is for customer care or for one unit that has the ticket. It moves nothing and starts no clock: the work goes its
way, and the leader's list shows what became of the word. What a unit gave back falls to customer care.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.lib.statements import values_of
from helpdesk.tickets.access import is_addressed_to, visible_to
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import LeaderInstruction, TicketEvent
from helpdesk.tickets.rows import AT_WORK, COPY_BEGINS
from helpdesk.tickets.states import THEIR_WORK, Access
from helpdesk.tickets.ticket import Disposition, NamedReader, Ticket
from helpdesk.tickets.workflow import advance, require

PAGE = 50


def give_instruction(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    unit_id: int | None = None,
    due_at: datetime | None = None,
) -> LeaderInstruction:
    """Tell customer care, or the unit *unit_id* that has the ticket, what leadership wants.

    Raises Invalid for an empty text, a deadline that has passed, or a unit that does not have the ticket.
    """
    require(ticket, Move.INSTRUCT, by=by)
    if by.user_id is None:
        raise Refused
    _check(ticket, text, unit_id, due_at)
    instruction = LeaderInstruction(
        ticket_id=ticket.id,
        unit_id=unit_id,
        text=text.strip(),
        due_at=due_at,
        is_open=True,
        given_at=clock.now(),
        given_by_id=by.user_id,
        answer="",
    )
    ticket.instructions.append(instruction)
    db.session.flush()
    _note(ticket, Move.INSTRUCT, instruction, instruction.text, by=by)
    return instruction


def _check(ticket: Ticket, text: str, unit_id: int | None, due_at: datetime | None) -> None:
    if not text.strip():
        raise Invalid({"text": _l("Write what you want to be done.")})
    if due_at is not None and due_at <= clock.now():
        raise Invalid({"due_on": _l("The deadline must lie in the future.")})
    if unit_id is not None and unit_id not in {sent.unit_id for sent in _standing(ticket)}:
        raise Invalid({"unit": _l("This unit does not have the ticket.")})


def acknowledge_instruction(instruction_id: int, ticket: Ticket, *, by: Actor) -> TicketEvent:
    """Say that it was seen and is taken up. Raises Conflict when somebody said so before."""
    instruction = addressed_to(by, ticket, instruction_id)
    if instruction.acknowledged_at is not None:
        raise Conflict(_l("This instruction is acknowledged already."))
    event = _note(ticket, Move.ACKNOWLEDGE_INSTRUCTION, instruction, "", by=by)
    instruction.acknowledged_at, instruction.acknowledged_by_id = event.at, by.user_id
    return event


def answer_instruction(instruction_id: int, ticket: Ticket, text: str, *, by: Actor) -> TicketEvent:
    """Say what was done. Raises Invalid for an empty answer, Conflict when it was answered before."""
    instruction = addressed_to(by, ticket, instruction_id)
    if not text.strip():
        raise Invalid({"text": _l("Write what was done.")})
    if not instruction.is_open:
        raise Conflict(_l("This instruction is answered already."))
    event = _note(ticket, Move.ANSWER_INSTRUCTION, instruction, text.strip(), by=by)
    instruction.is_open, instruction.answer = False, text.strip()
    instruction.answered_at, instruction.answered_by_id = event.at, by.user_id
    if instruction.acknowledged_at is None:
        instruction.acknowledged_at, instruction.acknowledged_by_id = event.at, by.user_id
    return event


def _note(
    ticket: Ticket, move: Move, instruction: LeaderInstruction, text: str, *, by: Actor
) -> TicketEvent:
    details: dict[str, Any] = {
        "instruction_id": instruction.id,
        "given_by_id": instruction.given_by_id,
    }
    if instruction.due_at is not None:
        details["due_at"] = instruction.due_at.isoformat()
    work = _work_of(ticket, instruction.unit_id)
    return advance(ticket, move, by=by, disposition=work, text=text, details=details)


def _work_of(ticket: Ticket, unit_id: int | None) -> Disposition | None:
    """The unit's work: what it has, or else what it had."""
    theirs = [sent for sent in ticket.dispositions if sent.unit_id == unit_id]
    at_work = [sent for sent in theirs if sent.status in THEIR_WORK]
    return next(reversed(at_work or theirs), None)


def units_with(ticket: Ticket) -> list[Unit]:
    """The units that have the ticket and so can be addressed."""
    return list({sent.unit_id: sent.unit for sent in _standing(ticket)}.values())


def _standing(ticket: Ticket) -> list[Disposition]:
    return [sent for sent in ticket.dispositions if sent.status in THEIR_WORK]


def addressed_to(actor: Actor, ticket: Ticket, instruction_id: int) -> LeaderInstruction:
    """The instruction, if it is *actor*'s to acknowledge and answer; else NotFound."""
    for instruction in ticket.instructions:
        if instruction.id == instruction_id and is_addressed_to(actor, instruction, ticket):
            return instruction
    raise NotFound


# ---------------------------------------------------------------- on the worklist of whom it addresses


def awaits_care() -> ColumnElement[bool]:
    """On ``tickets``: an instruction waits for customer care, or for a unit that has the ticket no more.

    Nor does a unit have it whose officer reads it no more (``access.is_addressed_to``).
    """
    of_theirs = aliased(Ticket)
    officer_reads = exists().where(
        NamedReader.ticket_id == Disposition.ticket_id,
        NamedReader.user_id == Disposition.officer_id,
    )
    still_theirs = exists().where(
        Disposition.ticket_id == LeaderInstruction.ticket_id,
        Disposition.unit_id == LeaderInstruction.unit_id,
        Disposition.status.in_(values_of(AT_WORK)),
        of_theirs.id == Disposition.ticket_id,
        or_(of_theirs.access == Access.ORDINARY.value, officer_reads),
    )
    waiting = select(LeaderInstruction.ticket_id).where(
        LeaderInstruction.is_open, or_(LeaderInstruction.unit_id.is_(None), ~still_theirs)
    )
    return Ticket.id.in_(waiting)


def awaits_unit() -> ColumnElement[bool]:
    """On ``dispositions``: the newest work of the unit on a ticket with an instruction that waits for it."""
    # Few instructions are open and a unit has had many dispositions: the list of the few is where to begin.
    told = select(LeaderInstruction.ticket_id).where(LeaderInstruction.is_open)
    waiting = exists().where(
        LeaderInstruction.is_open,
        LeaderInstruction.ticket_id == Disposition.ticket_id,
        LeaderInstruction.unit_id == Disposition.unit_id,
    )
    later = Disposition.__table__.alias("later")
    is_overtaken = exists().where(
        later.c.ticket_id == Disposition.ticket_id,
        later.c.unit_id == Disposition.unit_id,
        later.c.status.in_(values_of(AT_WORK)),
        later.c.id > Disposition.id,
    )
    return and_(Disposition.ticket_id.in_(told), waiting, ~is_overtaken)


# ---------------------------------------------------------------- the leader's list


class Stage(StrEnum):
    """How far an instruction has come; the words of the web address."""

    WAITING = "menunggu"
    ACKNOWLEDGED = "diterima"
    ANSWERED = "dijawab"


@dataclass(frozen=True)
class Given:
    """One page of instructions, the newest first, and the id to continue after, if there are more."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    next_after: int | None


def count_given(actor: Actor) -> dict[Stage, int]:
    """How many of the instructions that *actor* follows have come how far; one statement."""
    rows = db.session.execute(
        select(_stage(), func.count())
        .select_from(LeaderInstruction)
        .join(Ticket, Ticket.id == LeaderInstruction.ticket_id)
        .where(_is_followed_by(actor))
        .group_by(_stage())
    )
    found = {Stage(stage): count for stage, count in rows}
    return {stage: found.get(stage, 0) for stage in Stage}


def instructions_given(actor: Actor, stage: Stage | None, *, after: int | None = None) -> Given:
    """What *actor* told others, of tickets they may see; who leads nothing but has the door sees everybody's."""
    about: tuple[ColumnElement[Any], ...] = (
        _stage().label("stage"),
        User.full_name.label("given_by"),
        Ticket.number_year.expression,
        Ticket.number_seq.expression,
        Ticket.title.expression,
        COPY_BEGINS,
    )
    query = (
        select(*LeaderInstruction.__table__.columns, *about)
        .join(Ticket, Ticket.id == LeaderInstruction.ticket_id)
        .join(User, User.id == LeaderInstruction.given_by_id)
        .where(_is_followed_by(actor))
        .order_by(LeaderInstruction.id.desc())
        .limit(PAGE + 1)
    )
    if stage is not None:
        query = query.where(_stage() == stage.value)
    if after is not None:
        query = query.where(LeaderInstruction.id < after)
    rows = db.session.execute(query).all()
    return Given(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def _is_followed_by(actor: Actor) -> ColumnElement[bool]:
    is_own = LeaderInstruction.given_by_id == actor.user_id
    seen = visible_to(actor)
    return and_(is_own, seen) if actor.may(Permission.WATCH) else seen


def _stage() -> ColumnElement[str]:
    return case(
        (~LeaderInstruction.is_open, Stage.ANSWERED.value),
        (LeaderInstruction.acknowledged_at.is_not(None), Stage.ACKNOWLEDGED.value),
        else_=Stage.WAITING.value,
    )
