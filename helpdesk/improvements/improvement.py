"""The rows of the improvement register."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Date, Integer, String

from helpdesk.lib.database import Json, LongText, Model, Moment


class State(StrEnum):
    """How far an improvement has come. The last three are ends."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"  # its effect is still to be looked at
    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"
    DROPPED = "dropped"


OPEN = frozenset({State.PLANNED, State.UNDER_WAY})
WAS_DONE = frozenset({State.DONE, State.EFFECTIVE, State.NOT_EFFECTIVE})


class Improvement(Model):
    """What is to be improved (*plan*), about which complaints, by whom and by when.

    The complaints are those of *category_id* whose main unit is *about_unit_id*; *unit_id* is the unit that is to do
    it, *pic_id* the person, None for its head. *ended_on* is the local day on which it was done or dropped, *outcome*
    what was done or why it was dropped, *effect* what was seen afterwards. At *look_at* the unit is reminded next.
    """

    __tablename__ = "improvements"
    __table_args__ = (
        Index("ix_improvements_due", "state", "due_on", "id"),
        Index("ix_improvements_ended", "state", "ended_on", "id"),
        Index("ix_improvements_look", "look_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    plan: Mapped[str] = mapped_column(LongText())
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    about_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    pic_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(14), default=State.PLANNED.value)
    ended_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(LongText(), default="")
    effect: Mapped[str] = mapped_column(LongText(), default="")
    begun_at: Mapped[datetime] = mapped_column(Moment)
    look_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)

    @property
    def is_open(self) -> bool:
        """Is it still to be done?"""
        return self.state in OPEN

    @property
    def done_on(self) -> date | None:
        """The day on which it was done."""
        return self.ended_on if self.state in WAS_DONE else None

    def is_late(self, today: date) -> bool:
        """Should it have been done before *today*?"""
        return self.is_open and self.due_on < today


class ImprovementTicket(Model):
    """A ticket that an improvement came from."""

    __tablename__ = "improvement_tickets"
    __table_args__ = (Index("ix_improvement_tickets_ticket", "ticket_id"),)

    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvements.id"), primary_key=True, autoincrement=False
    )
    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("tickets.id"), primary_key=True, autoincrement=False
    )


class ImprovementEvent(Model):
    """One thing that happened to an improvement; only ever added. *details* are facts and ids."""

    __tablename__ = "improvement_events"
    __table_args__ = (Index("ix_improvement_events_of", "improvement_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"))
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_label: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(LongText(), default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
