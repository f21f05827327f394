"""Tickets as the audit trail names them: by id, found by the number that somebody already knows."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from helpdesk.lib.database import db
from helpdesk.tickets.access import numbers_in
from helpdesk.tickets.ticket import Ticket


def ids_of_number(typed: str) -> list[int]:
    """The ids behind a typed number; nothing else of the tickets, so no reader's scope is asked."""
    numbers = [
        and_(Ticket.number_year == number.year, Ticket.number_seq == number.seq)
        for number in numbers_in(typed)
    ]
    return list(db.session.scalars(select(Ticket.id).where(or_(*numbers)))) if numbers else []
