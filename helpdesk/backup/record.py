"""How each backup went, for the administrator to see and for the nightly turn to know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Index,
    Select,
    and_,
    delete,
    or_,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship
from sqlalchemy.types import Integer, String

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.backup import CannotBackUp, CannotRestore
from helpdesk.backup.manifest import Manifest
from helpdesk.backup.reading import FAULT_LENGTH, UNFINISHED, BackupReading, Reading
from helpdesk.lib import clock
from helpdesk.lib.database import Model, Moment, db, unit_of_work
from helpdesk.lib.database_file import tables_in
from helpdesk.lib.logs import place_of

_SHELL = Actor.system("flask")  # somebody at the command line; the machine knows who
DEAD_AFTER = timedelta(hours=3)  # a backup that takes longer was killed


class Outcome(StrEnum):
    """How a backup stands. An *incomplete* one is whole but for files that were already lost."""

    REQUESTED = "requested"  # an administrator waits for the worker to begin
    RUNNING = "running"
    WHOLE = "whole"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class Occasion(StrEnum):
    """Why a backup was made."""

    NIGHTLY = "nightly"
    ASKED = "asked"  # by an administrator, on the page of the house
    BY_HAND = "by_hand"
    UPGRADE = "upgrade"


_BY_A_WORKER = frozenset({Occasion.NIGHTLY, Occasion.ASKED})


class BackupRun(Model):
    """One backup, tried or made. *night* is the local day of a nightly one, *size* counts bytes."""

    __tablename__ = "backups"
    __table_args__ = (
        Index("ix_backups_started", "started_at"),
        Index("ix_backups_night", "night", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    occasion: Mapped[str] = mapped_column(String(16))
    night: Mapped[date | None] = mapped_column(Date)
    folder: Mapped[str] = mapped_column(String(500))
    outcome: Mapped[str] = mapped_column(String(16), default=Outcome.RUNNING)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    size: Mapped[int | None] = mapped_column(BigInteger)
    missing_files: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[str] = mapped_column(String(FAULT_LENGTH), default="")

    reading: Mapped[BackupReading | None] = relationship(viewonly=True)

    @property
    def is_good(self) -> bool:
        """Could the house be restored from it, whole?"""
        return self.outcome == Outcome.WHOLE and not self.is_unreadable

    @property
    def is_unreadable(self) -> bool:
        """Was it read again, and is not what it was?"""
        return self.reading is not None and self.reading.state == Reading.UNREADABLE

    def is_left_unread(self, at: datetime) -> bool:
        """Should it have been read back long ago, and was not?"""
        is_unread = self.reading is not None and self.reading.state in UNFINISHED
        return is_unread and self.ended_at is not None and at - self.ended_at > DEAD_AFTER

    def seems_dead(self, at: datetime) -> bool:
        """Did whoever made it end without a word?"""
        return self.outcome == Outcome.RUNNING and at - self.started_at > DEAD_AFTER

    @property
    def took(self) -> timedelta | None:
        """How long it took; None while it runs, and when nobody saw its end."""
        return self.ended_at - self.started_at if self.ended_at else None


def recorded(
    make: Callable[[], Manifest],
    *,
    occasion: Occasion,
    folder: Path,
    unrecorded: Callable[[], None] | None = None,
) -> Manifest:
    """*make* a backup and record how it went. Whatever *make* raises goes on up, recorded.

    Before the very upgrade that brings the record's table there is none, and nothing is recorded. Nor where the
    database takes no more entries, which is when a copy is needed most: *unrecorded* is then called, if it was given.
    """
    if BackupRun.__tablename__ not in tables_in(db.engine):
        return make()

    def note_beginning() -> int:
        run_id = begin(occasion, folder).id
        # Whoever types this command leaves with everything, so it stands beside every other export.
        trail.record("backup_made", by=_SHELL, subject=("backup", run_id))
        return run_id

    try:
        run_id = unit_of_work(note_beginning)
    except DBAPIError:
        if unrecorded is None:
            raise
        unrecorded()
        return make()
    return finished(run_id, make)


def begin(occasion: Occasion, folder: Path, night: date | None = None) -> BackupRun:
    """Note in the caller's unit of work that a backup begins."""
    run = BackupRun(
        occasion=occasion,
        night=night,
        folder=str(folder)[-500:],
        outcome=Outcome.RUNNING,
        started_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    return run


def finished(run_id: int, make: Callable[[], Manifest]) -> Manifest:
    """*make* the backup that was begun as *run_id*, outside any transaction, and note its end."""
    try:
        manifest = make()
    except Exception as error:
        fault = describe(error)
        unit_of_work(lambda: _end(run_id, Outcome.FAILED, fault=fault))
        raise
    outcome = Outcome.INCOMPLETE if manifest.missing else Outcome.WHOLE
    unit_of_work(
        lambda: _end(run_id, outcome, size=manifest.size, missing_files=len(manifest.missing))
    )
    return manifest


def note_restored(manifest: Manifest) -> None:
    """Note in a database just restored where it came from, in a unit of its own.

    The copy was taken while its own record still said "running".
    """

    def note() -> None:
        for run in db.session.scalars(
            select(BackupRun).where(BackupRun.outcome == Outcome.RUNNING)
        ):
            run.outcome = Outcome.INCOMPLETE if manifest.missing else Outcome.WHOLE
            run.ended_at, run.size = manifest.ended_at, manifest.size
            run.missing_files = len(manifest.missing)
        unfinished = BackupReading.state.in_(UNFINISHED)
        db.session.execute(delete(BackupReading).where(unfinished))  # their folders lie elsewhere
        trail.record(
            "backup_restored", by=_SHELL, details={"made_at": manifest.ended_at.isoformat()}
        )

    unit_of_work(note)


def newest_good_and_tried() -> tuple[BackupRun | None, BackupRun | None]:
    """The newest good one, and the one that a worker began last, however it went; in one statement.

    One made by hand that failed was told to whoever typed it.
    """
    good, tried = aliased(BackupRun), aliased(BackupRun)
    is_tried = and_(tried.occasion.in_(_BY_A_WORKER), tried.outcome != Outcome.REQUESTED)
    ids = [
        select(one.id).where(is_it).order_by(one.started_at.desc(), one.id.desc()).limit(1)
        for one, is_it in (
            (good, _is_good(good)),
            (tried, is_tried),
        )
    ]
    wanted = or_(*(BackupRun.id == one.scalar_subquery() for one in ids))
    runs = list(db.session.scalars(_newest().where(wanted)))
    return (
        next((run for run in runs if run.is_good), None),
        next((run for run in runs if run.occasion in _BY_A_WORKER), None),
    )


def last_is_unreadable() -> bool:
    """Could the one that a worker made last not be read back? Nobody knows before the upgrade that brings the table."""
    if BackupReading.__tablename__ not in tables_in(db.engine):
        return False
    tried = newest_good_and_tried()[1]
    return tried is not None and tried.is_unreadable


def newest_good() -> BackupRun | None:
    """The newest backup from which the house could be restored, whole."""
    return db.session.scalars(_newest().where(_is_good(BackupRun)).limit(1)).first()


def _is_good(run: type[BackupRun]) -> ColumnElement[bool]:
    unreadable = select(BackupReading.backup_id).where(BackupReading.state == Reading.UNREADABLE)
    return and_(run.outcome == Outcome.WHOLE, run.id.not_in(unreadable))


def _newest() -> Select[BackupRun]:
    with_reading = select(BackupRun).options(joinedload(BackupRun.reading))
    return with_reading.order_by(BackupRun.started_at.desc(), BackupRun.id.desc())


def _end(run_id: int, outcome: Outcome, **facts: object) -> None:
    run = db.session.get_one(BackupRun, run_id)
    run.outcome, run.ended_at = outcome, clock.now()
    for name, fact in facts.items():
        setattr(run, name, fact)
    if run.occasion in _BY_A_WORKER and outcome != Outcome.FAILED:
        db.session.add(BackupReading(backup_id=run_id, at=run.ended_at))


def describe(error: Exception) -> str:
    """Our own words and the system's may be shown; of anything else only its kind and place."""
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}"[:FAULT_LENGTH]
    if isinstance(error, CannotBackUp | CannotRestore):
        return str(error).rstrip(".")[:FAULT_LENGTH]
    return place_of(error)[:FAULT_LENGTH]
