"""A month as leaders pick it. Days are local days of receipt (``Ticket.received_on``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")  # the edges of the calendar have no neighbours


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month in the organisation's zone."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which *day* lies."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, typed: str | None, *, default: Month) -> Month:
        """Read ``2026-11``; anything else gives *default*."""
        match = _MONTH.fullmatch(typed or "")
        return cls(int(match[1]), int(match[2])) if match else default

    @property
    def first_day(self) -> date:
        """The first of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last of the month."""
        return self.after(1).first_day - timedelta(days=1)

    def after(self, months: int) -> Month:
        """So many months later; negative for earlier."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
