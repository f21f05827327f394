"""The register of complaints against the national indicator: rows, not sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.monitoring.conditions import Question, condition_of
from helpdesk.monitoring.promise import its_answer_clock, outcome
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.copies import is_work
from helpdesk.tickets.opening import title_for_others
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.rows import HEADING
from helpdesk.tickets.ticket import Disposition, Ticket


@dataclass(frozen=True)
class Case:
    """One complaint as the register has it.

    *judged* is 'kept', 'missed', 'pending' or 'left' (``promise.outcomes``); *grade* (never '': ungraded runs as
    hijau) and *stopped_at* are of the statutory clock, *stopped_at* None while it runs. *unit_ids* are those it was
    sent to, in order, each once.
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
    stopped_at: datetime | None
    judged: str
    status: str
    reopenings: int
    unit_ids: tuple[int, ...]


def register(question: Question, actor: Actor, at: datetime, *, limit: int) -> list[Case]:
    """The first *limit* complaints behind a figure that *actor* may see, in the order of their numbers.

    Titles are as leaders may read them. Two queries.
    """
    is_meant = condition_of(question, at)
    query = _select(at).where(is_meant, visible_to(actor)).order_by(Ticket.id).limit(limit)
    rows = db.session.execute(query).all()
    units = _units_of(is_meant, rows)
    return [_case(row, units[row.id]) for row in rows]


def _select(at: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        *HEADING,
        SlaClock.grade,
        Ticket.channel,
        Ticket.category_id,
        Ticket.received_at,
        Ticket.received_on,
        SlaClock.stopped_at,
        outcome(at).label("judged"),
        Ticket.status,
        Ticket.reopenings,
    ).outerjoin(SlaClock, its_answer_clock())


def _units_of(
    condition: ColumnElement[bool], rows: Sequence[Any]
) -> defaultdict[int, dict[int, None]]:
    """The units each was sent to, in order; asked by range of ids, for a list of ids may be too long."""
    found: defaultdict[int, dict[int, None]] = defaultdict(dict)
    if rows:
        sent = (
            select(Disposition.ticket_id, Disposition.unit_id)
            .join(Ticket, Ticket.id == Disposition.ticket_id)
            .where(condition, Ticket.id.between(rows[0].id, rows[-1].id), is_work())
            .order_by(Disposition.id)
        )
        for ticket_id, unit_id in db.session.execute(sent):
            found[ticket_id][unit_id] = None
    return found


def _case(row: Any, unit_ids: dict[int, None]) -> Case:
    return Case(
        ticket_id=row.id,
        number_year=row.number_year,
        number_seq=row.number_seq,
        title=title_for_others(row.title, row.unit_text),
        grade=row.grade,
        channel=row.channel,
        category_id=row.category_id,
        received_at=row.received_at,
        received_on=row.received_on,
        stopped_at=row.stopped_at,
        judged=row.judged,
        status=row.status,
        reopenings=row.reopenings,
        unit_ids=tuple(unit_ids),
    )
