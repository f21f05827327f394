"""Pages of the lists: one line per ticket or task, fifty at a time, each page beginning where the last one ended.

Back as well as on: the page before ends where the present one begins, read against the order of the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import Moment, read_rows
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.rows import AT_WORK, ListRow, has_disposition, task_rows, ticket_rows
from helpdesk.tickets.search import has_older, matches
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.worklist import Condition, Desk, DeskKind, View, conditions, moments

SIZE = 50
UNGRADED = "belum"  # the filter's word for a grade that is still to come
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEW = 500  # tickets that are named one by one in a statement
_LIMIT = bindparam("limit", type_=Integer())
# A statement of a page, and the edge from which it reads.
_Part = tuple[Select[Any], dict[str, Any]]


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
    """One page of a list. *before* leads back, None on the first page; *after* leads on, None on the last.

    *is_cut*: the list ends here although older tickets hold the words as well.
    """

    rows: Sequence[ListRow]
    before: Cursor | None = None
    after: Cursor | None = None
    is_cut: bool = False


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
        narrowed = _narrow(filters)
        among = [*_tickets_of(desk, view, actor), *narrowed]
        query = query.where(*narrowed, *_holding(filters.words, actor, among))
    if desk.kind is DeskKind.UNIT:
        order = Order.LATEST if view is View.DONE else Order.SOONEST
        return read_page(query, Disposition, order, begin, size, moments(at))
    is_by_deadline = desk.kind is DeskKind.CARE and view is not View.CLOSED
    order = Order.SOONEST if is_by_deadline else Order.NEWEST
    return read_page(query, Ticket, order, begin, size, moments(at))


@lru_cache(maxsize=500)  # to build and to recognise a statement costs more than to run it
def _of_desk(desk: Desk, view: View, actor: Actor) -> Select[Any]:
    rows = task_rows() if desk.kind is DeskKind.UNIT else ticket_rows()
    return rows.where(*conditions(desk, view, actor))


def _tickets_of(desk: Desk, view: View, actor: Actor) -> Sequence[Condition]:
    """What is known of the tickets on *desk*; a condition on ``tickets`` alone."""
    if desk.kind is DeskKind.UNIT:
        return [has_disposition(Disposition.unit_id == desk.unit_id)]
    return conditions(desk, view, actor)


def search_page(
    actor: Actor, filters: Filters, *, begin: Cursor | None = None, size: int = SIZE
) -> Page:
    """Every ticket that *actor* may see and that meets *filters*, open or not, newest first."""
    narrowed = [visible_to(actor), *_narrow(filters)]
    query = ticket_rows().where(*narrowed, *_holding(filters.words, actor, narrowed))
    page = read_page(query, Ticket, Order.NEWEST, begin, size)
    is_at_end = page.after is None and page.before is not None
    # What fits on one page is never cut, so that is not asked.
    return replace(page, is_cut=is_at_end and has_older(filters.words, actor, narrowed))


# ---------------------------------------------------------------- narrowing and reading


def _narrow(filters: Filters) -> list[ColumnElement[bool]]:
    """What *filters* ask, but for the words."""
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
        wanted.append(_is_at_work_in(filters.unit_id))
    return wanted


def _is_at_work_in(unit_id: int) -> ColumnElement[bool]:
    """Has this unit the ticket as work? Of many some turn up soon; to find few, every ticket would have to be asked."""
    theirs = (Disposition.unit_id == unit_id, Disposition.status.in_(AT_WORK))
    found = read_rows(select(Disposition.ticket_id).where(*theirs).limit(FEW + 1))
    if len(found) > FEW:
        return has_disposition(*theirs)
    return Ticket.id.in_({row.ticket_id for row in found})


def _holding(words: str, actor: Actor, among: Sequence[Condition]) -> list[ColumnElement[bool]]:
    """That the ticket holds *words*, where any were typed."""
    return [matches(words, actor, among)] if words else []


def read_page(
    query: Select[Any],
    table: Any,
    order: Order,
    begin: Cursor | None,
    size: int,
    values: Mapping[str, Any] | None = None,
) -> Page:
    """The page that begins, or ends, at *begin*; the first one where nothing is left there."""
    is_by_due = order is not Order.NEWEST
    if begin is not None and begin.due_at is not None and not is_by_due:
        begin = None  # an edge of another list, or made up: like all that this list did not write
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
        return read_page(query, table, order, None, size, values)
    rows = rows[size - 1 :: -1] if goes_back else rows[:size]

    def edge_at(row: ListRow, *, leads_back: bool) -> Cursor:
        return Cursor(row.due_at if is_by_due else None, row.row_id, leads_back)

    return Page(
        rows,
        before=edge_at(rows[0], leads_back=True) if begin is not None else None,
        after=edge_at(rows[-1], leads_back=False) if goes_back or has_more else None,
    )


def _parts(query: Select[Any], table: Any, order: Order, begin: Cursor | None) -> Iterator[_Part]:
    """The statements of a page, to be read one after the other until it is full."""
    goes_back = begin is not None and begin.leads_back
    is_down = (order is not Order.SOONEST) is not goes_back
    if order is Order.NEWEST:
        return _by_number(query, table, is_down, begin)
    if begin is not None and goes_back:
        return _by_deadline_back(query, table, is_down, begin)
    return _by_deadline(query, table, is_down, begin)


def _by_number(
    query: Select[Any], table: Any, is_down: bool, begin: Cursor | None
) -> Iterator[_Part]:
    yield _numbered(query, table, is_down, begin is not None), _edge(begin)


def _by_deadline(
    query: Select[Any], table: Any, is_down: bool, begin: Cursor | None
) -> Iterator[_Part]:
    """What has a deadline, then what has none; *begin* is in the one or in the other."""
    if begin is None or begin.due_at is not None:
        yield _dated(query, table, is_down, begin is not None), _edge(begin)
        yield _undated(query, table, is_down, False), {}
    else:
        yield _undated(query, table, is_down, True), _edge(begin)


def _by_deadline_back(
    query: Select[Any], table: Any, is_down: bool, begin: Cursor
) -> Iterator[_Part]:
    """The same from behind: what has no deadline, then what has one."""
    if begin.due_at is None:
        yield _undated(query, table, is_down, True), _edge(begin)
        yield _dated(query, table, is_down, False), {}
    else:
        yield _dated(query, table, is_down, True), _edge(begin)


def _edge(begin: Cursor | None) -> dict[str, Any]:
    return {"edge_due": begin.due_at, "edge_id": begin.row_id} if begin is not None else {}


# Each of these keeps what it built, like ``_of_desk``. *from_edge*: only what lies behind the edge.


@lru_cache(maxsize=500)
def _dated(query: Select[Any], table: Any, is_down: bool, from_edge: bool) -> Select[Any]:
    beyond = _beyond(table, is_down) if from_edge else ()
    by_deadline = table.due_at.desc() if is_down else table.due_at
    by_number = table.id.desc() if is_down else table.id
    dated = query.where(table.due_at.is_not(None), *beyond)
    return dated.order_by(by_deadline, by_number).limit(_LIMIT)


@lru_cache(maxsize=500)
def _undated(query: Select[Any], table: Any, is_down: bool, from_edge: bool) -> Select[Any]:
    return _numbered(query.where(table.due_at.is_(None)), table, is_down, from_edge)


@lru_cache(maxsize=500)
def _numbered(query: Select[Any], table: Any, is_down: bool, from_edge: bool) -> Select[Any]:
    if from_edge:
        row_id = bindparam("edge_id", type_=Integer())
        query = query.where(table.id < row_id if is_down else table.id > row_id)
    return query.order_by(table.id.desc() if is_down else table.id).limit(_LIMIT)


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
