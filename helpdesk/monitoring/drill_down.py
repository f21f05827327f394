"""The tickets behind a figure, a page at a time, for whoever may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db
from helpdesk.monitoring.conditions import Figure, Question, condition_of
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.opening import title_for_others
from helpdesk.tickets.ticket import Disposition, Ticket

__all__ = ["PAGE", "Behind", "Figure", "Page", "Question", "tickets_behind"]

PAGE = 50


@dataclass(frozen=True)
class Behind:
    """One ticket as leaders read it: no complainant, only the matter, its deadline and the units that have it."""

    ticket_id: int
    number_year: int | None
    number_seq: int | None
    title: str
    grade: str
    due_at: datetime | None
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Page:
    """Up to PAGE tickets and the id to continue after, if there are more."""

    tickets: list[Behind]
    next_after: int | None


def tickets_behind(
    question: Question, actor: Actor, at: datetime, *, after: int | None = None
) -> Page:
    """One keyset page, the newest first; two queries.

    What is restricted was counted, and is listed only to its readers: a page may have fewer than the figure says.
    """
    query = (
        select(
            Ticket.id,
            Ticket.number_year,
            Ticket.number_seq,
            Ticket.title,
            func.substr(Ticket.unit_text, 1, 200).label("unit_text"),
            Ticket.grade,
            Ticket.due_at,
        )
        .where(condition_of(question, at), visible_to(actor))
        .order_by(Ticket.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Ticket.id < after)
    rows = db.session.execute(query).all()
    shown = rows[:PAGE]
    units = _units_at_work([row.id for row in shown])
    tickets = [_behind(row, units.get(row.id, [])) for row in shown]
    return Page(tickets, shown[-1].id if len(rows) > PAGE else None)


def _behind(row: Any, units: list[Unit]) -> Behind:
    title = title_for_others(row.title, row.unit_text)
    return Behind(
        row.id, row.number_year, row.number_seq, title, row.grade, row.due_at, tuple(units)
    )


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
