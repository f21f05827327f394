"""Claims: how several workers share rows of work without doing one twice or losing one.

A row wants attention from ``look_at`` on (NULL: never again by itself). A worker selects
candidates, then claims each by a conditional UPDATE that only one can win, works outside any
transaction, and settles *where the lease is still its own*. When a worker dies its lease runs out
and the row comes back by itself. The lease only saves work: what must happen once is held by a
unique key in the unit that settles.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from helpdesk.lib.database import Moment, db, in_transaction, rows_changed, unit_of_work


class Claimable:
    """The three columns of a row that can be claimed; the model adds an index on ``(look_at, id)``."""

    if TYPE_CHECKING:
        id: Mapped[int]

    look_at: Mapped[datetime | None] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    lease_token: Mapped[str | None] = mapped_column(String(36))


def candidates(
    model: type[Claimable], at: datetime, limit: int, *which: ColumnElement[bool]
) -> list[int]:
    """Ids of rows, of those that *which* selects, that are due at *at* and held by nobody, longest
    due first. Reads only.
    """
    due = select(model.id).where(_is_free(model, at), *which)
    return list(db.session.scalars(due.order_by(model.look_at, model.id).limit(limit)))


class DiedOverIt(RuntimeError):
    """Whoever claimed the row ended in the middle of it, too often for chance."""


def was_left(model: type[Claimable], row_id: int) -> bool:
    """Did the last one to claim the row end in the middle, perhaps because of it? To be asked before the next claim."""
    return db.session.scalar(select(model.lease_token).where(model.id == row_id)) is not None


def claim(model: type[Claimable], row_id: int, at: datetime, lease: timedelta) -> str | None:
    """Try to win the row until *at* + *lease*, in a short unit of its own.

    Returns the token with which to settle, or None when another was faster or the row is no longer
    due. *at* is the present moment: one taken at the start of a long sweep would shorten the lease.
    """
    token = str(uuid4())

    def win() -> bool:
        won = rows_changed(
            update(model)
            .where(model.id == row_id, _is_free(model, at))
            .values(leased_until=at + lease, lease_token=token)
            .execution_options(synchronize_session=False)
        )
        return won == 1

    return token if unit_of_work(win) else None


def still_mine(model: type[Claimable], row_id: int, token: str) -> bool:
    """Does the claim *token* still hold the row? Inside a unit it stays so until the unit ends."""
    mine = select(model.id).where(model.id == row_id, model.lease_token == token)
    if in_transaction():
        mine = mine.with_for_update()
    return db.session.scalar(mine) is not None


def settle(
    model: type[Claimable], row_id: int, token: str, *, look_at: datetime | None = None
) -> bool:
    """Give the row back, to be looked at again at *look_at* (None: done), inside the caller's unit
    of work.

    Returns False when the lease ran out and somebody else has claimed the row since; the caller
    then leaves its result unwritten, for the other is at work on it. Raises RuntimeError outside a
    unit of work.
    """
    if not in_transaction():
        raise RuntimeError("a claim is settled inside the unit of work that writes its result")
    # The caller's own changes of the row go first, or they would bring the lease back.
    db.session.flush()
    given_back = rows_changed(
        update(model)
        .where(model.id == row_id, model.lease_token == token)
        .values(look_at=look_at, leased_until=None, lease_token=None)
        .execution_options(synchronize_session="fetch")
    )
    return given_back == 1


def _is_free(model: type[Claimable], at: datetime) -> ColumnElement[bool]:
    return (model.look_at <= at) & or_(model.leased_until.is_(None), model.leased_until <= at)
