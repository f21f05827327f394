"""Keeping the sums of each day true: days that were touched, or whose deadlines have passed, are counted anew."""

from __future__ import annotations

import logging
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import delete, select

from helpdesk.lib.database import db, rows_changed, unit_of_work
from helpdesk.lib.upsert import upsert
from helpdesk.monitoring.counting import DayCount, Sums, count_day
from helpdesk.monitoring.day_fact import CountedDay, DayFact
from helpdesk.tickets.touching import DayTouched

log = logging.getLogger(__name__)
# A day with more notes is counted once more; engines limit the length of a list
NOTES_AT_ONCE = 1000


class DaysNotCounted(RuntimeError):
    """Some days could not be counted; the log says why, and the next round tries them again."""


def settle_days(at: datetime) -> int:
    """Count every day that needs it, the newest first, each in a short unit of its own; returns how many.

    Safe with two workers: a day is stored under its lock. A day that fails does not keep the others waiting;
    DaysNotCounted is raised at the end, so that the administrator sees it.
    """
    days = _days_to_count(at)
    db.session.rollback()  # the read ends before the first unit begins
    failed = []
    for day in days:
        try:
            unit_of_work(partial(settle_day, day, at, count_ahead(day, at)))
        except Exception:
            log.exception("the figures of %s could not be counted", day)
            failed.append(day)
    if failed:
        raise DaysNotCounted(f"{len(failed)} of {len(days)} days could not be counted")
    return len(days)


def _days_to_count(at: datetime) -> list[date]:
    touched = select(DayTouched.received_on).distinct()
    overtaken = select(CountedDay.received_on).where(CountedDay.next_due_at <= at)
    return sorted({*db.session.scalars(touched), *db.session.scalars(overtaken)}, reverse=True)


class Ahead(NamedTuple):
    """A count, and the notes that were there before it: what they are about, it has seen."""

    notes: list[int]
    counted: DayCount


def settle_day(day: date, at: datetime, ahead: Ahead | None = None) -> None:
    """Count one day inside the caller's unit of work, verdicts as of *at*; or store what was counted *ahead* of it.

    The order is what makes it safe. The lock comes first: whoever waited for it reads what is committed by then, so
    an older count never replaces a newer one. The notes are read before the tickets: a note that is taken away was
    committed together with a change that the count has seen. They are taken away by id and never by range, since
    ids do not commit in their order.

    A count made ahead holds while all of its notes are still there: whoever counted since has taken at least one.
    """
    upsert(CountedDay, {"received_on": day, "counted_at": at}, {"counted_at": at})
    if ahead is None or not _take_away(ahead.notes):
        ahead = Ahead(_notes_on(day), count_day(day, at))
        _take_away(ahead.notes)
    _keep(day, ahead.counted.sums)
    locked = db.session.get_one(CountedDay, day, populate_existing=True)
    locked.next_due_at = ahead.counted.next_due_at


def count_ahead(day: date, at: datetime) -> Ahead | None:
    """Count a touched day before its unit begins: nobody else could write while we count. None for an untouched one."""
    notes = _notes_on(day)
    ahead = Ahead(notes, count_day(day, at)) if notes else None
    db.session.rollback()  # the read ends before the unit begins
    return ahead


def _notes_on(day: date) -> list[int]:
    """The oldest first: of two counts at once, each finds notes of the other even where there are more."""
    notes = select(DayTouched.id).where(DayTouched.received_on == day).order_by(DayTouched.id)
    return list(db.session.scalars(notes.limit(NOTES_AT_ONCE)))


def _take_away(notes: list[int]) -> bool:
    """Were all of them still there?"""
    return rows_changed(delete(DayTouched).where(DayTouched.id.in_(notes))) == len(notes)


def _keep(day: date, sums: Sums) -> None:
    """Write only what differs from what is there."""
    wanted = {(unit, str(cut), str(key)): amount for (unit, cut, key), amount in sums.items()}
    for fact in db.session.scalars(select(DayFact).where(DayFact.received_on == day)):
        amount = wanted.pop((fact.unit_id, fact.cut, fact.key), 0)
        if amount:
            fact.amount = amount
        else:
            db.session.delete(fact)
    db.session.add_all(
        DayFact(received_on=day, unit_id=unit, cut=cut, key=key, amount=amount)
        for (unit, cut, key), amount in wanted.items()
        if amount
    )
