"""The lists people work from: desks, their views, live counts, and pages by keyset.

A desk is a pile of work: customer care's, one unit's, or what one person recorded. Customer care reads the index
``tickets (is_open, due_at, id)``, units read ``dispositions (unit_id, is_open, due_at, id)``; a page begins where the
one before ended, so that the thousandth costs as much as the first. Counts are exact to 999.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
)

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import Moment, read_rows
from helpdesk.lib.statements import values_of
from helpdesk.tickets.access import visible_dispositions, visible_to
from helpdesk.tickets.instructions import awaits_care, awaits_unit
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.rows import is_up_to_us
from helpdesk.tickets.states import DispositionStatus, Needs
from helpdesk.tickets.ticket import Disposition, Ticket

MOST = 1000  # counted so far; more is shown as "999+"
Condition = ColumnExpressionArgument[bool]


class DeskKind(StrEnum):
    """Whose pile it is."""

    CARE = "care"
    UNIT = "unit"
    RECORDS = "records"


@dataclass(frozen=True)
class Desk:
    """A pile of work; *unit_id* is set for a unit's, 0 otherwise."""

    kind: DeskKind
    unit_id: int = 0

    @property
    def name(self) -> str:
        """What it is called in addresses and saved views."""
        return f"unit-{self.unit_id}" if self.unit_id else self.kind.value


class View(StrEnum):
    """A way to look at a desk; the words of the web address."""

    NEW = "baru"
    TO_DISPOSE = "perlu-disposisi"
    DUE_TODAY = "jatuh-tempo-hari-ini"
    LATE = "terlambat"
    WAITING = "menunggu-pelapor"
    RETURNED = "dikembalikan"
    REVIEW = "menunggu-persetujuan"
    MORE_TIME = "minta-tambahan-waktu"
    INSTRUCTED = "arahan"
    TO_CALL = "perlu-ditelepon"
    TO_ANSWER = "perlu-dijawab"
    TO_FOLLOW_UP = "perlu-tindak-lanjut"
    MINE = "milik-saya"
    ALL = "semua"
    CLOSED = "ditutup"
    ACCEPTED = "dikerjakan"
    TO_READ = "untuk-dibaca"
    DONE = "selesai"


VIEWS: dict[DeskKind, tuple[View, ...]] = {
    DeskKind.CARE: (
        View.NEW,
        View.TO_DISPOSE,
        View.DUE_TODAY,
        View.LATE,
        View.WAITING,
        View.RETURNED,
        View.REVIEW,
        View.MORE_TIME,
        View.TO_ANSWER,
        View.TO_FOLLOW_UP,
        View.INSTRUCTED,
        View.TO_CALL,
        View.MINE,
        View.ALL,
        View.CLOSED,
    ),
    DeskKind.UNIT: (
        View.ALL,
        View.NEW,
        View.ACCEPTED,
        View.LATE,
        View.INSTRUCTED,
        View.TO_READ,
        View.REVIEW,
        View.DONE,
    ),
    DeskKind.RECORDS: (View.ALL, View.CLOSED),
}
# Piles that only grow: nobody needs to know how high they are, and counting them would cost.
UNCOUNTED = frozenset({View.CLOSED, View.DONE})


def desks_of(actor: Actor) -> list[Desk]:
    """The desks at which *actor* works, the one to begin with first; none for whoever is no member of staff."""
    if actor.user_id is None:
        return []
    desks = [Desk(DeskKind.CARE)] if actor.may(Permission.TRIAGE) else []
    desks += [Desk(DeskKind.UNIT, unit_id) for unit_id in sorted(actor.unit_ids)]
    if not actor.may(Permission.TRIAGE):
        desks.append(Desk(DeskKind.RECORDS))
    return desks


# Statements are built once for each reader and kept, so the moment comes in when they run: see ``moments``.
_NOW = bindparam("now", type_=Moment())
_END_OF_DAY = bindparam("end_of_day", type_=Moment())
# Whatever is noted came later. Said as a range: of ``IS NOT NULL`` SQLite makes no use in an index.
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


# An expression, which no index holds: most tickets are closed, and the newest of them stand last in the table. By an
# index SQLite would fetch them all to put them in order.
_NOT_OPEN = type_coerce(Ticket.is_open, Integer) + 0 == 0


def moments(at: datetime) -> dict[str, datetime]:
    """What a statement made of ``conditions`` must be run with."""
    return {"now": at, "end_of_day": _end_of_day(at)}


