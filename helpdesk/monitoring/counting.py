"""From the tickets of one day to its sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, Select, select

from helpdesk.accounts.actor import ActorKind
from helpdesk.accounts.organisation import local_zone
from helpdesk.lib.database import db
from helpdesk.monitoring.answer_times import bar_of
from helpdesk.monitoring.day_fact import WHOLE_HOUSE, Cut, Tally, UnitTally
from helpdesk.monitoring.promise import its_answer_clock, outcome
from helpdesk.monitoring.recurrence import NO_TROUBLE, main_unit
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.copies import is_work
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import SlaClock, TicketEvent
from helpdesk.tickets.states import EXITS, Access, Closing, DispositionStatus, Kind
from helpdesk.tickets.ticket import Disposition, Ticket

Sums = Counter[tuple[int, Cut, str]]
# Their keys begin with the unit: of other units a unit's own sums say nothing.
_OF_ONE_UNIT = frozenset({Cut.UNIT, Cut.HOP, Cut.PAIR})


@dataclass
class DayCount:
    """The sums of one day by (unit, cut, key), and the next deadline at which they change by themselves."""

    sums: Sums = field(default_factory=Counter)
    next_due_at: datetime | None = None


@dataclass
class _Story:
    """A ticket with what was sent to units and the rounds with them."""

    ticket: Any
    sent: list[Any] = field(default_factory=list)
    hops: list[Any] = field(default_factory=list)


def count_day(day: date, at: datetime) -> DayCount:
    """Count the tickets received on *day* as they stand, verdicts as of *at*; three statements."""
    zone, count = local_zone(), DayCount()
    for story in _stories(day, at):
        units = {sent.unit_id for sent in story.sent}
        for cut, key, amount in _facts_of(story, zone):
            count.sums[WHOLE_HOUSE, cut, key] += amount
            for unit_id in units:
                if cut not in _OF_ONE_UNIT or key.startswith(f"{unit_id}/"):
                    count.sums[unit_id, cut, key] += amount
        if story.ticket.kind == Kind.COMPLAINT:
            count.next_due_at = _earliest(count.next_due_at, _deadlines(story))
    return count


def _stories(day: date, at: datetime) -> Iterable[_Story]:
    stories = {row.id: _Story(row) for row in db.session.execute(_tickets(day, at))}
    for row in db.session.execute(
        select(Disposition.ticket_id, Disposition.unit_id, Disposition.status)
        .join(Ticket, Ticket.id == Disposition.ticket_id)
        .where(Ticket.received_on == day, is_work())
        .order_by(Disposition.id)
    ):
        if row.ticket_id in stories:
            stories[row.ticket_id].sent.append(row)
    for row in db.session.execute(_hops(day, at)):
        if row.ticket_id in stories:
            stories[row.ticket_id].hops.append(row)
    return stories.values()


def _tickets(day: date, at: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Ticket.id,
            Ticket.kind,
            Ticket.status,
            Ticket.is_open,
            Ticket.channel,
            Ticket.access,
            Ticket.category_id,
            Ticket.place_id,
            Ticket.received_at,
            Ticket.received_on,
            Ticket.first_answered_at,
            Ticket.closing,
            Ticket.reopenings,
            Ticket.score,
            _who_last(Move.CONFIRM).label("confirmed_by"),
            _who_last(Move.RATE).label("rated_by"),
            main_unit().label("main_unit_id"),
            SlaClock.grade,
            SlaClock.due_at,
            outcome(at).label("outcome"),
        )
        .outerjoin(SlaClock, its_answer_clock())
        .where(Ticket.received_on == day)
    )


def _who_last(move: Move) -> ScalarSelect[str]:
    """Which kind of actor made *move* the last time on a ticket of the outer statement."""
    return (
        select(TicketEvent.actor_kind)
        .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.kind == move.value)
        .order_by(TicketEvent.id.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _hops(day: date, at: datetime) -> Select[*tuple[Any, ...]]:
    # Not a join: without statistics SQLite would begin it with every hop there ever was.
    of_the_day = select(Ticket.id).where(Ticket.received_on == day)
    return (
        select(
            SlaClock.ticket_id,
            Disposition.unit_id,
            SlaClock.started_at,
            SlaClock.stopped_at,
            SlaClock.due_at,
            outcome(at).label("outcome"),
        )
        .join(Disposition, Disposition.id == SlaClock.disposition_id)
        .where(SlaClock.ticket_id.in_(of_the_day), SlaClock.kind == ClockKind.HOP.value)
    )


def _facts_of(story: _Story, zone: ZoneInfo) -> Iterator[tuple[Cut, str, int]]:
    ticket = story.ticket
    yield Cut.KIND, ticket.kind, 1
    if ticket.kind != Kind.COMPLAINT:
        return
    yield Cut.PROMISE, f"{ticket.grade}/{ticket.outcome}", 1
    yield Cut.CHANNEL, ticket.channel, 1
    yield Cut.HOUR, str(ticket.received_at.astimezone(zone).hour), 1
    yield Cut.CATEGORY, str(ticket.category_id or 0), 1
    yield Cut.PLACE, str(ticket.place_id or 0), 1
    if ticket.main_unit_id and ticket.category_id and ticket.status not in NO_TROUBLE:
        yield Cut.PAIR, f"{ticket.main_unit_id}/{ticket.category_id}", 1
    if ticket.status in EXITS:
        yield Cut.EXIT, ticket.status, 1
    if ticket.closing:
        yield Cut.CLOSING, ticket.closing, 1
    if ticket.score:
        yield Cut.SCORE, str(ticket.score), 1
    yield from _tallies(story)
    yield from _with_units(story)


def _tallies(story: _Story) -> Iterator[tuple[Cut, str, int]]:
    ticket = story.ticket
    yield Cut.TALLY, Tally.OPEN, int(ticket.is_open)
    yield Cut.TALLY, Tally.REOPENED, int(ticket.reopenings > 0)
    yield Cut.TALLY, Tally.RESTRICTED, int(ticket.access == Access.RESTRICTED)
    yield Cut.TALLY, Tally.DISPOSED, int(bool(story.sent))
    is_confirmed = ticket.closing == Closing.CONFIRMED
    is_noted = is_confirmed and ticket.confirmed_by == ActorKind.STAFF
    yield Cut.TALLY, Tally.CONFIRMED_BY_STAFF, int(is_noted)
    is_rating_noted = bool(ticket.score) and ticket.rated_by == ActorKind.STAFF
    yield Cut.TALLY, Tally.RATED_BY_STAFF, int(is_rating_noted)
    answered_at = ticket.first_answered_at
    if answered_at is not None:
        took = answered_at - ticket.received_at
        with_units = _seconds_of(story.hops, answered_at)
        yield Cut.TALLY, Tally.ANSWERED, 1
        yield Cut.WAIT, str(bar_of(took)), 1
        yield Cut.TALLY, Tally.UNIT_SECONDS, with_units
        yield Cut.TALLY, Tally.CARE_SECONDS, int(took.total_seconds()) - with_units


def _with_units(story: _Story) -> Iterator[tuple[Cut, str, int]]:
    answered_at = story.ticket.first_answered_at
    for sent in story.sent:
        yield Cut.UNIT, f"{sent.unit_id}/{UnitTally.SENT}", 1
        is_returned = sent.status == DispositionStatus.RETURNED
        yield Cut.UNIT, f"{sent.unit_id}/{UnitTally.RETURNED}", int(is_returned)
    for hop in story.hops:
        yield Cut.HOP, f"{hop.unit_id}/{hop.outcome}", 1
    hops_of = defaultdict(list)
    for hop in story.hops:
        hops_of[hop.unit_id].append(hop)
    for unit_id in {sent.unit_id for sent in story.sent}:
        yield Cut.UNIT, f"{unit_id}/{UnitTally.TICKETS}", 1
        if answered_at is not None:
            yield Cut.UNIT, f"{unit_id}/{UnitTally.ANSWERED}", 1
            seconds = _seconds_of(hops_of[unit_id], answered_at)
            yield Cut.UNIT, f"{unit_id}/{UnitTally.SECONDS}", seconds


def _seconds_of(hops: Iterable[Any], until: datetime) -> int:
    """Whole seconds before *until* in which at least one of the *hops* ran; units at work together count once."""
    covered, reached = timedelta(), None
    for hop in sorted(hops, key=lambda one: one.started_at):
        begins = hop.started_at if reached is None else max(hop.started_at, reached)
        ends = min(hop.stopped_at or until, until)
        if ends > begins:
            covered += ends - begins
            reached = ends
    return int(covered.total_seconds())


def _deadlines(story: _Story) -> Iterator[datetime]:
    """Those at which a pending clock becomes a missed one."""
    for clock in (story.ticket, *story.hops):
        if clock.outcome == "pending" and clock.due_at is not None:
            yield clock.due_at


def _earliest(known: datetime | None, others: Iterable[datetime]) -> datetime | None:
    return min([*others, *([known] if known else [])], default=None)
