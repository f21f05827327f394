"""Which kept files the rows of the database name, and whether each is there and unharmed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Column, Inspector, inspect, select

from helpdesk.lib.database import db
from helpdesk.lib.storage import NAMES_A_FILE, get_storage


def named_digests() -> set[str]:
    """The digest of every file that some row names, as the database stands now."""
    with db.engine.connect() as connection:
        return {
            digest
            for column in _columns_there(inspect(connection))
            for (digest,) in connection.execute(
                select(column).where(column.is_not(None)).distinct()
            )
        }


def named_among(digests: Collection[str]) -> set[str]:
    """Those of *digests* that some row names now. Reads every table that names files, so ask about many at once."""
    wanted = sorted(digests)
    with db.engine.connect() as connection:
        return {
            digest
            for column in _columns_there(inspect(connection))
            for digest in connection.scalars(select(column).where(column.in_(wanted)).distinct())
        }


def missing_files() -> Iterator[str]:
    """A sentence for every file that a row names and that is gone or damaged."""
    storage = get_storage()
    for digest in sorted(named_digests()):
        if not storage.verify(digest):
            said = "is damaged" if storage.exists(digest) else "is gone"
            yield f"the stored file {digest} {said}"


def _columns_there(inspector: Inspector) -> Iterator[Column[str]]:
    """Those of the marked columns that the database has; before a migration it may lack the newest."""
    tables = set(inspector.get_table_names())
    for table in db.metadata.sorted_tables:
        marked = [column for column in table.columns if NAMES_A_FILE.items() <= column.info.items()]
        if marked and table.name in tables:
            there = {column["name"] for column in inspector.get_columns(table.name)}
            yield from (column for column in marked if column.name in there)
