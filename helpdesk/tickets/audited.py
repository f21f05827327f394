"""Tickets as the audit trail names them: by id, known to people by their numbers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, or_, select

from helpdesk.lib.database import db
from helpdesk.tickets.access import numbers_in
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket


def ids_of_number(typed: str) -> list[int]:
    """The ids behind a typed number; nothing else of the tickets, so no reader's scope is asked."""
    numbers = [
        and_(Ticket.number_year == number.year, Ticket.number_seq == number.seq)
        for number in numbers_in(typed)
    ]
    return list(db.session.scalars(select(Ticket.id).where(or_(*numbers)))) if numbers else []


def numbers_of(ticket_ids: Iterable[int]) -> dict[int, str]:
    """The numbers of these tickets, in one query; a number alone tells nothing, so no reader's scope is asked."""
    parts = select(Ticket.id, Ticket.number_year, Ticket.number_seq)
    rows = db.session.execute(parts.where(Ticket.id.in_(set(ticket_ids))))
    return {row.id: number_of(row) for row in rows}
