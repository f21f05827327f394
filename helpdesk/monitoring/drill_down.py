"""The tickets behind a figure, by the same conditions that counted them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db
from helpdesk.monitoring.lateness import Late, is_late, late_from, units_at_work
from helpdesk.monitoring.period import Month
from helpdesk.monitoring.promise import GRADES, outcomes
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.states import Kind
from helpdesk.tickets.ticket import Disposition, Ticket

PAGE = 50


class Figure(StrEnum):
    """What was counted."""

    JUDGED = "dinilai"
    KEPT = "tepat"
    MISSED = "lewat"
    PENDING = "belum"
    LEFT = "keluar"
    LATE = "terlambat"
    UNIT = "unit"


@dataclass(frozen=True)
class Question:
    """A figure with what narrows it: grade '' means all."""

    figure: Figure
    month: Month
    grade: str = ""
    unit_id: int | None = None


@dataclass(frozen=True)
class Page:
    """Up to PAGE tickets and the id to continue after, if there are more."""

    tickets: list[Late]
    next_after: int | None


def tickets_behind(
    question: Question, actor: Actor, at: datetime, *, after: int | None = None
) -> Page:
    """One keyset page, the newest first; two queries."""
    query = (
        select(
            Ticket.id,
            Ticket.number_year,
            Ticket.number_seq,
            Ticket.title,
            Ticket.grade,
            Ticket.due_at,
        )
        .where(*_conditions(question, at), visible_to(actor))
        .order_by(Ticket.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Ticket.id < after)
    rows = db.session.execute(query).all()
    shown = rows[:PAGE]
    units: dict[int, list[Unit]] = units_at_work([row.id for row in shown])
    tickets = [late_from(row, units) for row in shown]
    return Page(tickets, shown[-1].id if len(rows) > PAGE else None)


def _conditions(question: Question, at: datetime) -> list[ColumnElement[bool]]:
    if question.figure is Figure.LATE:
        return [is_late(at), *_with_grade(Ticket.grade == question.grade, question)]
    within = [
        Ticket.kind == Kind.COMPLAINT.value,
        Ticket.received_on >= question.month.first_day,
        Ticket.received_on <= question.month.last_day,
    ]
    if question.figure is Figure.UNIT:
        of_unit = and_(Disposition.ticket_id == Ticket.id, Disposition.unit_id == question.unit_id)
        return [*within, exists().where(of_unit)]
    return [*within, _answer_clock(question, at)]


def _answer_clock(question: Question, at: datetime) -> ColumnElement[bool]:
    found = outcomes(SlaClock, at)
    wanted = {
        Figure.JUDGED: found["kept"] | found["missed"],
        Figure.KEPT: found["kept"],
        Figure.MISSED: found["missed"],
        Figure.PENDING: found["pending"],
        Figure.LEFT: found["left"],
    }[question.figure]
    return exists().where(
        SlaClock.ticket_id == Ticket.id,
        SlaClock.kind == ClockKind.ANSWER.value,
        wanted,
        *_with_grade(SlaClock.grade == question.grade, question),
    )


def _with_grade(condition: ColumnElement[bool], question: Question) -> list[ColumnElement[bool]]:
    return [condition] if question.grade in GRADES else []
