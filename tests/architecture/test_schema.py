"""What every table keeps to, so that both engines and a cluster can hold it."""

from __future__ import annotations

import ast
import subprocess
import sys

from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, String, Text

from config import ROOT
from helpdesk.lib.storage import NAMES_A_FILE
from tests.architecture.schema import owners, tables
from tests.architecture.source import sources

# Digests of what is written elsewhere, of a chain, or of bytes that are kept in a cleaned copy only.
NAME_NO_FILE = {
    "inbox.body_digest",  # tells two mails with one Message-ID apart
    "attachments.received_digest",
    "audit_entries.digest",
    "examined_files.digest",  # what is said of a content goes with the content, and does not keep it
    "audit_entries.previous_digest",
    "audit_head.digest",
    "kept_files.received_digest",
    "letters.fields_digest",
    "once_keys.body_digest",
    "staff_telephones.code_digest",
}
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


def test_migrations_follow_each_other_in_one_line() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


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


def test_every_column_that_names_a_file_says_so() -> None:
    """By the mark a backup knows what must be in it: a digest without one would be a file that is not backed up."""
    unmarked = {
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if column.name.endswith("digest") and not NAMES_A_FILE.items() <= column.info.items()
    }
    assert unmarked == NAME_NO_FILE


def test_the_running_application_knows_every_table() -> None:
    """Also without helpdesk/models.py, which only migrations and tests import."""
    told = (
        "from helpdesk.app import create_app; from config import Settings; from pathlib import Path\n"
        "create_app(Settings('sqlite://', 'x', Path('build')))\n"
        "from helpdesk.lib.database import db; known = set(db.metadata.tables)\n"
        "import helpdesk.models; print(*(set(db.metadata.tables) - known))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == ""


def test_names_fit() -> None:
    names = [
        str(thing.name)
        for table in tables()
        for thing in (table, *table.columns, *table.indexes, *table.constraints)
        if thing.name
    ]
    assert not [name for name in names if len(name) > MARIADB_NAME]
