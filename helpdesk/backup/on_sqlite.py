"""Copying a SQLite database out and in.

The copy is taken page by page inside one read transaction: under write-ahead logging it sees the
database as it stood when it began, however much is written meanwhile, and stops no writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from helpdesk.backup import CannotBackUp, CannotRestore, Note
from helpdesk.lib.database import db

FILE_NAME = "database.sqlite3"
_PAGES_AT_A_TIME = 2048


def copy_out(target: Path, note: Note) -> dict[str, int]:
    """Write the database to the file *target*; returns the rows of each table in it.

    Raises CannotBackUp when SQLite finds the copy damaged, which is to say: the original.
    """
    with closing(_open(place())) as source, closing(_open(target)) as copy:
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_schema").fetchone()  # from here on nothing changes
        page_size = source.execute("PRAGMA page_size").fetchone()[0]
        source.backup(
            copy,
            pages=_PAGES_AT_A_TIME,
            progress=lambda _status, left, total: note(
                (total - left) * page_size, total * page_size
            ),
        )
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, which a reader may open read-only
        return _checked(copy)


def rows_in(file: Path) -> dict[str, int]:
    """The rows of each table in a database file."""
    with closing(_open(file)) as copy:
        return _rows(copy)


def copy_in(source: Path, note: Note) -> dict[str, int]:
    """Put the database file *source* in the place of the empty one; returns its rows by table.

    Raises CannotRestore when SQLite gives up, as on a disk that others filled meanwhile.
    """
    file = place()
    draft = file.with_name(f".{file.name}.restored")
    draft.unlink(missing_ok=True)
    try:
        rows = put_at(draft, source)
    except sqlite3.Error as fault:
        draft.unlink(missing_ok=True)
        raise CannotRestore(
            f"The database could not be written ({fault}). Make room, and begin again: {file} is as it was."
        ) from None
    total = source.stat().st_size
    note(total, total)
    draft.chmod(0o600)
    db.session.remove()
    db.engine.dispose()
    for leftover in _companions(file):
        leftover.unlink(missing_ok=True)
    draft.replace(file)
    return rows


def place() -> Path:
    """Where the file of this installation's database is, or would be."""
    return Path(str(db.engine.url.database))


def put_at(file: Path, source: Path) -> dict[str, int]:
    """Write the database of the backup's *source* to a *file* of its own; returns its rows by table."""
    with closing(_open(source)) as copy, closing(_open(file)) as target:
        copy.backup(target)
        return _rows(target)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=15)


def _checked(copy: sqlite3.Connection) -> dict[str, int]:
    said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise CannotBackUp(f"SQLite says that the database is damaged: {said}")
    return _rows(copy)


def _rows(copy: sqlite3.Connection) -> dict[str, int]:
    """Shadow tables of the full-text search are left out: they belong to their table."""
    names = copy.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    quoted = ((name, '"' + name.replace('"', '""') + '"') for (name,) in names)
    return {
        name: copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - quoted above
        for name, table in quoted
    }


def _companions(file: Path) -> Iterator[Path]:
    """The write-ahead log of the empty database must not be read into the restored one."""
    yield from (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm", "-journal"))
