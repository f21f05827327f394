"""A place to restore into on trial, which nobody else knows, and which is gone afterwards.

For SQLite a hidden folder beside the backup, for MariaDB a database of its own on the same server. What a killed
rehearsal left is known by its name and its age, and goes with the next one.
"""

from __future__ import annotations

import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from helpdesk.backup import CannotRehearse, CannotRestore, Note, on_mariadb, on_sqlite
from helpdesk.backup.room import lack_of_room, reckoned
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.engine_facts import engine_facts

LEFT_AFTER = timedelta(hours=12)  # no rehearsal takes nearly as long
_LEFT_FOLDER = re.compile(r"\..+\.[0-9a-f]{8}\.trial")
_AS_MUCH_AGAIN = 2  # stays free for the house: a rehearsal can do without, people cannot
_DISK_REFUSED = {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}
# No room, no right, no connection, no server: it says nothing about the backup
_REFUSALS = {1021, 1040, 1044, 1053, 1114, 1142, 1203, 1226, 1227, 2002, 2003, 2006, 2013}
_SERVER_REFUSED = re.compile(rf"ERROR ({'|'.join(map(str, _REFUSALS))})\b")
_STAMP = "%Y%m%dt%H%M%Sz"
_HERE = {None, "", "localhost", "127.0.0.1", "::1"}


@contextmanager
def beside(folder: Path) -> Iterator[tuple[Engine, dict[str, int]]]:
    """The SQLite database of the backup in *folder* restored beside it, with its rows by table.

    Raises CannotRehearse where there is no place, and CannotRestore where SQLite cannot put it there.
    """
    source = folder / on_sqlite.FILE_NAME
    sweep_folders(folder.parent)
    if lack := lack_of_room(folder.parent, _AS_MUCH_AGAIN * reckoned(source.stat().st_size)):
        raise CannotRehearse(lack)
    trial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.trial")
    try:
        trial.mkdir(mode=0o700)
    except OSError as refusal:
        raise CannotRehearse(f"{folder.parent} cannot be written to: {refusal.strerror}.") from None
    try:
        file = trial / on_sqlite.FILE_NAME
        rows = _put_at(file, source)
        yield _engine(URL.create("sqlite", database=str(file))), rows
    finally:
        shutil.rmtree(trial, ignore_errors=True)


@contextmanager
def on_server(folder: Path, note: Note) -> Iterator[tuple[Engine, dict[str, int]]]:
    """The MariaDB database of the backup in *folder* restored beside the live one, with its rows by table.

    Raises CannotRehearse where the server has no place for it, and CannotRestore where it does not take it.
    """
    source = folder / on_mariadb.FILE_NAME
    name = f"{db.engine.url.database}_trial_{clock.now():{_STAMP}}_{secrets.token_hex(4)}"
    try:
        with db.engine.connect() as connection:
            _sweep_databases(connection)  # first: what killed ones left may be what takes the room
        _refuse_server(source.stat().st_size)
        with db.engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4"))
    except DBAPIError as refusal:
        said = refusal.orig.args[-1] if refusal.orig else refusal
        raise CannotRehearse(f"The server gives no database for it: {said}.") from None
    try:
        _pour(source, name, note)
        engine = _engine(db.engine.url.set(database=name))
        yield engine, on_mariadb.rows_in(engine)
    finally:
        with suppress(DBAPIError), db.engine.connect() as connection:  # else it goes with the next
            _drop(connection, name)


def sweep_folders(place: Path) -> None:
    """Remove the folders in *place* that killed rehearsals left."""
    for trial in place.glob(".*.trial"):
        with suppress(OSError):  # another one sweeps here too, or it is somebody else's
            if _LEFT_FOLDER.fullmatch(trial.name) and _is_left(trial):
                shutil.rmtree(trial)


def is_refusal(error: DBAPIError) -> bool:
    """Did the server refuse, or go away, and the backup has no part in it?"""
    code = getattr(error.orig, "args", (None,))[0]
    return error.connection_invalidated or code in _REFUSALS


def _put_at(file: Path, source: Path) -> dict[str, int]:
    file.touch(mode=0o600)
    try:
        return on_sqlite.put_at(file, source)
    except sqlite3.Error as fault:
        if fault.sqlite_errorname in _DISK_REFUSED:
            raise CannotRehearse(f"The disk took no more of it ({fault}).") from None
        raise CannotRestore(f"SQLite cannot restore it ({fault}).") from None


def _is_left(trial: Path) -> bool:
    parts = list(trial.iterdir())
    if not all(part.name.startswith(on_sqlite.FILE_NAME) for part in parts):
        return False
    written_at = max(place.stat().st_mtime for place in (trial, *parts))
    return written_at < (clock.now() - LEFT_AFTER).timestamp()


def _refuse_server(dump: int) -> None:
    """Raise CannotRehearse for a server whose disk is unseen or too small, and where the copy would travel on."""
    with db.engine.connect() as connection:
        files = Path(connection.scalar(text("SELECT @@datadir")) or "")
        wanted = text("SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'log_bin')")
        said = {row.Variable_name: row.Value for row in connection.execute(wanted)}
    if said.get("wsrep_on") == "ON":
        raise CannotRehearse("A cluster would carry the copy to each of its machines.")
    if said.get("log_bin") == "ON":
        raise CannotRehearse("The server's binary log would carry the whole copy.")
    if db.engine.url.host not in _HERE or not files.is_dir():
        raise CannotRehearse("How much room the database server has cannot be seen from here.")
    size = engine_facts().size or 0
    db.session.rollback()  # the look ends before hours of work
    if lack := lack_of_room(files, _AS_MUCH_AGAIN * reckoned(max(dump, size))):
        raise CannotRehearse(lack)


def _sweep_databases(connection: Connection) -> None:
    ours = re.compile(
        rf"{re.escape(db.engine.url.database or '')}_trial_(\d{{8}}t\d{{6}}z)_[0-9a-f]{{8}}",
        re.IGNORECASE,  # some servers keep every name in lower case
    )
    for name in connection.scalars(text("SHOW DATABASES")).all():
        if found := ours.fullmatch(name):
            made_at = datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
            if made_at < clock.now() - LEFT_AFTER:
                _drop(connection, name)


def _drop(connection: Connection, name: str) -> None:
    connection.execute(text(f"DROP DATABASE IF EXISTS `{name}`"))


def _pour(source: Path, name: str, note: Note) -> None:
    try:
        on_mariadb.pour(source, name, note)
    except CannotRestore as refusal:
        if _SERVER_REFUSED.search(str(refusal)):
            raise CannotRehearse(str(refusal)) from None
        raise


def _engine(url: URL) -> Engine:
    """Nothing stays open to what is about to go."""
    return create_engine(url, poolclass=NullPool, hide_parameters=True)
