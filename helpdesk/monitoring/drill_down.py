"""The tickets behind a figure, a page at a time, for whoever may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db
from helpdesk.monitoring.conditions import Figure, Question, condition_of
from helpdesk.monitoring.promise import outcomes
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.clocks import RUNNING
from helpdesk.tickets.opening import title_for_others
from helpdesk.tickets.pages import Cursor, Order, read_page
from helpdesk.tickets.pages import Page as ListPage
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.rows import HEADING, ticket_rows
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.worklist import MOST

PAGE = 50


class Told(StrEnum):
    """What is told of each ticket beside its matter: what its figure was counted by."""

    DEADLINE = "deadline"  # of the clock that runs now
    LATENESS = "lateness"  # of the clock that was judged, which may have stopped long ago
    SCORE = "score"


_OF_ANSWER = {Figure.JUDGED, Figure.KEPT, Figure.MISSED}
_OF_ROUNDS = {Figure.HOP_JUDGED, Figure.HOP_KEPT, Figure.HOP_MISSED}
_ALL_ON_TIME = {Figure.KEPT, Figure.HOP_KEPT}


@dataclass(frozen=True)
class Behind:
    """One ticket as leaders read it: no complainant, only the matter, the units that have it, and what is told.

    *late_for* is how long the judged clock was late, or is so far; None for one that was on time, or not judged.
    """

    ticket_id: int
    number_year: int | None
    number_seq: int | None
    title: str
    grade: str
    due_at: datetime | None
    score: int | None
    units: tuple[Unit, ...]
    late_for: timedelta | None = None


@dataclass(frozen=True)
class Page:
    """Up to PAGE tickets and the id to continue after, if there are more.

    *total* are all of the figure, on this page or not, counted to MOST; *hidden* those of them that this reader may not
    see, while they can be counted.
    """

    tickets: list[Behind]
    next_after: int | None
    told: Told
    total: int
    hidden: int


def tickets_behind(
    question: Question, actor: Actor, at: datetime, *, after: int | None = None
) -> Page:
    """One keyset page, the newest first; four queries at most.

    What is restricted was counted, and is listed only to its readers: a page may have fewer than the figure says.
    """
    query = (
        select(*HEADING, Ticket.grade, Ticket.due_at, Ticket.score)
        .where(condition_of(question, at), visible_to(actor))
        .order_by(Ticket.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Ticket.id < after)
    rows = db.session.execute(query).all()
    shown = rows[:PAGE]
    ids, told = [row.id for row in shown], _told_of(question)
    units = _units_at_work(ids)
    late = _lateness(question, ids, at) if told is Told.LATENESS else {}
    tickets = [_behind(row, units.get(row.id, []), late.get(row.id)) for row in shown]
    next_after = shown[-1].id if len(rows) > PAGE else None
    return Page(tickets, next_after, told, *total_and_hidden(question, actor, at))


def page_behind(
    question: Question, actor: Actor, at: datetime, begin: Cursor | None, size: int
) -> ListPage:
    """The same tickets as lines of a list, for whoever takes them along."""
    query = ticket_rows().where(condition_of(question, at), visible_to(actor))
    return read_page(query, Ticket, Order.NEWEST, begin, size)


def lateness_told(
    question: Question, ticket_ids: list[int], at: datetime
) -> dict[int, timedelta] | None:
    """How late each of those was that the figure found late; None where lateness is not what it counted by."""
    return _lateness(question, ticket_ids, at) if _told_of(question) is Told.LATENESS else None


def _told_of(question: Question) -> Told:
    if question.figure is Figure.RATED:
        return Told.SCORE
    is_judged = question.figure in _OF_ANSWER | _OF_ROUNDS
    return Told.LATENESS if is_judged or _is_late_with_unit(question) else Told.DEADLINE


def _is_late_with_unit(question: Question) -> bool:
    return question.figure is Figure.LATE and question.unit_id is not None


def total_and_hidden(question: Question, actor: Actor, at: datetime) -> tuple[int, int]:
    """What ``Page`` says of the whole figure; one query, which ends at MOST."""
    is_seen = case((visible_to(actor), 1), else_=0).label("is_seen")
    counted = select(is_seen).where(condition_of(question, at)).limit(MOST).subquery()
    total, seen = db.session.execute(
        select(func.count(), func.coalesce(func.sum(counted.c.is_seen), 0)).select_from(counted)
    ).one()
    return total, total - int(seen) if total < MOST else 0


def _behind(row: Any, units: list[Unit], late_for: timedelta | None) -> Behind:
    return Behind(
        row.id,
        row.number_year,
        row.number_seq,
        title_for_others(row.title, row.unit_text),
        row.grade,
        row.due_at,
        row.score,
        tuple(units),
        late_for,
    )


def _lateness(question: Question, ticket_ids: list[int], at: datetime) -> dict[int, timedelta]:
    """How long each ticket missed what its figure judges, the longest of several rounds; one query."""
    if question.figure in _ALL_ON_TIME:
        return {}
    kind = ClockKind.ANSWER if question.figure in _OF_ANSWER else ClockKind.HOP
    query = select(
        SlaClock.ticket_id, SlaClock.due_at, SlaClock.breached_at, SlaClock.stopped_at
    ).where(SlaClock.ticket_id.in_(ticket_ids), SlaClock.kind == kind.value, outcomes(at)["missed"])
    if kind is ClockKind.HOP and question.unit_id is not None:
        query = query.join(Disposition, Disposition.id == SlaClock.disposition_id)
        query = query.where(Disposition.unit_id == question.unit_id)
    if question.figure is Figure.LATE:
        query = query.where(SlaClock.verdict == RUNNING)
    found: dict[int, timedelta] = {}
    for row in db.session.execute(query):
        # A holiday declared since may have moved the deadline past the breach (``promise.outcomes``)
        ended_at = row.stopped_at or at
        broken_at = min(filter(None, (row.due_at, row.breached_at)), default=ended_at)
        late_for = ended_at - broken_at
        found[row.ticket_id] = max(late_for, found.get(row.ticket_id, late_for))
    return found


def _units_at_work(ticket_ids: list[int]) -> dict[int, list[Unit]]:
    """The units that have each ticket now; one query."""
    found: dict[int, list[Unit]] = {}
    rows = db.session.execute(
        select(Disposition.ticket_id, Unit)
        .join(Unit, Unit.id == Disposition.unit_id)
        .where(Disposition.ticket_id.in_(ticket_ids), Disposition.is_open)
        .order_by(Disposition.id)
    )
    for ticket_id, unit in rows:
        found.setdefault(ticket_id, []).append(unit)
    return found
