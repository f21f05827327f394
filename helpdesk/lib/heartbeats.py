"""Is the worker alive, and did each job of a given hour or day run once?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib import clock
from helpdesk.lib.database import Model, Moment, db, in_transaction, unit_of_work
from helpdesk.lib.logs import place_of
from helpdesk.lib.upsert import upsert

ERROR_LENGTH = 500


class JobBeat(Model):
    """The last run of a job, whichever worker did it; *failing_since* is when the first fault in a row ended it."""

    __tablename__ = "job_beats"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_started_at: Mapped[datetime] = mapped_column(Moment)
    last_ended_at: Mapped[datetime | None] = mapped_column(Moment)
    last_ok_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    runs: Mapped[int] = mapped_column(Integer, default=0)

    @property
    def is_failing(self) -> bool:
        """Did the newest finished run end in a fault?"""
        return bool(self.last_error)


class JobSlot(Model):
    """The job *job* was done for *slot* (``2026-11``, ``2026-11-20T07``): the key makes it once."""

    __tablename__ = "job_slots"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[str] = mapped_column(String(64), primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(Moment)


@contextmanager
def beat(job: str) -> Iterator[None]:
    """Record the start and the end of a run of *job*, each in a unit of its own; a fault is
    recorded and goes on up.
    """
    started = {"last_started_at": clock.now()}
    unit_of_work(
        lambda: upsert(
            JobBeat,
            {"job": job, "runs": 1, "last_error": "", **started},
            {"runs": JobBeat.runs + 1, **started},
        )
    )
    try:
        yield
    except Exception as error:
        _end(job, _describe(error))
        raise
    _end(job, "")


def all_beats() -> list[JobBeat]:
    """The last run of every job that ever ran, by name."""
    return list(db.session.scalars(select(JobBeat).order_by(JobBeat.job)))


def failing_since(job: str) -> datetime | None:
    """Since when *job* ends in faults; None when its newest run went well."""
    return db.session.scalar(select(JobBeat.failing_since).where(JobBeat.job == job))


def forget(jobs: Collection[str]) -> None:
    """Forget the runs of *jobs* that have no turns any more, inside the caller's unit of work."""
    db.session.execute(delete(JobBeat).where(JobBeat.job.in_(jobs)))


def take_slot(job: str, slot: str) -> bool:
    """Take the run of *job* for *slot* inside the caller's unit of work; False when it was already
    taken.

    Do the work in the same unit: if it fails, the rollback gives the slot back. Of two workers at
    the same moment the later waits, is rerun by its unit of work, and gets False. Raises
    RuntimeError outside a unit.
    """
    if not in_transaction():
        raise RuntimeError("a slot is taken inside the unit of work that does the job")
    if db.session.get(JobSlot, (job, slot)) is not None:
        return False
    db.session.add(JobSlot(job=job, slot=slot, taken_at=clock.now()))
    db.session.flush()
    return True


def _end(job: str, error: str) -> None:
    at = clock.now()

    def write() -> None:
        row = db.session.get_one(JobBeat, job)
        row.last_ended_at = at
        row.last_error = error
        row.failing_since = (row.failing_since or at) if error else None
        if not error:
            row.last_ok_at = at

    unit_of_work(write)


def _describe(error: Exception) -> str:
    """The fault and its place; its words only where they cannot hold personal data (statements quote values)."""
    said = f": {error}" if isinstance(error, OSError) else ""
    return f"{place_of(error)}{said}"[:ERROR_LENGTH]
