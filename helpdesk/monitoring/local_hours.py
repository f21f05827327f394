"""Local time where databases know no zones: the local hour as a condition, and when a period begins."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, extract, false, or_

from helpdesk.accounts.organisation import local_zone
from helpdesk.monitoring.period import Period
from helpdesk.tickets.ticket import Ticket

_HOUR = timedelta(hours=1)
_DAY = 24 * 60  # minutes


def begin_of(period: Period) -> datetime:
    """The local midnight with which it begins."""
    return datetime.combine(period.first_day, time(), local_zone()).astimezone(UTC)


def received_in_hour(hour: int, period: Period) -> ColumnElement[bool]:
    """Received in this local hour, 0 to 23, on a day of *period*."""
    utc = extract("hour", Ticket.received_at) * 60 + extract("minute", Ticket.received_at)
    return or_(
        false(),
        *(
            and_(
                Ticket.received_at >= begins,
                Ticket.received_at < ends,
                ((utc + ahead + _DAY) % _DAY).between(hour * 60, hour * 60 + 59),
            )
            for begins, ends, ahead in _stretches(period, local_zone())
        ),
    )


@lru_cache(maxsize=100)  # a year is walked through hour by hour
def _stretches(period: Period, zone: ZoneInfo) -> list[tuple[datetime, datetime, int]]:
    """From and until (UTC) when local time keeps its distance, and that in minutes ahead of UTC."""
    stretches = []
    begins = datetime.combine(period.first_day, time(), zone).astimezone(UTC)
    end = datetime.combine(period.last_day + timedelta(days=1), time(), zone).astimezone(UTC)
    while begins < end:
        ahead, ends = begins.astimezone(zone).utcoffset(), begins
        while ends < end and ends.astimezone(zone).utcoffset() == ahead:
            ends += _HOUR  # clocks are changed at a full hour of local time
        stretches.append((begins, ends, int(ahead.total_seconds() // 60) if ahead else 0))
        begins = ends
    return stretches
