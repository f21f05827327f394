"""Leave (cuti): from which day to which day somebody is away, and who stands in for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Date, Integer

from helpdesk.lib.database import Model, Moment


class Leave(Model):
    """Both days are days of absence, in the organisation's zone. *ended_at*: back before it was over, or never gone."""

    __tablename__ = "leaves"
    __table_args__ = (
        Index("ix_leaves_user", "user_id", "last_on"),
        Index("ix_leaves_last", "last_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
