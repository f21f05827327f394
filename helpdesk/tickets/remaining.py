"""What is still open at a unit or in a category, for whoever closes it.

Every ticket counts, whoever may see it: the number alone tells nothing of any of them.
"""

from __future__ import annotations

from sqlalchemy import func, select

from helpdesk.lib.database import db
from helpdesk.tickets.ticket import Disposition, Ticket


def open_at(unit_id: int) -> int:
    """How many dispositions the unit has to finish."""
    theirs = (Disposition.unit_id == unit_id, Disposition.is_open)
    return db.session.scalar(select(func.count(Disposition.id)).where(*theirs)) or 0


def open_in(category_id: int) -> int:
    """How many open tickets are of the category."""
    # An expression, so that the index of what is open is entered, and not that of all that ever was of the category.
    of_it = (Ticket.category_id + 0 == category_id, Ticket.is_open)
    return db.session.scalar(select(func.count(Ticket.id)).where(*of_it)) or 0
