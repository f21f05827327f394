"""The summary as a row, and how the monthly one is sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.accounts.unit import Unit
from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Json, Model, Moment
from helpdesk.lib.storage import NAMES_A_FILE


class Status(StrEnum):
    """Where the making of a summary stands."""

    WAITING = "waiting"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class Summary(Claimable, Model):
    """One summary: what it is of, its official number, how far it is, what it was built from.

    *period* is a code such as 2026-10, 2026-Q3 or 2026; *unit_id* None means the whole house.
    *facts* are written once and never again, so that the same document can be drawn later; they are
    read only when asked for. *progress* runs from 0 to 100. *scheduled_for* is the month of a summary
    that nobody asked for by hand: its unique key makes that one once.
    """

    __tablename__ = "summaries"
    __table_args__ = (
        UniqueConstraint("number_year", "number_seq"),
        UniqueConstraint("scheduled_for"),
        Index("ix_summaries_due", "look_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number_year: Mapped[int] = mapped_column(SmallInteger)
    number_seq: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(60))  # 0118/HMS/RSIA-SR/XI/2026
    period: Mapped[str] = mapped_column(String(8))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    language: Mapped[str] = mapped_column(String(5))
    status: Mapped[str] = mapped_column(String(12), default=Status.WAITING.value)
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    pdf_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    xlsx_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_by_label: Mapped[str] = mapped_column(String(120))
    scheduled_for: Mapped[str | None] = mapped_column(String(8))

    unit: Mapped[Unit | None] = relationship(lazy="joined")

    @property
    def is_ready(self) -> bool:
        """Are PDF and workbook there?"""
        return self.status == Status.READY

    @property
    def is_under_way(self) -> bool:
        """Does the worker still have something to do?"""
        return self.status in (Status.WAITING, Status.BUILDING)


class SummarySettings(Model):
    """One row, id 1: who compiles summaries, and when the monthly one is made.

    Who approves them is the organisation's signatory. *day* is a day of the month from 1 to 28, *hour*
    a local hour; the summary is of the month before.
    """

    __tablename__ = "summary_settings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    compiler_name: Mapped[str] = mapped_column(String(120), default="")
    compiler_position: Mapped[str] = mapped_column(String(120), default="")
    compiler_id_number: Mapped[str] = mapped_column(String(40), default="")
    is_monthly: Mapped[bool] = mapped_column(Boolean, default=False)
    day: Mapped[int] = mapped_column(SmallInteger, default=2)
    hour: Mapped[int] = mapped_column(SmallInteger, default=8)
    language: Mapped[str] = mapped_column(String(5), default="id")
    version: Mapped[int] = mapped_column(Integer, default=1)


class SummaryReader(Model):
    """Somebody who is told each month that the summary is there."""

    __tablename__ = "summary_readers"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
