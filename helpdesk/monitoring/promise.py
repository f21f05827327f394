"""Is the promise kept? The national indicator *Kecepatan Waktu Tanggap Komplain* (Permenkes 30/2022, INM 12).

N: complaints answered **and** followed up within the limit of their grade; D: complaints received in the month whose
limit has passed or which were kept before; pooled N/D, never the mean of three percentages. Not yet due stands
apart. D = 0 shows "–". The month is the month of receipt. Complaints that left by an exit are not counted and are
said to be so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, extract, func, or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.monitoring.period import Month
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.clocks import MET, MISSED, VOID
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.states import Grade, Kind
from helpdesk.tickets.ticket import Ticket

TARGET = 0.80
TREND_MONTHS = 7
GRADES = tuple(grade.value for grade in Grade)


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
    def share(self) -> float | None:
        """N/D, or None when there is nothing to judge."""
        return self.kept / self.judged if self.judged else None

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.kept + other.kept,
            self.missed + other.missed,
            self.pending + other.pending,
            self.left + other.left,
        )


@dataclass(frozen=True)
class Promise:
    """One grade (or '' for all) in one month, the month before, and the shares of the last months, oldest first."""

    grade: str
    now: Kept
    before: Kept
    trend: tuple[float | None, ...]

    @property
    def change(self) -> float | None:
        """Percentage points gained since the month before."""
        if self.now.share is None or self.before.share is None:
            return None
        return (self.now.share - self.before.share) * 100


def outcomes(clock: type[SlaClock], at: datetime) -> dict[str, ColumnElement[bool]]:
    """The four conditions on a clock that every figure and its drill-down share, so that they cannot disagree."""
    running = clock.stopped_at.is_(None)
    return {
        "kept": clock.verdict == MET,
        "missed": or_(clock.verdict == MISSED, and_(running, clock.due_at <= at)),
        "pending": and_(running, or_(clock.due_at > at, clock.due_at.is_(None))),
        "left": clock.verdict == VOID,
    }


def promises(actor: Actor, month: Month, at: datetime) -> list[Promise]:
    """All grades together, then merah, kuning, hijau; one query."""
    counted = _count(actor, month, at)
    months = [month.after(-back) for back in range(TREND_MONTHS - 1, -1, -1)]
    return [_promise(grade, month, months, counted) for grade in ("", *GRADES)]


def _promise(
    grade: str, month: Month, months: list[Month], counted: dict[tuple[Month, str], Kept]
) -> Promise:
    def of(one: Month) -> Kept:
        grades = (grade,) if grade else GRADES
        return sum((counted[one, each] for each in grades), Kept())

    return Promise(grade, of(month), of(month.after(-1)), tuple(of(one).share for one in months))


def _count(actor: Actor, month: Month, at: datetime) -> dict[tuple[Month, str], Kept]:
    year, number = extract("year", Ticket.received_on), extract("month", Ticket.received_on)
    sums = [
        func.sum(case((condition, 1), else_=0)) for condition in outcomes(SlaClock, at).values()
    ]
    rows = db.session.execute(
        select(year, number, SlaClock.grade, *sums)
        .join(Ticket, Ticket.id == SlaClock.ticket_id)
        .where(
            SlaClock.kind == ClockKind.ANSWER.value,
            Ticket.kind == Kind.COMPLAINT.value,
            Ticket.received_on >= month.after(1 - TREND_MONTHS).first_day,
            Ticket.received_on <= month.last_day,
            visible_to(actor),
        )
        .group_by(year, number, SlaClock.grade)
    )
    counted: dict[tuple[Month, str], Kept] = defaultdict(Kept)
    for in_year, in_month, grade, *numbers in rows:
        counted[Month(int(in_year), int(in_month)), grade] = Kept(*(int(one) for one in numbers))
    return counted
