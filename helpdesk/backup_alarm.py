"""Floor 6: administrators hear of a backup that failed, and of one that could not be read back, once for each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.accounts.roles import Role
from helpdesk.backup import nightly, read_back
from helpdesk.backup.record import BackupRun, Occasion, Outcome
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging import outbox
from helpdesk.tickets.hearers import holders_of
from helpdesk.tickets.newest import newest_number

FAILED, UNREADABLE = "backup_failed", "backup_unreadable"


def back_up_when_due(at: datetime) -> None:
    """The worker's turn: make the backup of the night, and tell of the first try of that night that fails."""
    try:
        nightly.back_up_when_due(at)
    except Exception:
        unit_of_work(_tell_failed)
        raise


def read_back_when_due(at: datetime) -> None:
    """The worker's turn: read back what was made, and tell of it when it cannot be."""
    read_back.read_back_when_due(at, newest=newest_number, when_unreadable=_tell_unreadable)


def _tell_failed() -> None:
    failed = select(BackupRun).where(
        BackupRun.occasion == Occasion.NIGHTLY, BackupRun.outcome == Outcome.FAILED
    )
    run = db.session.scalars(failed.order_by(BackupRun.id.desc()).limit(1)).first()
    if run is not None:
        _tell(FAILED, run, occasion=f"{FAILED}/{run.night}")


def _tell_unreadable(run: BackupRun) -> None:
    _tell(UNREADABLE, run, occasion=f"{UNREADABLE}/{run.id}")


def _tell(event: str, run: BackupRun, *, occasion: str) -> None:
    """Queue one message to each administrator, in the caller's unit of work."""
    zone = local_zone()
    base = current_settings().base_url
    for user in holders_of(Role.ADMIN):
        said = {
            "organisation": house_name(),
            "made": moment_in_words(run.started_at, zone, user.locale),
            "link": f"{base}/admin/",
        }
        outbox.queue_for(user, event, occasion=occasion, subject=("backup", run.id), values=said)
