"""Pages of the lists: one line per ticket or task, fifty at a time, each page beginning where the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.lib.database import db
from helpdesk.registry.complainant import Complainant
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.search import matches
from helpdesk.tickets.states import DispositionStatus
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.worklist import Desk, DeskKind, View, conditions

SIZE = 50
UNGRADED = "belum"  # the filter's word for a grade that is still to come
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_WORK = (
    DispositionStatus.SENT.value,
    DispositionStatus.ACCEPTED.value,
    DispositionStatus.SUBMITTED.value,
    DispositionStatus.APPROVED.value,
)


class Order(Enum):
    """In which order a list is read; rows without a deadline come last."""

    SOONEST = "soonest"
    LATEST = "latest"
    NEWEST = "newest"


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: the next page begins after it."""

    due_at: datetime | None
    row_id: int

    def __str__(self) -> str:
        due = "" if self.due_at is None else (self.due_at - _EPOCH) // timedelta(microseconds=1)
        return f"{due}.{self.row_id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read what ``str`` wrote; None, the first page, for anything else."""
        due, _, row_id = text.partition(".")
        is_ours = row_id.isdecimal() and len(row_id) < 19 and (not due or due.isdecimal())
        if not is_ours or len(due) > 17:
            return None
        return cls(_EPOCH + timedelta(microseconds=int(due)) if due else None, int(row_id))


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty fields narrow nothing."""

    grade: str = ""
    unit_id: int | None = None
    channel: str = ""
    kind: str = ""
    category_id: int | None = None
    place_id: int | None = None
    words: str = ""

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Page:
    """One page of a list. *after* leads to the next; None on the last."""

    rows: Sequence[Row[Any]]
    after: Cursor | None


def page_of(
    desk: Desk,
    view: View,
    actor: Actor,
    at: datetime,
    *,
    filters: Filters | None = None,
    after: Cursor | None = None,
    size: int = SIZE,
) -> Page:
    """The rows of *desk* under *view*: soonest deadline first, finished ones the other way round."""
    narrowed = [*conditions(desk, view, actor, at), *_narrow(filters or Filters(), actor)]
    if desk.kind is DeskKind.UNIT:
        order = Order.LATEST if view is View.DONE else Order.SOONEST
        return _read(_tasks().where(*narrowed), Disposition, order, after, size)
    is_by_deadline = desk.kind is DeskKind.CARE and view is not View.CLOSED
    order = Order.SOONEST if is_by_deadline else Order.NEWEST
    return _read(_tickets().where(*narrowed), Ticket, order, after, size)


def search_page(
    actor: Actor, filters: Filters, *, after: Cursor | None = None, size: int = SIZE
) -> Page:
    """Every ticket that *actor* may see and that meets *filters*, open or not, newest first."""
    narrowed = [visible_to(actor), *_narrow(filters, actor)]
    return _read(_tickets().where(*narrowed), Ticket, Order.NEWEST, after, size)


# ---------------------------------------------------------------- what a line needs, and no more


@lru_cache(maxsize=1)  # the statement is the same for everybody until it is narrowed
def _tickets() -> Select[Any]:
    return (
        select(
            *_COLUMNS,
            Ticket.status.label("state"),
            Ticket.due_at.label("due_at"),
            _started_at().label("started_at"),
            Ticket.id.label("row_id"),
            _units_at_work().label("unit_ids"),
            literal("").label("officer"),
        )
        .select_from(Ticket)
        .outerjoin(Complainant, Complainant.id == Ticket.complainant_id)
    )


@lru_cache(maxsize=1)
def _tasks() -> Select[Any]:
    return (
        select(
            *_COLUMNS,
            Disposition.status.label("state"),
            Disposition.due_at.label("due_at"),
            _hop_started_at().label("started_at"),
            Disposition.id.label("row_id"),
            literal("").label("unit_ids"),
            func.coalesce(User.full_name, "").label("officer"),
        )
        .select_from(Disposition)
        .join(Ticket, Ticket.id == Disposition.ticket_id)
        .outerjoin(Complainant, Complainant.id == Ticket.complainant_id)
        .outerjoin(User, User.id == Disposition.officer_id)
    )


_COLUMNS = (
    Ticket.id,
    Ticket.number_year,
    Ticket.number_seq,
    Ticket.kind,
    Ticket.grade,
    Ticket.title,
    func.substr(Ticket.unit_text, 1, 200).label("unit_text"),
    Ticket.status,
    Ticket.access,
    Ticket.identity,
    Ticket.channel,
    Ticket.is_waiting,
    Ticket.is_open,
    Complainant.name.label("complainant"),
)


def _started_at() -> ColumnElement[datetime | None]:
    """From where the time that is used is counted: the receipt, after an objection the objection."""
    reopened = (
        select(func.max(SlaClock.started_at))
        .where(SlaClock.ticket_id == Ticket.id, SlaClock.kind == ClockKind.RESOLVE.value)
        .scalar_subquery()
    )
    return case((Ticket.reopenings > 0, reopened), else_=Ticket.received_at)


def _hop_started_at() -> ColumnElement[datetime | None]:
    """An answer that was handed back starts the unit's clock anew."""
    return (
        select(func.max(SlaClock.started_at))
        .where(
            SlaClock.ticket_id == Disposition.ticket_id,
            SlaClock.kind == ClockKind.HOP.value,
            SlaClock.disposition_key == Disposition.id,
        )
        .scalar_subquery()
    )


