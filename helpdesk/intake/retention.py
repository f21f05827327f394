"""Retention: personal data of complaints are deleted so many years after their end, where the house has said so.

The worker asks an index for what is due, so a turn costs what is due and not what is kept. Each complaint is a unit of
its own, found again by its row: whoever dies in the middle loses nothing, and two workers never do one twice.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, and_, func, or_, select

from helpdesk.accounts.organisation import organisation
from helpdesk.intake.erasing import erase_by_rule
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict
from helpdesk.lib.logs import WORDLESS
from helpdesk.tickets.ticket import Ticket

log = logging.getLogger(__name__)

JOB = "delete what is kept no longer"
PAGE = 50
ROUND_LASTS = timedelta(seconds=10)  # a stop waits for the round to end
MOST_COUNTED = 999


def erase_due(at: datetime) -> int:
    """Delete what is due at *at*, the longest ended first, for ten seconds; returns how many. Opens its own units.

    What cannot be deleted now holds up no other: it is asked again at the next turn. ExceptionGroup is raised at the
    end for what failed, so that the administrator sees it.
    """
    here = organisation()
    if here is None or here.keep_years is None:
        return 0
    if here.keep_years_from is not None and at < here.keep_years_from:
        return 0
    before, began_at, erased, last = _years_before(at, here.keep_years), clock.now(), 0, None
    faults: list[Exception] = []
    while clock.now() - began_at < ROUND_LASTS:
        page = db.session.execute(_after(before, last).limit(PAGE)).all()
        db.session.rollback()
        for row in page:
            erased += _try(row.id, faults)
        if len(page) < PAGE:
            break
        last = page[-1]
    if faults:
        raise ExceptionGroup("complaints whose personal data could not be deleted", faults)
    return erased


def count_due(years: int, at: datetime) -> int:
    """How many complaints would be concerned now; one more than ``MOST_COUNTED`` stands for all beyond."""
    due = _after(_years_before(at, years), None).limit(MOST_COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(due)) or 0


def _try(ticket_id: int, faults: list[Exception]) -> bool:
    try:
        erase_by_rule(ticket_id)
    except Conflict:  # somebody is at work on it
        return False
    except Exception as fault:  # the others must not wait for it
        log.exception("personal data not deleted", extra={"ticket_id": ticket_id, WORDLESS: True})
        faults.append(fault)
        return False
    return True


def _after(
    before: datetime, last: Row[int, datetime | None] | None
) -> Select[int, datetime | None]:
    """What ended *before* and is still there, by the index, from behind the *last* on."""
    due = select(Ticket.id, Ticket.ended_at).where(
        Ticket.erased_at.is_(None), Ticket.is_held.is_(False), Ticket.ended_at <= before
    )
    if last is not None:
        is_later = Ticket.ended_at > last.ended_at
        due = due.where(or_(is_later, and_(Ticket.ended_at == last.ended_at, Ticket.id > last.id)))
    return due.order_by(Ticket.ended_at, Ticket.id)


def _years_before(at: datetime, years: int) -> datetime:
    """The same day so many years ago; of 29 February the day before it, where there is none."""
    day = 28 if (at.month, at.day) == (2, 29) else at.day
    return at.replace(year=at.year - years, day=day)
