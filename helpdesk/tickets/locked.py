"""Tickets to be changed by rule or by a machine, where nobody's right to see them is asked: a sweep, a bounce.

What people change is fetched with ``access.find_to_change``.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload

from helpdesk.tickets.ticket import Disposition, Ticket


def locked_tickets(*which: ColumnElement[bool]) -> Select[Ticket]:
    """Those that meet *which*, by id, with their dispositions: locked to the end of the unit, and as they stand."""
    return (
        select(Ticket)
        .where(*which)
        # The way back too, from memory: a disposition that was read anew has forgotten it.
        .options(selectinload(Ticket.dispositions).immediateload(Disposition.ticket))
        .order_by(Ticket.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
