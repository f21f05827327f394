"""Many small pieces of work of one round, each in a unit of its own, so that a faulty one never holds up the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.logs import WORDLESS

log = logging.getLogger(__name__)


def each_due(
    what: str,
    id_: InstrumentedAttribute[int],
    look_at: InstrumentedAttribute[datetime | None],
    at: datetime,
    limit: int,
    handle: Callable[[int, datetime], object],
    after_a_fault: timedelta,
) -> int:
    """*handle* the rows whose column *look_at* says that they are due *at* that moment, the longest due first.

    *id_* is the column of their ids; *handle* gets an id and *at*. One that cannot be handled is due again
    *after_a_fault*, unless nothing is due of it any more. Otherwise as ``one_by_one``.
    """

    def set_aside(one: int) -> None:
        still_due = update(id_.class_).where(id_ == one, look_at.is_not(None))
        db.session.execute(still_due.values({look_at: at + after_a_fault}))

    due = select(id_).where(look_at <= at).order_by(look_at, id_).limit(limit)
    ids = list(db.session.scalars(due))
    return one_by_one(what, ids, lambda one: handle(one, at), set_aside)


def one_by_one(
    what: str,
    ids: Sequence[int],
    handle: Callable[[int], object],
    set_aside: Callable[[int], object],
) -> int:
    """*handle* each; returns how many there were. One that cannot be handled is logged, as *what*, and *set_aside*."""
    for id_ in ids:
        try:
            unit_of_work(partial(handle, id_))
        except Exception:  # whatever it was: the others must not wait for it
            log.exception(
                "%s %s could not be handled and is set aside", what, id_, extra={WORDLESS: True}
            )
            unit_of_work(partial(set_aside, id_))
    return len(ids)
