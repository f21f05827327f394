"""What is late now: open tickets whose deadline has passed, the longest late first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.states import Kind, Status
from helpdesk.tickets.ticket import Disposition, Ticket


@dataclass(frozen=True)
class Late:
    """One late ticket as leaders read it: no complainant, only the matter, the units and how late."""

    ticket_id: int
    number_year: int | None
    number_seq: int | None
    title: str
    grade: str
    due_at: datetime | None
    units: tuple[Unit, ...]


def is_late(at: datetime) -> ColumnElement[bool]:
    """Open, not yet answered, and past its deadline."""
    return and_(
        Ticket.is_open,
        Ticket.due_at <= at,
        Ticket.kind == Kind.COMPLAINT.value,
        Ticket.status != Status.ANSWERED.value,
    )


def count_late(actor: Actor, at: datetime) -> int:
    """How many are late now."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Ticket).where(is_late(at), visible_to(actor))
        )
        or 0
    )


def late_now(actor: Actor, at: datetime, limit: int = 8) -> list[Late]:
    """The tickets that are late the longest, with the units at work on them; two queries."""
    rows = db.session.execute(
        select(
            Ticket.id,
            Ticket.number_year,
            Ticket.number_seq,
            Ticket.title,
            Ticket.grade,
            Ticket.due_at,
        )
        .where(is_late(at), visible_to(actor))
        .order_by(Ticket.due_at, Ticket.id)
        .limit(limit)
    ).all()
    units = units_at_work([row.id for row in rows])
    return [late_from(row, units) for row in rows]


def late_from(row: Any, units: Mapping[int, list[Unit]]) -> Late:
    """One row of (id, year, sequence, title, grade, deadline), with the units that have it."""
    at_work = tuple(units.get(row.id, ()))
    return Late(row.id, row.number_year, row.number_seq, row.title, row.grade, row.due_at, at_work)


def units_at_work(ticket_ids: list[int]) -> dict[int, list[Unit]]:
    """The units that have each ticket now; one query."""
    found: dict[int, list[Unit]] = {}
    if not ticket_ids:
        return found
    rows = db.session.execute(
        select(Disposition.ticket_id, Unit)
        .join(Unit, Unit.id == Disposition.unit_id)
        .where(Disposition.ticket_id.in_(ticket_ids), Disposition.is_open)
        .order_by(Disposition.id)
    )
    for ticket_id, unit in rows:
        found.setdefault(ticket_id, []).append(unit)
    return found
