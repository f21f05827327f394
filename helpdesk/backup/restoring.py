"""Restoring a backup into an empty place: everything is looked at before anything is written."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from helpdesk.audit import trail
from helpdesk.backup import CannotRestore, Progress, in_silence, on_mariadb, on_sqlite
from helpdesk.backup.making import SECRET_KEY, database_file, verify_backup
from helpdesk.backup.manifest import Manifest, read_manifest
from helpdesk.backup.record import note_restored
from helpdesk.backup.room import lack_of_room, reckoned
from helpdesk.lib.database import db
from helpdesk.lib.database_file import tables_in
from helpdesk.lib.schema import Fit, SchemaState, revisions, schema_state
from helpdesk.lib.settings import current_settings
from helpdesk.lib.storage import get_storage

_MOST_TOLD = 5  # damaged files named in the refusal; the rest is counted


@dataclass(frozen=True)
class Restored:
    """What stands in the place now. *faults* are sentences on what does not agree; none is well."""

    manifest: Manifest
    schema: SchemaState
    faults: tuple[str, ...]


def restore_backup(folder: Path, progress: Progress = in_silence) -> Restored:
    """Put the backup in *folder* in the place of an empty database and an empty instance.

    The database comes last, so that an interrupted restore is simply begun again. Raises
    CannotRestore, with nothing written, when the place is not empty or the backup is not whole.
    """
    manifest = read_manifest(folder)
    _refuse_stranger(manifest)
    _refuse_occupied(manifest)
    key = _key_of(folder)
    _refuse_narrow(manifest)
    _refuse_damaged(folder, progress)
    _restore_files(folder, manifest, progress)
    _restore_key(key)
    rows = _restore_database(folder, progress)
    state = schema_state()
    faults = (*manifest.miscounted(rows), *_broken(state))
    if state.fit is Fit.SAME and not faults:
        note_restored(manifest)
    return Restored(manifest, state, faults)


def _refuse_stranger(manifest: Manifest) -> None:
    """Raise CannotRestore for a backup of the other engine, and for one of a newer program."""
    here = "SQLite" if db.engine.dialect.name == "sqlite" else "MariaDB"
    if manifest.engine != here:
        raise CannotRestore(
            f"The backup is of {manifest.engine}, but DATABASE_URL names {here}. "
            f"Point DATABASE_URL to an empty {manifest.engine} database."
        )
    if manifest.revision not in revisions():
        raise CannotRestore(
            f"The backup was made by a newer program (schema {manifest.revision}). "
            "Install that one first."
        )


def _refuse_occupied(manifest: Manifest) -> None:
    """Raise CannotRestore unless the database has no table and the files are the backup's or none.

    Files of this very backup are what an interrupted restore left: they are no reason to stop.
    """
    if tables_in(db.engine):
        raise CannotRestore(
            "The database is not empty. Restore only into an empty place: create a new database, "
            "or choose another INSTANCE_PATH. Nothing was changed."
        )
    ours = {Path(part.path).name for part in manifest.kept_files}
    if any(digest not in ours for digest in get_storage().digests()):
        raise CannotRestore(
            f"{current_settings().instance_path} holds files of another installation. "
            "Choose an empty INSTANCE_PATH. Nothing was changed."
        )


def _refuse_narrow(manifest: Manifest) -> None:
    """Raise CannotRestore where the files, or the file of the database, have no room."""
    instance = current_settings().instance_path
    lacking = [
        each for each in manifest.kept_files if not get_storage().exists(Path(each.path).name)
    ]
    needs = Counter({instance: sum(part.size for part in lacking)})
    if db.engine.dialect.name == "sqlite":
        beside = on_sqlite.place().parent
        is_same_disk = beside.stat().st_dev == instance.stat().st_dev
        needs[instance if is_same_disk else beside] += reckoned(manifest.part(database_file()).size)
    for place, needed in needs.items():
        if lack := lack_of_room(place, needed):
            raise CannotRestore(f"{lack} Nothing was changed.")


def _key_of(folder: Path) -> str:
    """The backup's key. Raises CannotRestore when the environment insists on another one."""
    try:
        key = (folder / SECRET_KEY).read_text(encoding="utf-8").strip()
    except OSError:
        raise CannotRestore("secret_key is gone. Nothing was changed.") from None
    settings = current_settings()
    made_here = settings.instance_path / SECRET_KEY
    is_made_here = made_here.exists() and made_here.read_text().strip() == settings.secret_key
    if key != settings.secret_key and not is_made_here:
        raise CannotRestore(
            f"SECRET_KEY is set to another key than the backup's: its links and PINs would be dead. "
            f"Unset SECRET_KEY, or set it to what {folder / SECRET_KEY} holds. Nothing was changed."
        )
    return key


def _refuse_damaged(folder: Path, progress: Progress) -> None:
    _manifest, damages = verify_backup(folder, progress)
    if damages:
        more = f", and {len(damages) - _MOST_TOLD} more" if len(damages) > _MOST_TOLD else ""
        said = "; ".join(islice(damages, _MOST_TOLD))
        raise CannotRestore(f"The backup is damaged: {said}{more}. Nothing was changed.")


def _restore_files(folder: Path, manifest: Manifest, progress: Progress) -> None:
    kept = manifest.kept_files
    for done, part in enumerate(kept, start=1):
        with (folder / part.path).open("rb") as file:
            get_storage().put(file)
        progress("files", done, len(kept))


def _restore_key(key: str) -> None:
    """Write the key where this installation keeps its own; a key from the environment stays there."""
    settings = current_settings()
    if key == settings.secret_key:
        return
    place = settings.instance_path / SECRET_KEY
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(key)
    draft.replace(place)


def _restore_database(folder: Path, progress: Progress) -> dict[str, int]:
    copy_in = on_sqlite.copy_in if db.engine.dialect.name == "sqlite" else on_mariadb.copy_in
    return copy_in(folder / database_file(), partial(progress, "database"))


def _broken(state: SchemaState) -> list[str]:
    """What does not hold in the audit trail; of an older schema `make upgrade` looks at it."""
    if state.fit is not Fit.SAME:
        return []
    return [f"audit trail: {sentence}" for sentence in trail.broken_links()]
