"""What every table keeps to, so that both engines and a cluster can hold it."""

from __future__ import annotations

import ast

from sqlalchemy import DateTime, String, Text

from tests.architecture.schema import owners, tables
from tests.architecture.source import sources

MARIADB_NAME = 64  # characters that MariaDB gives a name


def test_every_table_has_a_primary_key() -> None:
    """Galera replicates rows by it."""
    assert not [table.name for table in tables() if not table.primary_key.columns]


def test_every_table_is_mapped_by_a_class() -> None:
    assert not {table.name for table in tables()} - set(owners())


def test_migrations_see_every_model() -> None:
    """Alembic compares the database with what helpdesk/models.py imports."""
    (models,) = sources("helpdesk/models.py")
    named = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(models.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not set(owners().values()) - named


def test_every_string_has_a_length() -> None:
    """MariaDB demands one, and refuses what is longer."""
    wrong = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if isinstance(column.type, String)
        and not isinstance(column.type, Text)
        and not column.type.length
    ]
    assert not wrong


def test_moments_are_aware() -> None:
    """A plain DateTime loses its zone, and on MariaDB its microseconds: use Moment."""
    wrong = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if isinstance(column.type, DateTime)
    ]
    assert not wrong


def test_names_fit() -> None:
    names = [
        str(thing.name)
        for table in tables()
        for thing in (table, *table.columns, *table.indexes, *table.constraints)
        if thing.name
    ]
    assert not [name for name in names if len(name) > MARIADB_NAME]
