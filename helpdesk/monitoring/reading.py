"""Reading the sums of days, and what time alone has changed since they were counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, distinct, extract, func, or_, select

from helpdesk.lib.database import db
from helpdesk.monitoring.conditions import was_sent
from helpdesk.monitoring.day_fact import WHOLE_HOUSE, CountedDay, Cut, DayFact
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.states import Kind
from helpdesk.tickets.ticket import Disposition, Ticket

_BY_DAY = {Cut.HOUR, Cut.PAIR}  # what they tell depends on the day: these are read day by day
_SUMMED = tuple(cut.value for cut in Cut if cut not in _BY_DAY)
_TO_JUDGE = (ClockKind.ANSWER.value, ClockKind.HOP.value)


@dataclass(frozen=True)
class Overdue:
    """*count* clocks of complaints received on a day, running and counted as pending, whose deadline has passed."""

    clock: ClockKind
    received_on: date
    grade: str
    unit_id: int | None
    count: int


def sums_of(period: Period, unit_id: int | None) -> dict[Cut, dict[str, int]]:
    """Every cut of the period but those of hours and pairs, its keys with their sums; one statement."""
    rows = db.session.execute(
        select(DayFact.cut, DayFact.key, func.sum(DayFact.amount))
        .where(DayFact.cut.in_(_SUMMED), *_between(period.first_day, period.last_day, unit_id))
        .group_by(DayFact.cut, DayFact.key)
    )
    found: dict[Cut, dict[str, int]] = {cut: {} for cut in Cut}
    for cut, key, amount in rows:
        found[Cut(cut)][key] = int(amount)
    return found


def first_day_counted() -> date | None:
    """The first day on which anything was received; one statement."""
    kinds = (DayFact.unit_id == WHOLE_HOUSE, DayFact.cut == Cut.KIND.value)
    return db.session.scalar(select(func.min(DayFact.received_on)).where(*kinds))


def sums_by_day(
    cut: Cut, first_day: date, last_day: date, unit_id: int | None
) -> dict[str, dict[date, int]]:
    """One cut day by day: its keys, and the sum of each on the days that have one; one statement."""
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for key, day, amount in db.session.execute(
        select(DayFact.key, DayFact.received_on, DayFact.amount).where(
            DayFact.cut == cut.value, *_between(first_day, last_day, unit_id)
        )
    ):
        found[key][day] = amount
    return found


def sum_within(by_day: Mapping[date, int], first_day: date, last_day: date) -> int:
    """What lies on these days, of sums by day."""
    return sum(amount for day, amount in by_day.items() if first_day <= day <= last_day)


def sums_by_month(
    cut: Cut, first_day: date, last_day: date, unit_id: int | None
) -> list[tuple[date, str, int]]:
    """One cut month by month: the first day of the month, the key and its sum; one statement."""
    year, month = extract("year", DayFact.received_on), extract("month", DayFact.received_on)
    rows = db.session.execute(
        select(year, month, DayFact.key, func.sum(DayFact.amount))
        .where(DayFact.cut == cut.value, *_between(first_day, last_day, unit_id))
        .group_by(year, month, DayFact.key)
    )
    return [(date(int(in_year), int(of), 1), key, int(n)) for in_year, of, key, n in rows]


def _between(first_day: date, last_day: date, unit_id: int | None) -> list[ColumnElement[bool]]:
    return [
        DayFact.unit_id == (unit_id or WHOLE_HOUSE),
        DayFact.received_on.between(first_day, last_day),
    ]


def overdue_since_counted(
    first_day: date, last_day: date, at: datetime, unit_id: int | None
) -> list[Overdue]:
    """What the sums of these days still have as pending and is missed by now; two statements.

    The worker counts a day again when its first deadline has passed, so there is little to find: what fell due in
    the last minute, or since the worker stopped. The first statement says from when on to look, and the second reads
    no more than that from the index of what is due.
    """
    days = CountedDay.received_on.between(first_day, last_day)
    earliest = select(func.min(CountedDay.next_due_at)).where(days, CountedDay.next_due_at <= at)
    since = db.session.scalar(earliest)
    rows = db.session.execute(
        _running(unit_id)
        .join(CountedDay, CountedDay.received_on == Ticket.received_on)
        .where(
            SlaClock.due_at.between(since or at, at),
            SlaClock.due_at > CountedDay.counted_at,
            or_(SlaClock.breached_at.is_(None), SlaClock.breached_at > CountedDay.counted_at),
            days,
        )
    )
    return [
        Overdue(ClockKind(clock), received_on, grade, its_unit, count)
        for clock, received_on, grade, its_unit, count in rows
    ]


def _running(unit_id: int | None) -> Select[str, date, str, int, int]:
    """Running clocks that promise something, counted by kind, day, grade and unit."""
    groups = (SlaClock.kind, Ticket.received_on, SlaClock.grade, Disposition.unit_id)
    query = (
        select(*groups, func.count())
        .join(Ticket, Ticket.id == SlaClock.ticket_id)
        .outerjoin(Disposition, Disposition.id == SlaClock.disposition_id)
        .where(
            SlaClock.kind.in_(_TO_JUDGE),
            SlaClock.stopped_at.is_(None),
            Ticket.kind == Kind.COMPLAINT.value,
        )
        .group_by(*groups)
    )
    if unit_id is None:
        return query
    its_own = or_(SlaClock.kind == ClockKind.ANSWER.value, Disposition.unit_id == unit_id)
    return query.where(was_sent(Disposition.unit_id == unit_id), its_own)


def answer_times(period: Period, unit_id: int | None) -> list[timedelta]:
    """From receipt to the first answer, of each complaint of the period that has one; one statement over its rows."""
    query = select(Ticket.received_at, Ticket.first_answered_at).where(
        Ticket.received_on.between(period.first_day, period.last_day),
        Ticket.kind == Kind.COMPLAINT.value,
        Ticket.first_answered_at.is_not(None),
    )
    if unit_id is not None:
        query = query.where(was_sent(Disposition.unit_id == unit_id))
    rows = db.session.execute(query)
    return [answered_at - received_at for received_at, answered_at in rows if answered_at]


def late_by_unit(at: datetime, unit_id: int | None) -> dict[int, int]:
    """How many complaints are late with each unit at this moment; one statement, whose cost follows what is late."""
    query = (
        select(Disposition.unit_id, func.count(distinct(SlaClock.ticket_id)))
        .join(SlaClock, SlaClock.disposition_id == Disposition.id)
        .join(Ticket, Ticket.id == Disposition.ticket_id)
        .where(
            SlaClock.kind == ClockKind.HOP.value,
            SlaClock.stopped_at.is_(None),
            SlaClock.due_at <= at,
            Ticket.kind == Kind.COMPLAINT.value,
        )
        .group_by(Disposition.unit_id)
    )
    if unit_id is not None:
        query = query.where(Disposition.unit_id == unit_id)
    return dict(db.session.execute(query).all())


def kept_of(sums: Mapping[str, int], overdue: Iterable[Overdue]) -> Kept:
    """The outcomes of *sums*, after what is *overdue* has gone from pending to missed.

    Between a change and its count a clock may be in the one and not in the other; then there is nothing to move.
    """
    pending = sums.get("pending", 0)
    moved = min(pending, sum(one.count for one in overdue))
    return Kept(
        kept=sums.get("kept", 0),
        missed=sums.get("missed", 0) + moved,
        pending=pending - moved,
        left=sums.get("left", 0),
    )
