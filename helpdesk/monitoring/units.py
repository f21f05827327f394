"""How each unit fares with what was sent to it in the month, and what is late with it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db
from helpdesk.monitoring.period import Month
from helpdesk.monitoring.promise import Kept, outcomes
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.states import DispositionStatus, Kind
from helpdesk.tickets.ticket import Disposition, Ticket


@dataclass(frozen=True)
class UnitRecord:
    """One unit in one month: its hops kept and missed, what it sent back, what is late with it now."""

    unit: Unit
    dispositions: int
    kept: Kept
    returned: int
    late_now: int


def unit_records(actor: Actor, month: Month, at: datetime) -> list[UnitRecord]:
    """Every unit that received complaints of the month, those that need help first; one query."""
    counted = {
        name: func.sum(case((condition, 1), else_=0))
        for name, condition in outcomes(SlaClock, at).items()
    }
    is_returned = Disposition.status == DispositionStatus.RETURNED.value
    is_late = and_(Disposition.is_open, Disposition.due_at <= at)
    rows = db.session.execute(
        select(
            Unit,
            func.count(Disposition.id.distinct()),
            *counted.values(),
            func.count(case((is_returned, Disposition.id)).distinct()),  # once, however many hops
            func.sum(case((and_(is_late, SlaClock.stopped_at.is_(None)), 1), else_=0)),
        )
        .join(Disposition, Disposition.unit_id == Unit.id)
        .join(Ticket, Ticket.id == Disposition.ticket_id)
        .join(
            SlaClock,
            and_(
                SlaClock.ticket_id == Ticket.id,
                SlaClock.disposition_key == Disposition.id,
                SlaClock.kind == ClockKind.HOP.value,
            ),
        )
        .where(
            Ticket.kind == Kind.COMPLAINT.value,
            Ticket.received_on >= month.first_day,
            Ticket.received_on <= month.last_day,
            visible_to(actor),
        )
        .group_by(Unit.id)
    )
    records = [
        UnitRecord(
            row[0], int(row[1]), Kept(*(int(one) for one in row[2:6])), int(row[6]), int(row[7])
        )
        for row in rows
    ]
    return sorted(records, key=_need_of_help)


def _need_of_help(record: UnitRecord) -> tuple[float, int, int]:
    share = record.kept.share
    return (1.0 if share is None else share, -record.late_now, -record.dispositions)
