"""A backup that an administrator asks for: the row is the wish, and whichever worker claims it makes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.backup.nightly import Turn, folder_for, make_in_turn
from helpdesk.backup.record import BackupRun, Occasion, Outcome
from helpdesk.lib import clock
from helpdesk.lib.database import db, rows_changed, unit_of_work
from helpdesk.lib.heartbeats import take_slot
from helpdesk.lib.settings import current_settings

JOB = "backup on request"


def newest_request() -> BackupRun | None:
    """The backup that was asked for last, however it stands."""
    return db.session.scalars(
        select(BackupRun)
        .where(BackupRun.occasion == Occasion.ASKED)
        .order_by(BackupRun.started_at.desc(), BackupRun.id.desc())
        .limit(1)
    ).first()


def is_under_way(run: BackupRun | None, at: datetime) -> bool:
    """Is it waited for, or being made? One whose worker died is neither."""
    if run is None:
        return False
    return run.outcome == Outcome.REQUESTED or (
        run.outcome == Outcome.RUNNING and not run.seems_dead(at)
    )


def request_backup(*, by: Actor) -> bool:
    """Ask the worker for a backup, inside the caller's unit of work; False when one is under way already.

    Two who press at the same moment follow the same backup: the slot lets the first through, and the unit of the
    other is rerun and finds the wish of the first.
    """
    at, last = clock.now(), newest_request()
    if is_under_way(last, at) or not take_slot(JOB, f"after {last.id if last else 0}"):
        return False
    run = BackupRun(
        occasion=Occasion.ASKED, folder="", outcome=Outcome.REQUESTED, started_at=at, fault=""
    )
    db.session.add(run)
    db.session.flush()
    trail.record("backup_requested", by=by, subject=("backup", run.id))
    return True


def back_up_when_asked(at: datetime) -> None:
    """Make the backup that is waited for, if there is one; raises what went wrong, after recording it."""
    waiting = select(BackupRun.id).where(BackupRun.outcome == Outcome.REQUESTED)
    run_id = db.session.scalars(waiting.order_by(BackupRun.id).limit(1)).first()
    db.session.rollback()  # the look ends before the unit begins
    if run_id is None:
        return
    turn = unit_of_work(lambda: _claim(run_id, at))
    if turn is not None:
        make_in_turn(turn, at)


def _claim(run_id: int, at: datetime) -> Turn | None:
    """Win the run; the other worker finds it begun."""
    settings = current_settings()
    folder = folder_for(settings.backup_dir, at)
    claim = (
        update(BackupRun)
        .where(BackupRun.id == run_id, BackupRun.outcome == Outcome.REQUESTED)
        .values(outcome=Outcome.RUNNING, started_at=at, folder=str(folder)[-500:])
    )
    return Turn(run_id, folder) if rows_changed(claim) else None