def conditions(desk: Desk, view: View, actor: Actor) -> list[Condition]:
    """What a row must meet to lie on *desk* under *view*, what *actor* may see included.

    A unit's are conditions on ``dispositions`` joined to ``tickets``, the others on ``tickets`` alone.
    """
    if desk.kind is DeskKind.UNIT:
        return [
            Disposition.unit_id == desk.unit_id,
            *_tasks(view),
            visible_dispositions(actor),
        ]
    if desk.kind is DeskKind.RECORDS:
        return [Ticket.recorded_by_id == actor.user_id, _is_open(view), visible_to(actor)]
    if view is View.INSTRUCTED:  # also of a ticket that is closed
        return [awaits_care(), visible_to(actor)]
    if view is View.TO_FOLLOW_UP:  # likewise; both values, so that the index is entered
        is_any = Ticket.is_open.in_(values_of([True, False]))
        return [is_any, Ticket.needs == Needs.FOLLOW_UP.value, visible_to(actor)]
    if view is View.TO_CALL:  # likewise: who was closed without knowing may still object
        # First those few, and only then their order: SQLite would go through all tickets in order, to find none.
        to_call = select(Ticket.id).where(Ticket.call_wanted_at > _EVER).correlate(None)
        return [Ticket.id.in_(to_call), visible_to(actor)]
    if view is View.CLOSED:
        return [_NOT_OPEN, visible_to(actor)]
    return [_is_open(view), *_care(view, actor), visible_to(actor)]


def _is_open(view: View) -> ColumnElement[bool]:
    """Said as ``= 1``: of ``IS TRUE`` MariaDB makes no use in an index."""
    return Ticket.is_open == (view is not View.CLOSED)


def _care(view: View, actor: Actor) -> Sequence[Condition]:
    needs = {
        View.NEW: Needs.TRIAGE,
        View.TO_DISPOSE: Needs.DISPOSE,
        View.REVIEW: Needs.REVIEW,
        View.MORE_TIME: Needs.MORE_TIME,
        View.TO_ANSWER: Needs.ANSWER,
    }
    if view in needs:
        return (Ticket.needs == needs[view].value,)
    match view:
        case View.DUE_TODAY:
            return Ticket.due_at >= _NOW, Ticket.due_at < _END_OF_DAY, is_up_to_us()
        case View.LATE:
            return Ticket.due_at < _NOW, is_up_to_us()
        case View.WAITING:
            return (Ticket.is_waiting,)
        # What was returned needs another disposition, or has an answer to look at first
        case View.RETURNED:
            back = (Needs.DISPOSE.value, Needs.REVIEW.value)
            return Ticket.needs.in_(values_of(back)), Ticket.was_returned
        case View.MINE:
            return (Ticket.owner_id == actor.user_id,)
    return ()


def _tasks(view: View) -> Sequence[Condition]:
    match view:
        case View.NEW:
            return Disposition.is_open, Disposition.status == DispositionStatus.SENT.value
        case View.ACCEPTED:
            return Disposition.is_open, Disposition.status == DispositionStatus.ACCEPTED.value
        case View.LATE:
            return Disposition.is_open, Disposition.due_at < _NOW
        case View.INSTRUCTED:
            return (awaits_unit(),)
        case View.TO_READ:  # a copy has no deadline: said here too, so that the index is entered
            is_unread = Disposition.status == DispositionStatus.COPIED.value
            return ~Disposition.is_open, Disposition.due_at.is_(None), is_unread
        case View.REVIEW:  # few tickets are in review, many dispositions of a unit are done
            in_review = select(Ticket.id).where(Ticket.is_open, Ticket.needs == Needs.REVIEW.value)
            is_submitted = Disposition.status == DispositionStatus.SUBMITTED.value
            return Disposition.ticket_id.in_(in_review), is_submitted
        case View.DONE:
            is_approved = Disposition.status == DispositionStatus.APPROVED.value
            return ~Disposition.is_open, is_approved
    return (Disposition.is_open,)


def count_views(actor: Actor, desks: Iterable[Desk], at: datetime) -> dict[tuple[Desk, View], int]:
    """How much lies under each view of each desk, counted to 1000, in one statement."""
    wanted, statement = _counting(actor, tuple(desks))
    found = read_rows(statement, {"most": MOST, **moments(at)})[0] if wanted else ()
    return dict(zip(wanted, found, strict=True))


@lru_cache(maxsize=500)
def _counting(actor: Actor, desks: tuple[Desk, ...]) -> tuple[list[tuple[Desk, View]], Select[Any]]:
    """What is counted, and the statement, which takes longer to build than to run."""
    wanted = [(desk, view) for desk in desks for view in VIEWS[desk.kind] if view not in UNCOUNTED]
    counts: list[Any] = []
    for desk, view in wanted:
        rows = (
            select(literal(1))
            .where(*conditions(desk, view, actor))
            .limit(bindparam("most", type_=Integer()))
        )
        if desk.kind is DeskKind.UNIT:
            rows = rows.select_from(Disposition).join(Ticket, Ticket.id == Disposition.ticket_id)
        else:
            rows = rows.select_from(Ticket)
        counts.append(select(func.count()).select_from(rows.subquery()).scalar_subquery())
    return wanted, select(*counts)


def newest_event() -> ScalarSelect[int]:
    """The id of the newest event, 0 without any; part of a statement.

    Whatever happens to any ticket writes an event, so while this stands still the counts do too.
    """
    return select(func.coalesce(func.max(TicketEvent.id), 0)).scalar_subquery()


def _end_of_day(at: datetime) -> datetime:
    tomorrow = at.astimezone(local_zone()).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, local_zone())
