"""A SQLite database is a file, and a file can be moved away or deleted while somebody has it open.

So nobody makes one in passing: an address that was mistyped would look like a house that is still empty. And a
connection is given out only while its file is the one that bears the name: what is written into a file without a name
is gone with the process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError

_IDENTITY = "file"
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "secure_delete=ON",  # what is deleted is overwritten in the file
    "cache_size=-32000",
    "mmap_size=1073741824",  # read where the system keeps the file: pages on 700 MB come a fifth faster
    "temp_store=MEMORY",
)


def keep_to_file(engine: Engine) -> None:
    """Let *engine* open the file of its URL and never make it, and look at each loan whether it is still that file."""
    file = _file_of(engine)
    if file is None:
        return

    @event.listens_for(engine, "do_connect")
    def _open_what_is_there(
        _dialect: Any, _record: Any, where: list[Any], how: dict[str, Any]
    ) -> None:
        where[0], how["uri"] = f"{file.as_uri()}?mode=rw", True

    @event.listens_for(engine, "connect")
    def _remember(_connection: Any, record: Any) -> None:
        record.info[_IDENTITY] = _identity(file)

    @event.listens_for(engine, "checkout")
    def _compare(_connection: Any, record: Any, _loan: Any) -> None:
        if record.info.get(_IDENTITY) != _identity(file):
            raise DisconnectionError(
                f"{file.name} is another file now, or none"
            )  # the pool opens it anew


def set_up_connections(engine: Engine) -> None:
    """Let every connection of *engine* keep what it commits, and leave the beginning of transactions to us."""

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def is_gone(engine: Engine) -> bool:
    """Is there no file where the URL of a SQLite database points to? Never so on MariaDB."""
    file = _file_of(engine)
    return file is not None and not file.exists()


def make_file(engine: Engine) -> None:
    """Make the file of a SQLite database, empty and for its owner alone, where there is none yet."""
    file = _file_of(engine)
    if file is not None:
        file.touch(mode=0o600, exist_ok=True)


def tables_in(engine: Engine) -> list[str]:
    """The names of the tables; none where there is no database yet."""
    return [] if is_gone(engine) else inspect(engine).get_table_names()


def name_of(engine: Engine) -> str:
    """What to call the database in a sentence: its URL without the password."""
    return engine.url.render_as_string(hide_password=True)


def _file_of(engine: Engine) -> Path | None:
    """Where the database is; None on MariaDB and in memory."""
    name = engine.url.database or ""
    is_file = engine.dialect.name == "sqlite" and name and not name.startswith((":", "file:"))
    return Path(name).absolute() if is_file else None


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
