"""Each backup that a worker made is read back once it is made, and only then do old ones go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from helpdesk.backup import CannotRestore
from helpdesk.backup.nightly import let_old_ones_go
from helpdesk.backup.reading import FAULT_LENGTH, BackupReading, Reading
from helpdesk.backup.record import DEAD_AFTER, BackupRun, Outcome, describe
from helpdesk.backup.rehearsing import Newest, rehearse_backup
from helpdesk.lib import clock
from helpdesk.lib.database import db, rows_changed, unit_of_work
from helpdesk.lib.leisure import at_leisure

log = logging.getLogger(__name__)

JOB = "read backup back"
# Of an older one a newer was made meanwhile, and its folder may have been carried away
_WITHIN = timedelta(days=1)
_MOST_TOLD = 3
Tell = Callable[[BackupRun], None]  # in the unit of work that records it


def read_back_when_due(at: datetime, *, newest: Newest, when_unreadable: Tell) -> None:
    """Read the newest backup that waits for it, and record what came of it; old ones go after one that is well.

    One whose worker died over it is taken up again.
    """
    waiting = (
        select(BackupRun.id)
        .join(BackupReading)
        .where(BackupRun.started_at > at - _WITHIN, _is_waiting(at))
        .order_by(BackupRun.id.desc())
    )
    run_id = db.session.scalars(waiting.limit(1)).first()
    db.session.rollback()  # the look ends before the unit begins
    if run_id is None or not unit_of_work(lambda: _claim(run_id, at)):
        return
    run = db.session.get_one(BackupRun, run_id)
    folder, is_whole = Path(run.folder), run.outcome == Outcome.WHOLE
    db.session.rollback()
    facts = at_leisure(lambda: _read(folder, newest))
    if unit_of_work(lambda: _settle(run_id, at, facts, when_unreadable)):
        log.info("backup read back", extra={"state": facts["state"]})
        if is_whole and facts["state"] != Reading.UNREADABLE:
            let_old_ones_go(at)


def _is_waiting(at: datetime) -> ColumnElement[bool]:
    left = and_(BackupReading.state == Reading.RUNNING, BackupReading.at < at - DEAD_AFTER)
    return or_(BackupReading.state == Reading.DUE, left)


def _claim(run_id: int, at: datetime) -> bool:
    """Win the reading; the other worker finds it begun."""
    claim = update(BackupReading).where(BackupReading.backup_id == run_id, _is_waiting(at))
    return rows_changed(claim.values(state=Reading.RUNNING, at=at)) > 0


def _read(folder: Path, newest: Newest) -> dict[str, Any]:
    """The facts to be recorded."""
    try:
        found = rehearse_backup(folder, newest)
    except (CannotRestore, OSError) as error:
        return {"state": Reading.UNREADABLE, "fault": describe(error)}
    held = {"complaints": found.complaints, "newest": found.newest}
    if found.faults:
        more = len(found.faults) - _MOST_TOLD
        said = "; ".join(found.faults[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")
        return {"state": Reading.UNREADABLE, "fault": said[:FAULT_LENGTH], **held}
    state = Reading.READ if found.why_not else Reading.RESTORED
    return {"state": state, "fault": found.why_not.rstrip(".")[:FAULT_LENGTH], **held}


def _settle(run_id: int, began_at: datetime, facts: dict[str, Any], when_unreadable: Tell) -> bool:
    """Record the *facts*, unless another worker took the reading over meanwhile."""
    ours = update(BackupReading).where(
        BackupReading.backup_id == run_id,
        BackupReading.state == Reading.RUNNING,
        BackupReading.at == began_at,
    )
    if not rows_changed(ours.values(at=clock.now(), **facts)):
        return False
    if facts["state"] == Reading.UNREADABLE:
        when_unreadable(db.session.get_one(BackupRun, run_id))
    return True
