"""Is the promise kept? The national indicator *Kecepatan Waktu Tanggap Komplain* (Permenkes 30/2022, INM 12).

N: complaints answered **and** followed up within the limit of their grade; D: complaints received in the month whose
limit has passed or which were kept before; pooled N/D, never the mean of three percentages. Not yet due stands
apart. D = 0 shows "–". The month is the month of receipt. Complaints that left by an exit are not counted and are
said to be so. A unit's rounds are judged by the same outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, or_

from helpdesk.lib.rounding import down, part
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.clocks import MET, MISSED, RUNNING, VOID
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.ticket import Ticket

TARGET = 0.80


def printed(share: float, decimals: int = 3) -> float:
    """A share rounded as ``rounding.part`` does; one below the target is never rounded up to it either."""
    rounded = part(share, decimals)
    return down(share, decimals) if share < TARGET <= rounded else rounded


@dataclass(frozen=True)
class Kept:
    """How a promise fared: *kept* of *judged*, *pending* not yet due, *left* gone by an exit."""

    kept: int = 0
    missed: int = 0
    pending: int = 0
    left: int = 0

    @property
    def judged(self) -> int:
        """The denominator."""
        return self.kept + self.missed

    @property
    def total(self) -> int:
        """Everything, judged or not."""
        return self.judged + self.pending + self.left

    @property
    def share(self) -> float | None:
        """N/D, or None when there is nothing to judge."""
        return self.kept / self.judged if self.judged else None

    @property
    def printed_share(self) -> float | None:
        """The share to a tenth of a percent, as it is printed."""
        return None if self.share is None else printed(self.share)

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.kept + other.kept,
            self.missed + other.missed,
            self.pending + other.pending,
            self.left + other.left,
        )


def its_answer_clock() -> ColumnElement[bool]:
    """Joins a ticket with the clock that the indicator judges, of which it has one at most.

    For an outer join: an inner one SQLite would begin with the answer clocks of all tickets there are.
    """
    return and_(SlaClock.ticket_id == Ticket.id, SlaClock.kind == ClockKind.ANSWER.value)


def outcomes(at: datetime) -> dict[str, ColumnElement[bool]]:
    """The four conditions on a clock that every figure and its drill-down share, so that they cannot disagree.

    A breach that was recorded stays one, even where a holiday declared since has moved the deadline (``clocks.stop``).
    Judged by the verdict alone: who asks has the ticket, and ``stopped_at IS NULL`` would lead SQLite to all that run.
    """
    due_at, breached_at = SlaClock.due_at, SlaClock.breached_at
    running = SlaClock.verdict == RUNNING
    broken = or_(due_at <= at, breached_at.is_not(None))
    ahead = and_(or_(due_at > at, due_at.is_(None)), breached_at.is_(None))
    return {
        "kept": SlaClock.verdict == MET,
        "missed": or_(SlaClock.verdict == MISSED, and_(running, broken)),
        "pending": and_(running, ahead),
        "left": SlaClock.verdict == VOID,
    }


def outcome(at: datetime) -> ColumnElement[str]:
    """Which of the four it is, as a column."""
    return case(*((condition, name) for name, condition in outcomes(at).items()))
