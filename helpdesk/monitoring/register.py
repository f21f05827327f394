"""The register of complaints against the national indicator, and the late cases among them: rows, not sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.monitoring.conditions import Figure, Question, condition_of
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import outcomes
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.ticket import Disposition, Ticket

PAGE = 50


@dataclass(frozen=True)
class Case:
    """One complaint as the register has it.

    *judged* is 'kept', 'missed', 'pending' or 'left' (``promise.outcomes``); *grade* (never '': ungraded runs as
    hijau), *due_at* and *stopped_at* are of the statutory clock, *stopped_at* None while it runs. *late_for* is how
    long a missed deadline was, or has been, overrun. *unit_ids* are those it was sent to, in order, each once.
    """

    ticket_id: int
    number_year: int | None
    number_seq: int | None
    title: str
    grade: str
    channel: str
    category_id: int | None
    received_at: datetime
    received_on: date
    first_answered_at: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    judged: str
    late_for: timedelta | None
    unit_ids: tuple[int, ...]


@dataclass(frozen=True)
class Cases:
    """Some cases, and the ticket id to continue after if there are more."""

    cases: list[Case]
    next_after: int | None


def register(
    period: Period,
    actor: Actor,
    at: datetime,
    *,
    unit_id: int | None = None,
    after: int | None = None,
    limit: int | None = PAGE,
) -> Cases:
    """All complaints received in *period* that *actor* may see, in the order of their numbers; two queries.

    *limit* None gives all of them at once.
    """
    return _cases(Question(Figure.RECEIVED, period, unit_id=unit_id), actor, at, after, limit)


def late_cases(
    period: Period,
    actor: Actor,
    at: datetime,
    *,
    unit_id: int | None = None,
    after: int | None = None,
    limit: int | None = PAGE,
) -> Cases:
    """Those of the register that are judged missed; two queries."""
    return _cases(Question(Figure.MISSED, period, unit_id=unit_id), actor, at, after, limit)


def _cases(
    question: Question, actor: Actor, at: datetime, after: int | None, limit: int | None
) -> Cases:
    query = _select(at).where(condition_of(question, at), visible_to(actor)).order_by(Ticket.id)
    if after is not None:
        query = query.where(Ticket.id > after)
    if limit is not None:
        query = query.limit(limit + 1)
    rows = db.session.execute(query).all()
    shown = rows if limit is None else rows[:limit]
    units = _units_of(condition_of(question, at), shown)
    found = [_case(row, units[row.id], at) for row in shown]
    return Cases(found, shown[-1].id if len(rows) > len(shown) else None)


def _select(at: datetime) -> Select[*tuple[Any, ...]]:
    judged = case(*((condition, name) for name, condition in outcomes(SlaClock, at).items()))
    its_clock = and_(SlaClock.ticket_id == Ticket.id, SlaClock.kind == ClockKind.ANSWER.value)
    return select(
        Ticket.id,
        Ticket.number_year,
        Ticket.number_seq,
        Ticket.title,
        SlaClock.grade,
        Ticket.channel,
        Ticket.category_id,
        Ticket.received_at,
        Ticket.received_on,
        Ticket.first_answered_at,
        SlaClock.due_at,
        SlaClock.stopped_at,
        judged.label("judged"),
    ).join(SlaClock, its_clock)


def _units_of(
    condition: ColumnElement[bool], rows: Sequence[Any]
) -> defaultdict[int, dict[int, None]]:
    """The units each was sent to, in order; asked by range of ids, for a list of ids may be too long."""
    found: defaultdict[int, dict[int, None]] = defaultdict(dict)
    if rows:
        sent = (
            select(Disposition.ticket_id, Disposition.unit_id)
            .join(Ticket, Ticket.id == Disposition.ticket_id)
            .where(condition, Ticket.id.between(rows[0].id, rows[-1].id))
            .order_by(Disposition.id)
        )
        for ticket_id, unit_id in db.session.execute(sent):
            found[ticket_id][unit_id] = None
    return found


def _case(row: Any, unit_ids: dict[int, None], at: datetime) -> Case:
    is_late = row.judged == "missed" and row.due_at is not None
    return Case(
        ticket_id=row.id,
        number_year=row.number_year,
        number_seq=row.number_seq,
        title=row.title,
        grade=row.grade,
        channel=row.channel,
        category_id=row.category_id,
        received_at=row.received_at,
        received_on=row.received_on,
        first_answered_at=row.first_answered_at,
        due_at=row.due_at,
        stopped_at=row.stopped_at,
        judged=row.judged,
        late_for=(row.stopped_at or at) - row.due_at if is_late else None,
        unit_ids=tuple(unit_ids),
    )
