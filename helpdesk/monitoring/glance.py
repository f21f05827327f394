"""What leadership sees beside the figures: what is late now, how the house went these last periods, a word of praise.

Whatever names a ticket is read for one reader (``visible_to``); sums are read from the sums of days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    extract,
    func,
    select,
    true,
)

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.lib.database import db
from helpdesk.monitoring.day_fact import WHOLE_HOUSE, CountedDay, Cut, DayFact, Tally
from helpdesk.monitoring.figures import TREND_STEPS, Rating
from helpdesk.monitoring.lateness import is_late
from helpdesk.monitoring.local_hours import begin_of
from helpdesk.monitoring.period import Period
from helpdesk.registry.text_hygiene import redact
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.copies import is_work
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import title_for_others
from helpdesk.tickets.records import Rating as RatingRow
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.rows import HEADING
from helpdesk.tickets.states import Access, Grade, Identity, Kind
from helpdesk.tickets.ticket import Disposition, Ticket

_COURSE = (Cut.SCORE.value, Cut.TALLY.value, Cut.KIND.value, Cut.PLACE.value)


@dataclass(frozen=True)
class LateTicket:
    """One late complaint: the matter as units may read it, and the ids of the units that have it."""

    row: Row[Any]

    @property
    def title(self) -> str:
        """The title as leaders may read it."""
        return title_for_others(self.row.title, self.row.unit_text)

    @property
    def unit_ids(self) -> list[int]:
        """The units that have it now."""
        return sorted({int(one) for one in (self.row.unit_ids or "").split(",") if one})


@dataclass(frozen=True)
class LateNow:
    """How many complaints are late now, of which *red* are merah, and those that are late the longest.

    *hidden* are those of *total* that are listed nowhere for this reader: they count, for the house is late with them.
    """

    total: int = 0
    red: int = 0
    hidden: int = 0
    tickets: Sequence[LateTicket] = ()


def late_now(actor: Actor, at: datetime, *, limit: int, only_ordinary: bool = False) -> LateNow:
    """What is late, all of it counted, and what *actor* may see of it listed; one statement.

    *only_ordinary*: for a screen that others see too, whatever the reader may open.
    """
    is_listed = visible_to(actor)
    if only_ordinary:
        is_listed = and_(is_listed, Ticket.access == Access.ORDINARY.value)
    counted = (
        select(
            func.count().label("total"),
            _number_of(Ticket.grade == Grade.RED.value).label("red"),
            _number_of(is_listed).label("listed"),
        )
        .where(is_late(at))
        .subquery()
    )
    late = _late_tickets(at).where(is_listed).limit(limit).subquery()
    rows = db.session.execute(
        select(counted, late)
        .select_from(counted.outerjoin(late, true()))  # the counts, even where nothing is listed
        .order_by(late.c.due_at, late.c.id)
    ).all()
    total, red, listed = int(rows[0].total), int(rows[0].red), int(rows[0].listed)
    tickets = [LateTicket(row) for row in rows if row.id is not None]
    return LateNow(total, red, total - listed, tickets)


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _late_tickets(at: datetime) -> Select[*tuple[Any, ...]]:
    """What is told of each, late the longest first."""
    at_work = (
        select(func.group_concat(Disposition.unit_id))
        .where(Disposition.ticket_id == Ticket.id, Disposition.is_open)
        .scalar_subquery()
    )
    return (
        select(*HEADING, Ticket.grade, Ticket.category_id, Ticket.due_at, at_work.label("unit_ids"))
        .where(is_late(at))
        .order_by(Ticket.due_at, Ticket.id)
    )


@dataclass(frozen=True)
class Course:
    """One period among others: what came and from which places, what was answered and reopened, how it was rated."""

    period: Period
    received: int
    answered: int
    reopened: int
    rating: Rating
    by_place: Mapping[int, int]

    @property
    def reopened_share(self) -> float | None:
        """Reopened of those answered."""
        return self.reopened / self.answered if self.answered else None


def course_of(period: Period) -> list[Course]:
    """As many periods as a trend has, the last one *period*; one statement over the sums of days."""
    periods = [period.after(-back) for back in range(TREND_STEPS - 1, -1, -1)]
    year, month = extract("year", DayFact.received_on), extract("month", DayFact.received_on)
    rows = db.session.execute(
        select(year, month, DayFact.cut, DayFact.key, func.sum(DayFact.amount))
        .where(
            DayFact.unit_id == WHOLE_HOUSE,
            DayFact.cut.in_(_COURSE),
            DayFact.received_on.between(periods[0].first_day, period.last_day),
        )
        .group_by(year, month, DayFact.cut, DayFact.key)
    ).all()
    return [_course(one, rows) for one in periods]


def _course(period: Period, rows: Sequence[Row[int, int, str, str, int]]) -> Course:
    months = {(one.year, one.month) for one in period.months()}
    sums: dict[tuple[str, str], int] = {}
    for in_year, in_month, cut, key, amount in rows:
        if (int(in_year), int(in_month)) in months:
            sums[cut, key] = sums.get((cut, key), 0) + int(amount)
    return Course(
        period,
        received=sums.get((Cut.KIND, Kind.COMPLAINT), 0),
        answered=sums.get((Cut.TALLY, Tally.ANSWERED), 0),
        reopened=sums.get((Cut.TALLY, Tally.REOPENED), 0),
        rating=Rating(tuple(sums.get((Cut.SCORE, str(score)), 0) for score in range(1, 6))),
        by_place={int(key): n for (cut, key), n in sums.items() if cut == Cut.PLACE},
    )


@dataclass(frozen=True)
class Quote:
    """What somebody wrote with their rating, without the numbers that would say who they are."""

    text: str
    score: int
    at: datetime
    grade: str
    unit_ids: list[int]


def newest_quote(period: Period, actor: Actor, at: datetime) -> Quote | None:
    """The last comment given in *period* on an ordinary complaint of somebody who hid nothing; one statement.

    Their own: not what staff wrote down for them.
    """
    units = (
        select(func.group_concat(Disposition.unit_id))
        .where(Disposition.ticket_id == Ticket.id, is_work())
        .scalar_subquery()
    )
    row = db.session.execute(
        select(RatingRow.comment, RatingRow.score, RatingRow.at, Ticket.grade, units.label("units"))
        .join(Ticket, Ticket.id == RatingRow.ticket_id)
        .where(
            RatingRow.comment != "",
            _who_gave() == ActorKind.COMPLAINANT.value,
            RatingRow.at.between(begin_of(period), min(at, begin_of(period.after(1)))),
            Ticket.kind == Kind.COMPLAINT.value,
            Ticket.access == Access.ORDINARY.value,
            Ticket.identity == Identity.NAMED.value,
            visible_to(actor),
        )
        .order_by(RatingRow.at.desc(), RatingRow.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    unit_ids = sorted({int(one) for one in (row.units or "").split(",") if one})
    return Quote(redact(row.comment), row.score, row.at, row.grade, unit_ids)


def _who_gave() -> ScalarSelect[str]:
    """Which kind of actor gave the rating of the outer statement, an earlier one of a reopened ticket too."""
    return (
        select(TicketEvent.actor_kind)
        .where(TicketEvent.ticket_id == RatingRow.ticket_id, TicketEvent.at >= RatingRow.at)
        .where(TicketEvent.kind == Move.RATE.value)
        .order_by(TicketEvent.id)
        .limit(1)
        .correlate(RatingRow)
        .scalar_subquery()
    )


def token_of_figures(at: datetime, *, every: timedelta) -> str:
    """Changes whenever the figures might: with the newest count, the newest event, and with time alone."""
    counted, event_id = db.session.execute(
        select(
            select(func.max(CountedDay.counted_at)).scalar_subquery(),
            select(func.max(TicketEvent.id)).scalar_subquery(),
        )
    ).one()
    slot = int(at.timestamp() // every.total_seconds())
    return f"{counted:%Y%m%d%H%M%S%f}-{event_id}-{slot}" if counted else f"-{event_id}-{slot}"
