"""What stands behind the database URL, as an administrator wants to know it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from helpdesk.lib.database import db

_SQLITE_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_MARIADB_SIZE = (
    "SELECT SUM(data_length + index_length) FROM information_schema.tables"
    " WHERE table_schema = DATABASE()"
)


@dataclass(frozen=True)
class EngineFacts:
    """The engine's name and version, and the bytes the database takes (None when it does not say)."""

    name: str
    version: str
    size: int | None


def engine_facts() -> EngineFacts:
    """Ask the engine; on MariaDB the size is its own estimate and may be a little old."""
    version = ".".join(map(str, db.session.connection().dialect.server_version_info or ()))
    if db.engine.dialect.name == "sqlite":
        size = db.session.scalar(text(_SQLITE_SIZE))
        return EngineFacts("SQLite", version, int(size or 0))
    size = db.session.scalar(text(_MARIADB_SIZE))
    return EngineFacts("MariaDB", version, None if size is None else int(size))
