"""Making a backup: while everybody goes on working, and without ever looking whole when it is not."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from helpdesk.backup import CannotBackUp, Progress, in_silence, on_mariadb, on_sqlite
from helpdesk.backup.manifest import FILE_NAME, Manifest, Part, damages, measure, read_manifest
from helpdesk.backup.room import lack_of_room, reckoned
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.database_file import name_of
from helpdesk.lib.engine_facts import engine_facts
from helpdesk.lib.named_files import named_digests
from helpdesk.lib.schema import Fit, schema_state
from helpdesk.lib.settings import current_settings
from helpdesk.lib.storage import get_storage

SECRET_KEY = "secret_key"  # noqa: S105 - the name of a file
_DRAFT = re.compile(r"\..+\.[0-9a-f]{8}\.part")
_IN_A_DRAFT = {on_sqlite.FILE_NAME, on_mariadb.FILE_NAME, "files", SECRET_KEY, FILE_NAME}
_ABANDONED_AFTER = timedelta(days=2)  # without a byte written: whoever wrote there is long dead


def make_backup(folder: Path, progress: Progress = in_silence) -> Manifest:
    """Copy the installation into *folder*, which must not exist or be empty.

    Order matters: the database first, then the files. Whatever a row names was on the disk before
    the row was committed, so every file that the copied rows name is there to be copied after them,
    but for what was thrown away meanwhile: that is not missing. Raises CannotBackUp, or OSError when
    a disk refuses.
    """
    folder = folder.absolute()
    _refuse_nothing()
    _refuse_taken(folder)
    _sweep(folder.parent)  # before the room is measured, which a killed one may take
    _refuse_narrow(folder)
    started_at = clock.now()
    with _draft_of(folder) as draft:
        named = named_digests()
        tables = _copy_database(draft, progress)
        named |= named_digests()  # what came while the copy began
        missing = _copy_files(draft, sorted(named), progress)
        if missing:
            missing = tuple(sorted(named_digests().intersection(missing)))
        _write_private(draft / SECRET_KEY, current_settings().secret_key)
        manifest = _manifest_of(draft, tables, missing, started_at)
        _write_private(draft / FILE_NAME, manifest.as_json())
        _sync_tree(draft)
    return manifest


def verify_backup(folder: Path, progress: Progress = in_silence) -> tuple[Manifest, list[str]]:
    """Read a whole backup again: its manifest, and a sentence for each part that is damaged.

    Raises CannotRestore when *folder* is no whole backup.
    """
    manifest = read_manifest(folder)
    return manifest, list(damages(folder, manifest, progress))


def database_file() -> str:
    """What the copy of this installation's database is called in a backup."""
    return on_sqlite.FILE_NAME if _is_sqlite() else on_mariadb.FILE_NAME


def _refuse_nothing() -> None:
    """Raise CannotBackUp for a database without tables: somebody forgot to say where the house is."""
    if schema_state().fit is Fit.EMPTY:
        raise CannotBackUp(
            f"There is nothing to back up in {name_of(db.engine)}. Is that the database you mean? "
            "DATABASE_URL and INSTANCE_PATH say where it is."
        )


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotBackUp(f"{folder} is there already. Name a folder that does not exist yet.")
    if folder.is_relative_to(current_settings().instance_path.absolute() / "files"):
        raise CannotBackUp(f"{folder} lies among the files to be copied. Choose another place.")


def _refuse_narrow(folder: Path) -> None:
    """Raise CannotBackUp before a disk is filled up that the house may need to live."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    needed = reckoned(engine_facts().size or 0)
    storage = get_storage()
    if folder.parent.stat().st_dev != current_settings().instance_path.stat().st_dev:
        needed += sum(storage.path(digest).stat().st_size for digest in storage.digests())
    if lack := lack_of_room(folder.parent, needed):
        raise CannotBackUp(lack)


@contextmanager
def _draft_of(folder: Path) -> Iterator[Path]:
    """A hidden folder beside *folder* that gets its name when all went well, and is removed otherwise."""
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    draft.mkdir(mode=0o700)
    try:
        yield draft
        draft.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _sweep(place: Path) -> None:
    """Remove the drafts in *place* that killed backups left; never one that may still be written."""
    for draft in place.glob(".*.part"):
        with suppress(OSError):  # another backup sweeps here too, or the draft is somebody else's
            if _DRAFT.fullmatch(draft.name) and _is_abandoned(draft):
                shutil.rmtree(draft)


def _is_abandoned(draft: Path) -> bool:
    if not {part.name for part in draft.iterdir()} <= _IN_A_DRAFT:
        return False
    # A linked file keeps its age, the folder that it was linked into does not
    written_at = max(place.stat().st_mtime for place in (draft, *draft.rglob("*")))
    return written_at < (clock.now() - _ABANDONED_AFTER).timestamp()


def _copy_database(draft: Path, progress: Progress) -> dict[str, int]:
    target = draft / database_file()
    target.touch(mode=0o600)
    copy_out = on_sqlite.copy_out if _is_sqlite() else on_mariadb.copy_out
    return copy_out(target, partial(progress, "database"))


def _copy_files(draft: Path, digests: list[str], progress: Progress) -> tuple[str, ...]:
    """Copy what the *digests* name; those that are gone or damaged are returned.

    One lost photograph is no reason to have no backup of all the rest; it is a reason to say so.
    """
    missing = []
    for done, digest in enumerate(digests, start=1):
        if not get_storage().exists(digest) or not _keep(digest, draft):
            missing.append(digest)
        progress("files", done, len(digests))
    return tuple(missing)


def _keep(digest: str, draft: Path) -> bool:
    """Link the file where the disk is the same, for it never changes; copy it elsewhere. Is it unharmed?"""
    source = get_storage().path(digest)
    path = f"files/{digest[:2]}/{digest[2:4]}/{digest}"
    target = draft / path
    for place in (*target.relative_to(draft).parents,)[-2::-1]:  # mkdir's parents heed no mode
        (draft / place).mkdir(mode=0o700, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(source, target)
        target.chmod(0o600)
    if measure(draft, path).sha256 != digest:
        target.unlink()
        return False
    return True


def _manifest_of(
    draft: Path, tables: dict[str, int], missing: tuple[str, ...], started_at: datetime
) -> Manifest:
    facts = engine_facts()
    return Manifest(
        engine=facts.name,
        engine_version=facts.version,
        revision=schema_state().revision,
        started_at=started_at,
        ended_at=clock.now(),
        tables=tables,
        parts=tuple(_parts(draft)),
        missing=missing,
    )


def _parts(draft: Path) -> Iterator[Part]:
    for file in sorted(draft.rglob("*")):
        if file.is_file():
            path = file.relative_to(draft).as_posix()
            # a kept file was measured when it was copied, and is named by what it measured
            is_kept = path.startswith("files/")
            yield Part(path, file.stat().st_size, file.name) if is_kept else measure(draft, path)


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def _sync_tree(draft: Path) -> None:
    """Everything reaches the disk before the folder gets its name."""
    for place in draft.rglob("*"):
        _sync(place)
    _sync(draft)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
