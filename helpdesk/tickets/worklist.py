"""The lists people work from: desks, their views, live counts, and pages by keyset.

A desk is a pile of work: customer care's, one unit's, or what one person recorded. Customer care reads the index
``tickets (is_open, due_at, id)``, units read ``dispositions (unit_id, is_open, due_at, id)``; a page begins where the
one before ended, so that the thousandth costs as much as the first. Counts are exact to 999.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db
from helpdesk.tickets.access import visible_dispositions, visible_to
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import DispositionStatus, Needs, Status
from helpdesk.tickets.ticket import Disposition, Ticket

MOST = 1000  # counted so far; more is shown as "999+"


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


class View(StrEnum):
    """A way to look at a desk; the words of the web address."""

    NEW = "baru"
    TO_DISPOSE = "perlu-disposisi"
    DUE_TODAY = "jatuh-tempo-hari-ini"
    LATE = "terlambat"
    WAITING = "menunggu-pelapor"
    RETURNED = "dikembalikan"
    REVIEW = "menunggu-persetujuan"
    TO_ANSWER = "perlu-dijawab"
    MINE = "milik-saya"
    ALL = "semua"
    CLOSED = "ditutup"
    ACCEPTED = "dikerjakan"
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
        View.TO_ANSWER,
        View.MINE,
        View.ALL,
        View.CLOSED,
    ),
    DeskKind.UNIT: (View.ALL, View.NEW, View.ACCEPTED, View.LATE, View.REVIEW, View.DONE),
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


def conditions(desk: Desk, view: View, actor: Actor, at: datetime) -> list[ColumnElement[bool]]:
    """What a row must meet to lie on *desk* under *view*, what *actor* may see included.

    A unit's are conditions on ``dispositions`` joined to ``tickets``, the others on ``tickets`` alone.
    """
    if desk.kind is DeskKind.UNIT:
        return [
            Disposition.unit_id == desk.unit_id,
            *_tasks(view, at),
            visible_dispositions(actor),
        ]
    if desk.kind is DeskKind.RECORDS:
        is_open = Ticket.is_open.is_(view is not View.CLOSED)
        return [Ticket.recorded_by_id == actor.user_id, is_open, visible_to(actor)]
    return [Ticket.is_open.is_(view is not View.CLOSED), *_care(view, actor, at), visible_to(actor)]


def _care(view: View, actor: Actor, at: datetime) -> Sequence[ColumnElement[bool]]:
    needs = {
        View.NEW: Needs.TRIAGE,
        View.TO_DISPOSE: Needs.DISPOSE,
        View.REVIEW: Needs.REVIEW,
        View.TO_ANSWER: Needs.ANSWER,
    }
    if view in needs:
        return (Ticket.needs == needs[view].value,)
    match view:
        case View.DUE_TODAY:
            return Ticket.due_at >= at, Ticket.due_at < _end_of_day(at), _is_up_to_us()
        case View.LATE:
            return Ticket.due_at < at, _is_up_to_us()
        case View.WAITING:
            return (Ticket.is_waiting,)
        case (
            View.RETURNED
        ):  # what was returned needs another disposition, or has an answer to look at first
            back = (Needs.DISPOSE.value, Needs.REVIEW.value)
            return Ticket.needs.in_(back), Ticket.was_returned
        case View.MINE:
            return (Ticket.owner_id == actor.user_id,)
    return ()


def _is_up_to_us() -> ColumnElement[bool]:
    """After the answer the deadline is the complainant's own, unless the follow-up is still missing."""
    return or_(Ticket.status != Status.ANSWERED.value, Ticket.followed_up_at.is_(None))


def _tasks(view: View, at: datetime) -> Sequence[ColumnElement[bool]]:
    match view:
        case View.NEW:
            return Disposition.is_open, Disposition.status == DispositionStatus.SENT.value
        case View.ACCEPTED:
            return Disposition.is_open, Disposition.status == DispositionStatus.ACCEPTED.value
        case View.LATE:
            return Disposition.is_open, Disposition.due_at < at
        case View.REVIEW:  # few tickets are in review, many dispositions of a unit are done
            in_review = select(Ticket.id).where(Ticket.is_open, Ticket.needs == Needs.REVIEW.value)
            is_submitted = Disposition.status == DispositionStatus.SUBMITTED.value
            return Disposition.ticket_id.in_(in_review), is_submitted
        case View.DONE:
            is_approved = Disposition.status == DispositionStatus.APPROVED.value
            return Disposition.is_open.is_(False), is_approved
    return (Disposition.is_open,)


def count_views(actor: Actor, desks: Iterable[Desk], at: datetime) -> dict[tuple[Desk, View], int]:
    """How much lies under each view of each desk, counted to 1000, in one statement."""
    wanted = [(desk, view) for desk in desks for view in VIEWS[desk.kind] if view not in UNCOUNTED]
    counts: list[Any] = []
    for desk, view in wanted:
        rows = select(literal(1)).where(*conditions(desk, view, actor, at)).limit(MOST)
        if desk.kind is DeskKind.UNIT:
            rows = rows.select_from(Disposition).join(Ticket, Ticket.id == Disposition.ticket_id)
        else:
            rows = rows.select_from(Ticket)
        counts.append(select(func.count()).select_from(rows.subquery()).scalar_subquery())
    found = db.session.execute(select(*counts)).one() if counts else ()
    return dict(zip(wanted, found, strict=True))


def newest_event_id() -> int:
    """Whatever happens to any ticket writes an event, so while this stands still the counts do too."""
    return db.session.scalar(select(func.max(TicketEvent.id))) or 0


def _end_of_day(at: datetime) -> datetime:
    tomorrow = at.astimezone(local_zone()).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, local_zone())


def is_late(due_at: datetime | None, status: str, at: datetime) -> bool:
    """Has a promise of ours passed? An answered ticket waits for the complainant."""
    return due_at is not None and due_at < at and status != Status.ANSWERED.value
