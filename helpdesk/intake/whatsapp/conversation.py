"""Where the talk with one contact stands: kept in the database, so that it goes on hours later, in any worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, SmallInteger, String

from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Json, Model, Moment


class Conversation(Claimable, Model):
    """The guided talk with one contact. *look_at* is when what they said is to be answered.

    *step* names where it stands, *gathered* what the person has told so far, *ticket_id* the complaint that they are
    talking about. *misunderstood* counts in a row what we could not follow.

    *person_wanted_at*: from then on a person must answer, for *wanted_because*; the guide keeps silent until
    *silent_until*, or until the one of *taken_by_id* hands the talk back.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_due", "look_at", "id"),
        Index("ix_conversations_wanted", "person_wanted_at", "id"),
        # Those in which nobody is wanted, the latest heard first: a page of them is one range of it.
        Index("ix_conversations_heard", "person_wanted_at", "heard_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("whatsapp_contacts.id"), unique=True)
    step: Mapped[str] = mapped_column(String(30), default="")
    gathered: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    misunderstood: Mapped[int] = mapped_column(SmallInteger, default=0)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    heard_at: Mapped[datetime] = mapped_column(Moment)
    spoke_at: Mapped[datetime | None] = mapped_column(Moment)
    person_wanted_at: Mapped[datetime | None] = mapped_column(Moment)
    wanted_because: Mapped[str] = mapped_column(String(20), default="")
    silent_until: Mapped[datetime | None] = mapped_column(Moment)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
