"""Pages of the lists: one line per ticket or task, fifty at a time, each page beginning where the last one ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    false,
    or_,
)

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import Moment, read_rows
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.rows import AT_WORK, task_rows, ticket_rows
from helpdesk.tickets.search import matches
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.worklist import Desk, DeskKind, View, conditions, moments

SIZE = 50
UNGRADED = "belum"  # the filter's word for a grade that is still to come
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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

    @property
    def are_set(self) -> bool:
        """Is anything narrowed besides by words?"""
        return self != Filters(words=self.words)


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
    query = _of_desk(desk, view, actor)
    if filters:
        query = query.where(*_narrow(filters, actor))
    if desk.kind is DeskKind.UNIT:
        order = Order.LATEST if view is View.DONE else Order.SOONEST
        return _read(query, Disposition, order, after, size, moments(at))
    is_by_deadline = desk.kind is DeskKind.CARE and view is not View.CLOSED
    order = Order.SOONEST if is_by_deadline else Order.NEWEST
    return _read(query, Ticket, order, after, size, moments(at))


@lru_cache(maxsize=500)  # to build and to recognise a statement costs more than to run it
def _of_desk(desk: Desk, view: View, actor: Actor) -> Select[Any]:
    rows = task_rows() if desk.kind is DeskKind.UNIT else ticket_rows()
    return rows.where(*conditions(desk, view, actor))


def search_page(
    actor: Actor, filters: Filters, *, after: Cursor | None = None, size: int = SIZE
) -> Page:
    """Every ticket that *actor* may see and that meets *filters*, open or not, newest first."""
    narrowed = [visible_to(actor), *_narrow(filters, actor)]
    return _read(ticket_rows().where(*narrowed), Ticket, Order.NEWEST, after, size)


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
        at_unit = (Disposition.unit_id == filters.unit_id, Disposition.status.in_(AT_WORK))
        wanted.append(exists().where(Disposition.ticket_id == Ticket.id, *at_unit))
    if filters.words:
        found = matches(filters.words, actor)
        wanted.append(false() if found is None else found)
    return wanted


def _read(
    query: Select[Any],
    table: Any,
    order: Order,
    after: Cursor | None,
    size: int,
    values: Mapping[str, Any] | None = None,
) -> Page:
    """Rows with a deadline first, in the order of the index, then those without one by number."""
    rows: list[Row[Any]] = []

    def read(*, is_dated: bool) -> None:
        statement = _ordered(query, table, order, is_dated, after is not None)
        begin = {"after_due": after.due_at, "after_id": after.row_id} if after else {}
        limit = {"limit": size + 1 - len(rows)}
        rows.extend(read_rows(statement, {**(values or {}), **begin, **limit}))

    if order is not Order.NEWEST and (after is None or after.due_at is not None):
        read(is_dated=True)
        after = None
    if len(rows) <= size:
        read(is_dated=False)
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], Cursor(None if order is Order.NEWEST else last.due_at, last.row_id))


@lru_cache(maxsize=500)
def _ordered(
    query: Select[Any], table: Any, order: Order, is_dated: bool, is_after: bool
) -> Select[Any]:
    """*query* from the cursor on, if there is one: those with a deadline in its order, or the rest by number."""
    is_down = order is not Order.SOONEST
    by_number = table.id.desc() if is_down else table.id
    limited = query.limit(bindparam("limit", type_=Integer()))
    if is_dated:
        beyond = _beyond(table, is_down) if is_after else ()
        by_deadline = table.due_at.desc() if is_down else table.due_at
        return limited.where(table.due_at.is_not(None), *beyond).order_by(by_deadline, by_number)
    if order is not Order.NEWEST:
        limited = limited.where(table.due_at.is_(None))
    if is_after:
        row_id = bindparam("after_id", type_=Integer())
        limited = limited.where(table.id < row_id if is_down else table.id > row_id)
    return limited.order_by(by_number)


def _beyond(table: Any, is_down: bool) -> tuple[ColumnElement[bool], ...]:
    """Strictly behind the cursor, said so that both engines begin reading there."""
    due, row_id = table.due_at, table.id
    after_due = bindparam("after_due", type_=Moment())
    after_id = bindparam("after_id", type_=Integer())
    if is_down:
        tie = and_(due == after_due, row_id < after_id)
        return due <= after_due, or_(due < after_due, tie)
    tie = and_(due == after_due, row_id > after_id)
    return due >= after_due, or_(due > after_due, tie)
