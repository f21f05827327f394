"""Tables of hours and promises: calendars with spans and holidays, and versions of the policy."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Date, Float, Integer, SmallInteger, String

from helpdesk.lib.database import Json, Model, Moment


def new_edition() -> str:
    """A mark no other state of a calendar ever had, not even one undone by a rollback."""
    return secrets.token_hex(8)


class Calendar(Model):
    """Which hours count. *edition* changes whenever the calendar would be built differently.

    *observes_holidays* is off for round-the-clock work; *observes_collective_leave* says whether
    *cuti bersama* is a day off here, as it is for the civil service and, by choice, for private
    firms.
    """

    __tablename__ = "calendars"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(40))
    observes_holidays: Mapped[bool] = mapped_column(Boolean, default=True)
    observes_collective_leave: Mapped[bool] = mapped_column(Boolean, default=True)
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    edition: Mapped[str] = mapped_column(String(16), default=new_edition)
    version: Mapped[int] = mapped_column(Integer, default=1)


class CalendarSpan(Model):
    """One open stretch of a weekday (0 Monday), in minutes of the local day; 1440 ends it."""

    __tablename__ = "calendar_spans"
    __table_args__ = (
        UniqueConstraint("calendar_id", "weekday", "opens_minute"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="ck_calendar_spans_weekday"),
        CheckConstraint(
            "opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440",
            name="ck_calendar_spans_minutes",
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    opens_minute: Mapped[int] = mapped_column(SmallInteger)
    closes_minute: Mapped[int] = mapped_column(SmallInteger)


class HolidayKind(StrEnum):
    """National holiday, collective leave (*cuti bersama*), or a day off of one organisation."""

    NATIONAL = "national"
    COLLECTIVE = "collective"
    LOCAL = "local"


def _calendar_or_all(context: Any) -> int:
    calendar_id: int | None = context.get_current_parameters().get("calendar_id")
    return calendar_id or 0


class Holiday(Model):
    """A day that is closed, for one calendar or (*calendar_id* NULL) for all that observe its kind.

    A day has one kind, and the row that is there first keeps its own. One taken back is switched off rather than
    deleted, or the next import would bring it back.
    """

    __tablename__ = "holidays"
    # NULLs would defeat a unique key over calendar_id, hence calendar_key.
    __table_args__ = (UniqueConstraint("on", "calendar_key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(12))
    name_id: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id"))
    calendar_key: Mapped[int] = mapped_column(Integer, default=_calendar_or_all)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class UnitCalendar(Model):
    """The calendar of a unit that does not keep the default one."""

    __tablename__ = "unit_calendars"
    __table_args__ = (Index("ix_unit_calendars_calendar", "calendar_id"),)

    unit_id: Mapped[int] = mapped_column(
        ForeignKey("units.id"), primary_key=True, autoincrement=False
    )
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))


class PolicyVersion(Model):
    """A set of promises, and the receipt moment from which they hold. Never changed.

    One that was withdrawn before its moment never holds.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (Index("ix_policy_versions_effective", "effective_from", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    effective_from: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(Integer)
    created_by_label: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class PolicyRule(Model):
    """One promise of a version as stored; the rest of the house reads it as a ``rules.Rule``."""

    __tablename__ = "policy_rules"
    __table_args__ = (UniqueConstraint("version_id", "clock", "grade"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("policy_versions.id"))
    clock: Mapped[str] = mapped_column(String(12))
    grade: Mapped[str] = mapped_column(String(8), default="")
    limit_amount: Mapped[int] = mapped_column(Integer)
    limit_unit: Mapped[str] = mapped_column(String(16))
    is_pausable: Mapped[bool] = mapped_column(Boolean, default=False)
    warn_share: Mapped[float] = mapped_column(Float, default=0.75)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    source: Mapped[str] = mapped_column(String(160), default="")
