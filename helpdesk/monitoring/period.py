"""A month, quarter or year as leaders pick it. Days are local days of receipt (``Ticket.received_on``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# The edges of the calendar have no neighbours, so a year is of this century.
_CODE = re.compile(r"(20[0-9]{2})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def length(self) -> int:
        """Its months."""
        return {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}[self]


@dataclass(frozen=True, order=True)
class Period:
    """*length* months of the calendar that begin with *month*, in the organisation's zone.

    Ordered by its first day, a shorter one first. ``Period(2026, 11)`` is a month.
    """

    year: int
    month: int
    length: int = 1

    @classmethod
    def containing(cls, day: date, kind: PeriodKind = PeriodKind.MONTH) -> Period:
        """The period of this *kind* in which *day* lies."""
        first = (day.month - 1) // kind.length * kind.length + 1
        return cls(day.year, first, kind.length)

    @classmethod
    def parse(cls, typed: str | None, *, default: Period | None = None) -> Period:
        """Read ``2026-10``, ``2026-Q3`` or ``2026``; anything else gives *default*, and without one a ValueError."""
        match = _CODE.fullmatch(typed or "")
        if match is None:
            if default is None:
                raise ValueError(f"no period is called {typed!r}")
            return default
        year, month, quarter = int(match[1]), match[2], match[3]
        if month:
            return cls(year, int(month))
        if quarter:
            return cls(year, int(quarter) * 3 - 2, PeriodKind.QUARTER.length)
        return cls(year, 1, PeriodKind.YEAR.length)

    @property
    def kind(self) -> PeriodKind:
        """Month, quarter or year."""
        return next(kind for kind in PeriodKind if kind.length == self.length)

    @property
    def first_day(self) -> date:
        """Its first local day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Its last local day."""
        return self.after(1).first_day - timedelta(days=1)

    def after(self, steps: int) -> Period:
        """So many periods of the same length later; negative for earlier."""
        index = self.year * 12 + self.month - 1 + steps * self.length
        return Period(index // 12, index % 12 + 1, self.length)

    def before(self) -> Period:
        """The period of the same length right before it."""
        return self.after(-1)

    def months(self) -> list[Period]:
        """Its months, the earliest first."""
        first = Period(self.year, self.month)
        return [first.after(step) for step in range(self.length)]

    def __str__(self) -> str:
        """The code that ``parse`` reads."""
        if self.length == PeriodKind.YEAR.length:
            return f"{self.year:04d}"
        if self.length == PeriodKind.QUARTER.length:
            return f"{self.year:04d}-Q{(self.month + 2) // 3}"
        return f"{self.year:04d}-{self.month:02d}"
