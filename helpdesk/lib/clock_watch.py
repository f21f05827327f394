"""Is this machine's clock right? Deadlines are only as honest as the clock they are kept by.

Three witnesses: the clock of the database's machine; the time since this machine was switched on,
which no setting changes, beside the wall clock; and what is already written, which must not lie in
the future (the pages ask for that one).
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from math import isclose
from typing import Any

from sqlalchemy import Index, inspect, select, text, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Float, Integer

from helpdesk.lib import clock
from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Model, Moment, db, unit_of_work
from helpdesk.lib.limits_storage import RateHit

# Synchronisation moves a clock by milliseconds; a person, or the first answer of a time server
# after a long night without one, by more.
JUMP = timedelta(seconds=5)
SEEN_BY_ALL = timedelta(minutes=3)
LONGEST_LEASE = timedelta(minutes=10)  # that any job takes
_APART, _EXACT = JUMP.total_seconds(), 1e-5  # MariaDB keeps six digits of a number of seconds


class ClockJump(Model):
    """The wall clock was set while the worker ran: by *seconds*, negative when it was set back."""

    __tablename__ = "clock_jumps"
    __table_args__ = (Index("ix_clock_jumps_noticed", "noticed_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    noticed_at: Mapped[datetime] = mapped_column(Moment)
    seconds: Mapped[float] = mapped_column(Float)


class ClockWatch:
    """Compares, from look to look, how far the wall clock went with how long it really took."""

    def __init__(self) -> None:
        self._at = clock.now()
        self._running_for = _since_switched_on()

    def look(self, at: datetime) -> None:
        """Note a jump since the last look, in a unit of its own; nothing waits longer because it was set back."""
        running_for = _since_switched_on()
        jumped = (at - self._at) - (running_for - self._running_for)
        if abs(jumped) > JUMP:
            unit_of_work(lambda: _note(at, jumped))
        self._at, self._running_for = at, running_for  # now: what could not be noted is seen again


def newest_jump(since: datetime) -> ClockJump | None:
    """The last time the clock was set, if that was noticed after *since*."""
    return db.session.scalars(
        select(ClockJump).where(ClockJump.noticed_at > since).order_by(ClockJump.id.desc()).limit(1)
    ).first()


def ahead_of_database() -> timedelta | None:
    """How far this machine's clock is ahead of the database's, to about the length of a question.

    None on SQLite, which lives in this process and has no clock of its own.
    """
    if db.engine.dialect.name == "sqlite":
        return None
    before = clock.now()
    there: datetime = db.session.execute(text("SELECT UTC_TIMESTAMP(6)")).scalar_one()
    here = before + (clock.now() - before) / 2
    return here - there.replace(tzinfo=here.tzinfo)


def _note(at: datetime, jumped: timedelta) -> None:
    if _was_noted(at, jumped):
        return
    db.session.add(ClockJump(noticed_at=at, seconds=jumped.total_seconds()))
    if jumped < timedelta(0):
        _keep_waits(at, -jumped)


def _was_noted(at: datetime, jumped: timedelta) -> bool:
    """Has another worker of this machine seen the same jump? Each looks once a minute."""
    newest = newest_jump(at - SEEN_BY_ALL)
    return (
        newest is not None
        and newest.noticed_at < at + SEEN_BY_ALL
        and isclose(newest.seconds, jumped.total_seconds(), rel_tol=_EXACT, abs_tol=_APART)
    )


def _keep_waits(at: datetime, back: timedelta) -> None:
    """Let what waits for a moment of the clock as it was wait as long as it was to, by the clock as it is."""
    waits: list[tuple[Any, datetime]] = [(RateHit.expires_at, at)]
    for model in Claimable.__subclasses__():
        # Whoever holds a row may be at work, and may have claimed it since
        waits += [(model.look_at, at), (model.leased_until, at + LONGEST_LEASE)]
    for moment, soonest in waits:
        (key,) = inspect(moment.class_).primary_key
        ahead = select(key, moment).where(moment > soonest)
        for row_key, until in db.session.execute(ahead).all():
            same = update(moment.class_).where(key == row_key, moment == until)
            nearer = same.values({moment: max(soonest, until - back)})
            db.session.execute(nearer.execution_options(synchronize_session=False))


def _since_switched_on() -> timedelta:
    """Counts on while the machine sleeps, so that opening a laptop is no jump."""
    return timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))
