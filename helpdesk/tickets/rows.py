"""What one line of a list needs to know, and no more: rows of tickets, and of tasks (a unit's dispositions)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select

from helpdesk.accounts.user import User
from helpdesk.lib.statements import values_of
from helpdesk.registry.complainant import Complainant
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.states import THEIR_WORK, Status
from helpdesk.tickets.ticket import Disposition, Ticket


class ListRow(NamedTuple):
    """One line of a list as it is read: a ticket's, or a task's with its ticket.

    *sounds_urgent*, *is_up_to_us*, *state*, *due_at*, *started_at* and *row_id* are the task's own where there is one.
    *unit_ids* are those of the units that have the ticket, with commas between; *unit_text* is the beginning of the
    units' copy.
    """

    id: int
    number_year: int
    number_seq: int
    kind: str
    grade: str
    title: str
    unit_text: str | None
    status: str
    access: str
    identity: str
    channel: str
    is_waiting: bool
    complainant: str | None
    sounds_urgent: bool
    is_up_to_us: bool
    state: str
    due_at: datetime | None
    started_at: datetime | None
    row_id: int
    unit_ids: str | None
    officer: str
    officer_id: int | None


AT_WORK = sorted(status.value for status in THEIR_WORK)


@lru_cache(maxsize=1)  # the statement is the same for everybody until it is narrowed
def ticket_rows() -> Select[Any]:
    """Tickets with their complainant and the units at work on them, each a ``ListRow``."""
    return (
        select(
            *_COLUMNS,
            Ticket.sounds_urgent,
            and_(Ticket.is_open, is_up_to_us()).label("is_up_to_us"),
            Ticket.status.label("state"),
            Ticket.due_at.label("due_at"),
            _started_at().label("started_at"),
            Ticket.id.label("row_id"),
            _units_at_work().label("unit_ids"),
            literal("").label("officer"),
            null().label("officer_id"),
        )
        .select_from(Ticket)
        .outerjoin(Complainant, Complainant.id == Ticket.complainant_id)
    )


@lru_cache(maxsize=1)
def task_rows() -> Select[Any]:
    """Dispositions with their ticket, its complainant and the officer who has the work, each a ``ListRow``."""
    return (
        select(
            *_COLUMNS,
            Disposition.sounds_urgent,
            Disposition.is_open.label("is_up_to_us"),
            Disposition.status.label("state"),
            Disposition.due_at.label("due_at"),
            _hop_started_at().label("started_at"),
            Disposition.id.label("row_id"),
            literal("").label("unit_ids"),
            func.coalesce(User.full_name, "").label("officer"),
            Disposition.officer_id,
        )
        .select_from(Disposition)
        .join(Ticket, Ticket.id == Disposition.ticket_id)
        .outerjoin(Complainant, Complainant.id == Ticket.complainant_id)
        .outerjoin(User, User.id == Disposition.officer_id)
    )


# The beginning of the units' copy, which a line shows where the ticket has no title
COPY_BEGINS = func.substr(Ticket.unit_text, 1, 200).label("unit_text")
# By what a line anywhere tells which ticket it is about
HEADING = (Ticket.id, Ticket.number_year, Ticket.number_seq, Ticket.title, COPY_BEGINS)
_COLUMNS = (
    Ticket.id,
    Ticket.number_year,
    Ticket.number_seq,
    Ticket.kind,
    Ticket.grade,
    Ticket.title,
    COPY_BEGINS,
    Ticket.status,
    Ticket.access,
    Ticket.identity,
    Ticket.channel,
    Ticket.is_waiting,
    Complainant.name.label("complainant"),
)


def has_disposition(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """On tickets: has it a disposition that meets the *conditions*?

    Not an EXISTS: MariaDB would turn it into a join and read everything that was ever sent to a unit.
    """
    # Of what stands around it only the ticket is meant, though that may select dispositions and clocks too.
    first = select(func.min(Disposition.id)).where(Disposition.ticket_id == Ticket.id, *conditions)
    return first.correlate(Ticket).scalar_subquery().is_not(None)


def is_up_to_us() -> ColumnElement[bool]:
    """After the answer the deadline is the complainant's own, unless the follow-up is still missing."""
    return or_(Ticket.status != Status.ANSWERED.value, Ticket.followed_up_at.is_(None))


def _started_at() -> ColumnElement[Any]:
    """From where the time that is used is counted: the receipt, after an objection the objection."""
    reopened = (
        select(func.max(SlaClock.started_at))
        .where(SlaClock.ticket_id == Ticket.id, SlaClock.kind == ClockKind.RESOLVE.value)
        .scalar_subquery()
    )
    return case((Ticket.reopenings > 0, reopened), else_=Ticket.received_at)


def _hop_started_at() -> ColumnElement[Any]:
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


def _units_at_work() -> ColumnElement[Any]:
    """Ids of the units that have the ticket, with commas between."""
    return (
        select(func.group_concat(Disposition.unit_id))
        .where(Disposition.ticket_id == Ticket.id, Disposition.status.in_(values_of(AT_WORK)))
        .scalar_subquery()
    )
