"""Pages of the lists: one line per ticket or task, fifty at a time, each page beginning where the last one ended.

Back as well as on: the page before ends where the present one begins, read against the order of the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
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
from helpdesk.tickets.rows import AT_WORK, ListRow, task_rows, ticket_rows
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
    """The row at an edge of a page: the next page begins after it; with *leads_back* the one before ends there."""

    due_at: datetime | None
    row_id: int
    leads_back: bool = False

    def __str__(self) -> str:
        due = "" if self.due_at is None else (self.due_at - _EPOCH) // timedelta(microseconds=1)
        return f"{due}.{self.row_id}"

    @classmethod
    def parse(cls, text: str, *, leads_back: bool = False) -> Cursor | None:
        """Read what ``str`` wrote; None, the first page, for anything else."""
        due, _, row_id = text.partition(".")
        is_ours = row_id.isdecimal() and len(row_id) < 19 and (not due or due.isdecimal())
        if not is_ours or len(due) > 17:
            return None
        due_at = _EPOCH + timedelta(microseconds=int(due)) if due else None
        return cls(due_at, int(row_id), leads_back)


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
    """One page of a list. *before* leads back, None on the first page; *after* leads on, None on the last."""

    rows: Sequence[ListRow]
    before: Cursor | None = None
    after: Cursor | None = None


def page_of(
    desk: Desk,
    view: View,
    actor: Actor,
    at: datetime,
    *,
    filters: Filters | None = None,
    begin: Cursor | None = None,
    size: int = SIZE,
) -> Page:
    """The rows of *desk* under *view*: soonest deadline first, finished ones the other way round."""
    query = _of_desk(desk, view, actor)
    if filters:
        query = query.where(*_narrow(filters, actor))
    if desk.kind is DeskKind.UNIT:
        order = Order.LATEST if view is View.DONE else Order.SOONEST
        return _read(query, Disposition, order, begin, size, moments(at))
    is_by_deadline = desk.kind is DeskKind.CARE and view is not View.CLOSED
    order = Order.SOONEST if is_by_deadline else Order.NEWEST
    return _read(query, Ticket, order, begin, size, moments(at))


@lru_cache(maxsize=500)  # to build and to recognise a statement costs more than to run it
def _of_desk(desk: Desk, view: View, actor: Actor) -> Select[Any]:
    rows = task_rows() if desk.kind is DeskKind.UNIT else ticket_rows()
    return rows.where(*conditions(desk, view, actor))


def search_page(
    actor: Actor, filters: Filters, *, begin: Cursor | None = None, size: int = SIZE
) -> Page:
    """Every ticket that *actor* may see and that meets *filters*, open or not, newest first."""
    narrowed = [visible_to(actor), *_narrow(filters, actor)]
    return _read(ticket_rows().where(*narrowed), Ticket, Order.NEWEST, begin, size)


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
    begin: Cursor | None,
    size: int,
    values: Mapping[str, Any] | None = None,
) -> Page:
    """The page that begins, or ends, at *begin*; the first one where nothing is left there."""
    goes_back = begin is not None and begin.leads_back
    rows: list[ListRow] = []
    for statement, edge in _parts(query, table, order, begin):
        wanted = {"limit": size + 1 - len(rows)}
        found = read_rows(statement, {**(values or {}), **edge, **wanted})
        rows.extend(map(ListRow._make, found))
        if len(rows) > size:
            break
    has_more = len(rows) > size
    if begin is not None and (not rows or (goes_back and not has_more)):
        return _read(query, table, order, None, size, values)
    rows = rows[size - 1 :: -1] if goes_back else rows[:size]
    is_by_due = order is not Order.NEWEST

    def edge_at(row: ListRow, *, leads_back: bool) -> Cursor:
        return Cursor(row.due_at if is_by_due else None, row.row_id, leads_back)

    return Page(
        rows,
        before=edge_at(rows[0], leads_back=True) if begin is not None else None,
        after=edge_at(rows[-1], leads_back=False) if goes_back or has_more else None,
    )


def _parts(
    query: Select[Any], table: Any, order: Order, begin: Cursor | None
) -> Iterator[tuple[Select[Any], dict[str, Any]]]:
    """The statements of a page, each with the edge it needs: rows with a deadline stand before those without one."""
    goes_back = begin is not None and begin.leads_back
    parts = [False] if order is Order.NEWEST else [False, True] if goes_back else [True, False]
    if begin is not None:
        parts = parts[parts.index(begin.due_at is not None) :]
        edge = {"edge_due": begin.due_at, "edge_id": begin.row_id}
        yield _ordered(query, table, order, parts.pop(0), goes_back, is_within=True), edge
    for is_dated in parts:
        yield _ordered(query, table, order, is_dated, goes_back, is_within=False), {}


@lru_cache(maxsize=500)
def _ordered(
    query: Select[Any],
    table: Any,
    order: Order,
    is_dated: bool,
    goes_back: bool,
    *,
    is_within: bool,
) -> Select[Any]:
    """*query* in its order or against it, from an edge on if *is_within*: what is dated, or the rest by number."""
    is_down = (order is not Order.SOONEST) is not goes_back
    by_number = table.id.desc() if is_down else table.id
    limited = query.limit(bindparam("limit", type_=Integer()))
    if is_dated:
        beyond = _beyond(table, is_down) if is_within else ()
        by_deadline = table.due_at.desc() if is_down else table.due_at
        return limited.where(table.due_at.is_not(None), *beyond).order_by(by_deadline, by_number)
    if order is not Order.NEWEST:
        limited = limited.where(table.due_at.is_(None))
    if is_within:
        row_id = bindparam("edge_id", type_=Integer())
        limited = limited.where(table.id < row_id if is_down else table.id > row_id)
    return limited.order_by(by_number)


def _beyond(table: Any, is_down: bool) -> tuple[ColumnElement[bool], ...]:
    """Strictly behind the edge, said so that both engines begin reading there."""
    due, row_id = table.due_at, table.id
    edge_due = bindparam("edge_due", type_=Moment())
    edge_id = bindparam("edge_id", type_=Integer())
    if is_down:
        tie = and_(due == edge_due, row_id < edge_id)
        return due <= edge_due, or_(due < edge_due, tie)
    tie = and_(due == edge_due, row_id > edge_id)
    return due >= edge_due, or_(due > edge_due, tie)
