"""Which days of receipt have changed since leadership's figures were counted.

Every move notes the day of its ticket in the move's own transaction, as one more row: nobody waits for anybody, and
what was rolled back leaves no note. ``monitoring.facts`` counts the noted days anew and takes the notes away.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Date, Integer

from helpdesk.lib.database import Model, db
from helpdesk.tickets.ticket import Ticket


class DayTouched(Model):
    """A ticket received on this local day has changed. Only inserted, and deleted by id once it was counted."""

    __tablename__ = "days_touched"
    __table_args__ = (Index("ix_days_touched_day", "received_on", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    received_on: Mapped[date] = mapped_column(Date)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))


def touch_day(ticket: Ticket) -> None:
    """Note that the day of *ticket* must be counted again, inside the caller's unit of work."""
    db.session.add(DayTouched(received_on=ticket.received_on, ticket_id=ticket.id))
