"""Who else has a ticket open just now, so that two people do not answer the same complaint.

A page that is open says so every twenty seconds; who has not said so for a while has gone. Nobody is locked out:
the version of a ticket decides between two writers, this only spares them the surprise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.lib.database import Model, Moment, db
from helpdesk.lib.upsert import upsert
from helpdesk.tickets.ticket import Ticket

GONE_AFTER = timedelta(seconds=50)  # two missed turns of the page's twenty seconds
_NAMED = 5


class TicketPresence(Model):
    """One person with one ticket open, last heard of at *seen_at*."""

    __tablename__ = "ticket_presences"
    __table_args__ = (Index("ix_ticket_presences_seen", "seen_at"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)


def note_present(ticket: Ticket, actor: Actor, at: datetime) -> None:
    """Note inside the caller's unit of work that *actor* has *ticket* open at *at*."""
    row = {"ticket_id": ticket.id, "user_id": actor.user_id, "seen_at": at}
    upsert(TicketPresence, row, {"seen_at": at})


def others_present(ticket: Ticket, actor: Actor, at: datetime) -> Sequence[str]:
    """The names of the others who have *ticket* open, who came last first; at most five."""
    return db.session.scalars(
        select(User.full_name)
        .join(TicketPresence, TicketPresence.user_id == User.id)
        .where(
            TicketPresence.ticket_id == ticket.id,
            TicketPresence.user_id != actor.user_id,
            TicketPresence.seen_at > at - GONE_AFTER,
        )
        .order_by(TicketPresence.seen_at.desc(), User.id)
        .limit(_NAMED)
    ).all()


def forget_gone(at: datetime) -> None:
    """Remove, inside the caller's unit of work, who has left."""
    db.session.execute(delete(TicketPresence).where(TicketPresence.seen_at <= at - GONE_AFTER))