def _units_at_work() -> ColumnElement[str | None]:
    """Ids of the units that have the ticket, with commas between."""
    return (
        select(func.group_concat(Disposition.unit_id))
        .where(Disposition.ticket_id == Ticket.id, Disposition.status.in_(_AT_WORK))
        .scalar_subquery()
    )


# ---------------------------------------------------------------- narrowing and reading


def _narrow(filters: Filters, actor: Actor) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for column, value in (
        (Ticket.channel, filters.channel),
        (Ticket.kind, filters.kind),
        (Ticket.category_id, filters.category_id),
        (Ticket.place_id, filters.place_id),
    ):
        if value:
            wanted.append(column == value)
    if filters.grade:
        wanted.append(Ticket.grade == ("" if filters.grade == UNGRADED else filters.grade))
    if filters.unit_id:
        at_unit = (Disposition.unit_id == filters.unit_id, Disposition.status.in_(_AT_WORK))
        wanted.append(exists().where(Disposition.ticket_id == Ticket.id, *at_unit))
    if filters.words:
        found = matches(filters.words, actor)
        wanted.append(false() if found is None else found)
    return wanted


def _read(query: Select[Any], table: Any, order: Order, after: Cursor | None, size: int) -> Page:
    """Rows with a deadline first, in the order of the index, then those without one by number."""
    rows: list[Row[Any]] = []
    is_newest, is_down = order is Order.NEWEST, order is not Order.SOONEST
    if not is_newest and (after is None or after.due_at is not None):
        dated = query.where(table.due_at.is_not(None), *_beyond(table, after, is_down))
        columns = (table.due_at, table.id)
        rows += db.session.execute(
            dated.order_by(*(c.desc() if is_down else c for c in columns)).limit(size + 1)
        )
        after = None
    if len(rows) <= size:
        rest = query if is_newest else query.where(table.due_at.is_(None))
        if after is not None:
            rest = rest.where(table.id < after.row_id if is_down else table.id > after.row_id)
        rest = rest.order_by(table.id.desc() if is_down else table.id)
        rows += db.session.execute(rest.limit(size + 1 - len(rows)))
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], Cursor(None if is_newest else last.due_at, last.row_id))


def _beyond(table: Any, after: Cursor | None, is_down: bool) -> tuple[ColumnElement[bool], ...]:
    """Strictly behind the cursor, said so that both engines begin reading there."""
    if after is None:
        return ()
    due, row_id = table.due_at, table.id
    if is_down:
        tie = and_(due == after.due_at, row_id < after.row_id)
        return due <= after.due_at, or_(due < after.due_at, tie)
    tie = and_(due == after.due_at, row_id > after.row_id)
    return due >= after.due_at, or_(due > after.due_at, tie)
