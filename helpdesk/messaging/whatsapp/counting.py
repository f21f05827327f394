"""How much was said under each number in a month: since October 2026 the provider charges for free words, too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage


@dataclass(frozen=True)
class MonthCount:
    """What left us under *number_id* in the month that begins on *month*; *failed* are contained in the other two."""

    number_id: str
    month: date
    free: int = 0
    template: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.free + self.template


def numbers_used() -> list[str]:
    """Every number under which something was said, as the provider calls them."""
    used = select(OutboxMessage.sent_from).where(OutboxMessage.sent_from.is_not(None)).distinct()
    return sorted(one for one in db.session.scalars(used) if one)


def months_of(number_id: str, at: datetime, zone: ZoneInfo, *, count: int = 3) -> list[MonthCount]:
    """The last *count* months in *zone* under one number, the present one first."""
    months, ends = [], at
    begins = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _month in range(count):
        months.append(_counted(number_id, begins, ends))
        ends, begins = begins, (begins - timedelta(days=1)).replace(day=1)
    return months


def _counted(number_id: str, begins: datetime, ends: datetime) -> MonthCount:
    rows = db.session.execute(
        select(OutboxMessage.sent_as, OutboxMessage.status, func.count())
        .where(
            OutboxMessage.sent_from == number_id,
            OutboxMessage.sent_at >= begins,
            OutboxMessage.sent_at < ends,
        )
        .group_by(OutboxMessage.sent_as, OutboxMessage.status)
    )
    sums = Counter[str]()
    for kind, status, amount in rows:
        sums["template" if kind == "template" else "free"] += amount
        sums["failed"] += amount if status == "failed" else 0
    return MonthCount(number_id, begins.date(), **sums)
