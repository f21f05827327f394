"""The backup of every night: once, whichever worker comes first; old ones go only after a new one was read back."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from helpdesk.accounts.organisation import local_zone
from helpdesk.backup.making import make_backup
from helpdesk.backup.manifest import Manifest
from helpdesk.backup.record import BackupRun, Occasion, Outcome, begin, finished
from helpdesk.backup.trial_place import sweep_folders
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.heartbeats import take_slot
from helpdesk.lib.settings import current_settings

log = logging.getLogger(__name__)

JOB = "nightly backup"
ATTEMPTS = 6  # in one night; an administrator who is at work by then sees why they failed
TRY_AGAIN_AFTER = timedelta(hours=1)
_STAMP = "%Y%m%dT%H%M%SZ"
_NAMED = re.compile(r"nightly-(\d{8}T\d{6}Z)")
_HIDDEN = re.compile(r"\.nightly-(\d{8}T\d{6}Z)\.[0-9a-f]+\.(?:part|old)")
_DRAFTS_FOR = timedelta(days=2)  # whoever wrote there is long dead


@dataclass(frozen=True)
class Turn:
    """One attempt at a backup, of a night or asked for, won by this worker."""

    run_id: int
    folder: Path


def back_up_when_due(at: datetime) -> None:
    """Make the backup of the night that *at* belongs to, unless it is made, or being made, or off.

    A machine that was switched off at the hour catches up when it starts. Raises what went wrong,
    after recording it; the next turn tries again within an hour.
    """
    settings = current_settings()
    if not settings.backup_nightly:
        return
    night = night_of(at, settings.backup_hour)
    turn = unit_of_work(lambda: _take_turn(night, at, settings.backup_dir))
    if turn is not None:
        make_in_turn(turn, at)


def make_in_turn(turn: Turn, at: datetime) -> None:
    """Make the backup of a turn that was won; raises what went wrong, recorded."""
    settings = current_settings()

    def make() -> Manifest:
        sweep(settings.backup_dir, at)  # first: what killed ones left may be what takes the room
        sweep_folders(settings.backup_dir)
        return make_backup(turn.folder)

    manifest = finished(turn.run_id, make)
    log.info("backup made", extra={"bytes": manifest.size, "missing": len(manifest.missing)})


def let_old_ones_go(at: datetime) -> None:
    """Remove the old ones; never before a new one is whole, for a file that it lacks may still lie in one of them."""
    settings = current_settings()
    prune(settings.backup_dir, at, keep_for=timedelta(days=settings.backup_keep_days))


def night_of(at: datetime, hour: int) -> date:
    """The local day whose backup is due since *hour* o'clock; before it, still yesterday's."""
    return (at.astimezone(local_zone()).replace(tzinfo=None) - timedelta(hours=hour)).date()


def folder_for(place: Path, at: datetime) -> Path:
    """What the backup of a turn that began at *at* is called."""
    return place / f"nightly-{at.astimezone(UTC):{_STAMP}}"


def prune(place: Path, at: datetime, *, keep_for: timedelta) -> None:
    """Remove the nightly backups in *place* that are older than *keep_for*.

    Only what a nightly turn has named is ever touched. One loses its name before it is taken
    apart: half a backup must not look like one.
    """
    for folder, made_at in _named(place, _NAMED):
        if made_at < at - keep_for:
            doomed = folder.with_name(f".{folder.name}.0.old")
            folder.rename(doomed)
            shutil.rmtree(doomed)


def sweep(place: Path, at: datetime) -> None:
    """Remove what nightly backups left that were killed, or pruned only in part."""
    for folder, made_at in _named(place, _HIDDEN):
        if made_at < at - _DRAFTS_FOR:
            shutil.rmtree(folder)


def _take_turn(night: date, at: datetime, place: Path) -> Turn | None:
    """Win the next attempt for this night, if one is due; both workers may ask at the same moment."""
    runs = list(
        db.session.scalars(select(BackupRun).where(BackupRun.night == night).order_by(BackupRun.id))
    )
    if any(run.outcome in (Outcome.WHOLE, Outcome.INCOMPLETE) for run in runs):
        return None
    if runs and not _may_try_again(runs[-1], at):
        return None
    if len(runs) >= ATTEMPTS or not take_slot(JOB, f"{night}/{len(runs) + 1}"):
        return None
    folder = folder_for(place, at)
    return Turn(begin(Occasion.NIGHTLY, folder, night).id, folder)


def _may_try_again(last: BackupRun, at: datetime) -> bool:
    if last.outcome == Outcome.RUNNING:
        return last.seems_dead(at)
    return last.ended_at is None or at - last.ended_at >= TRY_AGAIN_AFTER


def _named(place: Path, pattern: re.Pattern[str]) -> Iterator[tuple[Path, datetime]]:
    """Folders in *place* that a nightly turn named, with the moment in their name."""
    for folder in sorted(place.iterdir()) if place.is_dir() else ():
        if (found := pattern.fullmatch(folder.name)) and folder.is_dir():
            yield folder, datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
