"""What is late: the one condition that the pages of leadership share.

The lists of those at work have their own (``tickets.worklist``): to them an answer whose follow-up is missing is late.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from helpdesk.tickets.states import Kind, Status
from helpdesk.tickets.ticket import Ticket


def is_late(at: datetime) -> ColumnElement[bool]:
    """A complaint that is open, not yet answered, and past its deadline."""
    return and_(
        Ticket.is_open,
        Ticket.due_at <= at,
        Ticket.kind == Kind.COMPLAINT.value,
        Ticket.status != Status.ANSWERED.value,
    )
