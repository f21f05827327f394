"""Rehearsing a restore: a backup is read to its last byte, put back where it disturbs nobody, and looked at there.

Nothing of the live house is touched, and nothing of the rehearsal stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import eq
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, table
from sqlalchemy import column as named
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint
from sqlalchemy.exc import DBAPIError

from helpdesk.backup import (
    CannotRehearse,
    CannotRestore,
    Progress,
    in_silence,
    on_mariadb,
    trial_place,
)
from helpdesk.backup.making import verify_backup
from helpdesk.backup.manifest import Manifest
from helpdesk.lib.database import db
from helpdesk.lib.schema import revision_in, revisions

_MOST_TOLD = 5
# What the newest complaint of a database is called; only floors above know what a complaint is.
Newest = Callable[[Connection], str]


@dataclass(frozen=True)
class Rehearsal:
    """What came of it. *faults* are sentences on what is wrong; *why_not* says why it was read and not restored."""

    manifest: Manifest
    faults: tuple[str, ...] = ()
    why_not: str = ""
    newest: str = ""

    @property
    def complaints(self) -> int:
        """How many are in the backup."""
        return self.manifest.tables.get("tickets", 0)


def rehearse_backup(folder: Path, newest: Newest, progress: Progress = in_silence) -> Rehearsal:
    """Read the backup in *folder* again, every byte, and restore its database on trial where there is a place.

    Raises CannotRestore for what is no whole backup, or cannot be restored, and OSError when a disk refuses.
    """
    folder = folder.absolute()
    manifest, damages = verify_backup(folder, progress)
    faults = damages or _uncounted(folder, manifest)
    if faults:
        return Rehearsal(manifest, tuple(faults))
    try:
        with _restored(folder, manifest, progress) as (engine, rows):
            faults = [*manifest.miscounted(rows), *_found_wrong(engine, manifest)]
            with engine.connect() as connection:
                return Rehearsal(manifest, tuple(faults), newest=newest(connection))
    except CannotRehearse as refusal:
        return Rehearsal(manifest, why_not=str(refusal))
    except DBAPIError as error:
        if trial_place.is_refusal(error):
            return Rehearsal(manifest, why_not=f"The database server refused: {error.orig}.")
        raise CannotRestore(f"What was restored cannot be read: {error.orig}.") from None


def _uncounted(folder: Path, manifest: Manifest) -> list[str]:
    """What the text of a dump lacks: a SQLite file is counted once it is restored."""
    if manifest.engine == "SQLite":
        return []
    told = on_mariadb.told_in(folder / on_mariadb.FILE_NAME)
    return manifest.miscounted(dict.fromkeys(manifest.tables, 0) | told)


def _restored(
    folder: Path, manifest: Manifest, progress: Progress
) -> AbstractContextManager[tuple[Engine, dict[str, int]]]:
    if manifest.engine == "SQLite":
        return trial_place.beside(folder)
    if db.engine.dialect.name == "sqlite":
        raise CannotRehearse(f"The backup is of {manifest.engine}, and DATABASE_URL names SQLite.")
    return trial_place.on_server(folder, partial(progress, "database"))


def _found_wrong(engine: Engine, manifest: Manifest) -> Iterator[str]:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            for said in connection.exec_driver_sql(
                f"PRAGMA integrity_check({_MOST_TOLD})"
            ).scalars():
                if said != "ok":
                    yield f"SQLite says: {said}"
        revision = revision_in(connection)
        if revision != manifest.revision or revision not in revisions():
            yield f"its schema is {revision or 'none'}, not {manifest.revision} of this program"
        yield from islice(_orphans(connection), _MOST_TOLD)


def _orphans(connection: Connection) -> Iterator[str]:
    """What refers to a row that is not there: both engines restore a copy without asking."""
    inspector = inspect(connection)
    for name in inspector.get_table_names():
        for key in inspector.get_foreign_keys(name):
            if lost := _count_lost(connection, name, key):
                yield f"table {name}: {lost} rows refer to rows of {key['referred_table']} that are gone"


def _count_lost(connection: Connection, name: str, key: ReflectedForeignKeyConstraint) -> int:
    child = table(name, *map(named, key["constrained_columns"])).alias("child")
    parent = table(key["referred_table"], *map(named, key["referred_columns"])).alias("parent")
    refers = [child.c[one] for one in key["constrained_columns"]]
    there = [parent.c[one] for one in key["referred_columns"]]
    lost = (
        select(func.count())
        .select_from(child)
        .where(*(one.is_not(None) for one in refers))
        .where(~select(parent).where(*map(eq, refers, there)).exists())
    )
    return connection.scalar(lost) or 0
