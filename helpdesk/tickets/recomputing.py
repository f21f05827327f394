"""Deadlines follow their calendars: after a change of hours or holidays the stored ones are counted again.

The worker does it in slices of the clocks' ids, never a request. Every state of a calendar has a mark of its own, its
*edition*; a slice that was counted under an edition is remembered as a slot of the job, taken in the unit that does the
work, so that two workers share the slices and a dead one's slice is simply still to do. When the last slice is done one
slot stands for the whole edition. A clock that starts meanwhile is counted under the new edition anyway
(``sla.calendars.standing_calendars``).

Only running clocks move, and only what is ahead of them: a step that was taken, a breach that was recorded, stays. A
warning that came too early for the later deadline is given again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import selectinload

from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.heartbeats import JobSlot, take_slot
from helpdesk.sla import calendars
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.shown_deadlines import recount
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.touching import touch_day

JOB = "recompute deadlines"
SLICE = 200  # ids of clocks: some tenths of a second, for which their tickets are locked
SLICES_A_ROUND = 40  # few enough that a stop of the worker does not wait long
_WHOLE = "all"


@dataclass(frozen=True)
class Progress:
    """How many of a calendar's running deadlines have been counted again since its last change."""

    done: int
    total: int


def recompute_changed(_at: datetime, limit: int = SLICES_A_ROUND) -> int:
    """Count up to *limit* slices again, each in its own unit of work; returns how many."""
    count = 0
    for calendar_id, edition in sorted(_changed().items()):
        open_slices = _open_slices(calendar_id, edition)
        for number in open_slices[: limit - count]:
            unit_of_work(partial(_recompute_slice, calendar_id, edition, number))
        count += len(open_slices[: limit - count])
        if not open_slices:
            unit_of_work(partial(_close, calendar_id, edition))
    return count


def progress() -> dict[int, Progress]:
    """The calendars that were changed and are not yet done with, by id; those with nothing to do are left out."""
    found = {}
    for calendar_id, edition in _changed().items():
        sizes, taken = _sizes(calendar_id), _taken(calendar_id, edition)
        if sizes:
            done = sum(size for number, size in sizes.items() if number in taken)
            found[calendar_id] = Progress(done, sum(sizes.values()))
    return found


def _changed() -> dict[int, str]:
    """The calendars whose present edition has not been done with, with that edition."""
    editions = calendars.editions()
    done = set(
        db.session.scalars(
            select(JobSlot.slot).where(
                JobSlot.job == JOB,
                JobSlot.slot.in_([_slot(*each, _WHOLE) for each in editions.items()]),
            )
        )
    )
    return {
        calendar_id: edition
        for calendar_id, edition in editions.items()
        if _slot(calendar_id, edition, _WHOLE) not in done
    }


def _recompute_slice(calendar_id: int, edition: str, number: int) -> None:
    if not take_slot(JOB, _slot(calendar_id, edition, number)):
        return  # the other worker was faster
    within = SlaClock.id.between(number * SLICE, (number + 1) * SLICE - 1)
    ids = select(SlaClock.ticket_id).where(within, *_runs_under(calendar_id))
    # Tickets before their clocks, as everybody locks them, and in the order of their ids.
    tickets = locked_tickets(Ticket.id.in_(list(db.session.scalars(ids))))
    for ticket in db.session.scalars(tickets.options(selectinload(Ticket.clocks))):
        if recount(ticket):
            touch_day(ticket)


def _close(calendar_id: int, edition: str) -> None:
    """Let one slot stand for the whole edition, and forget its slices and the editions before it."""
    db.session.execute(
        delete(JobSlot).where(JobSlot.job == JOB, JobSlot.slot.startswith(f"{calendar_id}/"))
    )
    take_slot(JOB, _slot(calendar_id, edition, _WHOLE))


def _open_slices(calendar_id: int, edition: str) -> list[int]:
    return sorted(_sizes(calendar_id).keys() - _taken(calendar_id, edition))


def _sizes(calendar_id: int) -> dict[int, int]:
    """How many clocks run under the calendar, by slice."""
    number = SlaClock.id // SLICE
    rows = db.session.execute(
        select(number, func.count()).where(*_runs_under(calendar_id)).group_by(number)
    )
    return {int(each): size for each, size in rows}


def _taken(calendar_id: int, edition: str) -> set[int]:
    slots: Iterable[str] = db.session.scalars(
        select(JobSlot.slot).where(
            JobSlot.job == JOB, JobSlot.slot.startswith(_slot(calendar_id, edition, ""))
        )
    )
    return {int(number) for slot in slots if (number := slot.rpartition("/")[2]).isdecimal()}


def _runs_under(calendar_id: int) -> tuple[ColumnElement[bool], ...]:
    # All kinds by name: the index on kind and stopped_at then leads to the running ones alone.
    is_any = SlaClock.kind.in_([kind.value for kind in ClockKind])
    return is_any, SlaClock.stopped_at.is_(None), SlaClock.calendar_id == calendar_id


def _slot(calendar_id: int, edition: str, number: int | str) -> str:
    return f"{calendar_id}/{edition}/{number}"
