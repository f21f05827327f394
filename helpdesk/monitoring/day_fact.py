"""The rows of the figures: for each day of receipt a bounded number of sums, however many tickets it had."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger, Date, Integer, String

from helpdesk.lib.database import Model, Moment

WHOLE_HOUSE = 0


class Cut(StrEnum):
    """By what a day is divided, and what the key of each sum is. Complaints only, except KIND."""

    KIND = "kind"  # Kind
    PROMISE = "promise"  # grade/outcome of the statutory clock
    TALLY = "tally"  # Tally
    CHANNEL = "channel"  # Channel
    HOUR = "hour"  # local hour of receipt, 0 to 23; the weekday is that of the day itself
    CLOSING = "closing"  # Closing
    EXIT = "exit"  # Status
    SCORE = "score"  # 1 to 5
    WAIT = "wait"  # bar of answer_times
    CATEGORY = "category"  # id, 0 not yet classified
    PLACE = "place"  # id, 0 where none of the list is named
    UNIT = "unit"  # unit id/UnitTally
    HOP = "hop"  # unit id/outcome of the rounds with the unit
    PAIR = "pair"  # main unit id/category id of what may come back (``recurrence``)


class Tally(StrEnum):
    """Keys of ``Cut.TALLY``."""

    ANSWERED = "answered"
    OPEN = "open"
    REOPENED = "reopened"
    RESTRICTED = "restricted"
    DISPOSED = "disposed"
    CARE_SECONDS = "care_seconds"
    UNIT_SECONDS = "unit_seconds"
    # The complainant's word as staff wrote it down; also counted where it counts anyhow
    CONFIRMED_BY_STAFF = "confirmed_by_staff"
    RATED_BY_STAFF = "rated_by_staff"


class UnitTally(StrEnum):
    """What is summed for each unit under ``Cut.UNIT``."""

    TICKETS = "tickets"
    SENT = "sent"
    RETURNED = "returned"
    ANSWERED = "answered"
    SECONDS = "seconds"


class DayFact(Model):
    """One sum over the tickets received on a local day: of the whole house (unit 0), or of those sent to a unit.

    The key begins with what a question names, so that one question reads one stretch of it.
    """

    __tablename__ = "day_facts"
    __table_args__ = (Index("ix_day_facts_day", "received_on"), {"sqlite_with_rowid": False})

    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cut: Mapped[str] = mapped_column(String(10), primary_key=True)
    received_on: Mapped[date] = mapped_column(Date, primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class CountedDay(Model):
    """When a day was counted; its row is the lock under which it is counted.

    *next_due_at* is the earliest deadline among its running clocks that lay ahead at *counted_at*: from then on time
    alone makes the sums of the day untrue, until they are counted again.
    """

    __tablename__ = "counted_days"
    __table_args__ = (Index("ix_counted_days_due", "next_due_at"),)

    received_on: Mapped[date] = mapped_column(Date, primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(Moment)
    next_due_at: Mapped[datetime | None] = mapped_column(Moment)
