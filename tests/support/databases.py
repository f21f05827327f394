"""Databases ready in an instant: migrated once, then copied (SQLite) or put back as they were (MariaDB)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import flask_migrate
import pymysql

from config import Settings
from tests.support.mariadb import Address

T = TypeVar("T")
SECRET_KEY = "for-tests-only-and-the-same-in-every-process"


def settings_for(url: str, instance: Path, **overrides: Any) -> Settings:
    """Settings that depend on nothing in the caller's environment."""
    return Settings.from_environment(
        {},
        database_url=url,
        instance_path=instance,
        secret_key=SECRET_KEY,
        **{"demo": False, "testing": True, **overrides},
    )


def migrate(url: str, instance: Path) -> None:
    """Bring the database at *url* to the newest schema, the way an installation does."""
    from helpdesk.app import create_app
    from helpdesk.lib.database import db

    app = create_app(settings_for(url, instance))
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class SqliteTemplate:
    """A migrated file nobody writes to; every test gets a copy."""

    file: Path

    @classmethod
    def make(cls, folder: Path) -> SqliteTemplate:
        template = cls(folder / "template.db")
        migrate(f"sqlite:///{template.file}", folder / "instance")
        return template

    def with_more(self, folder: Path, add: Callable[[], T]) -> tuple[SqliteTemplate, T]:
        """Another such file, in which *add* has written, with what it returned."""
        from helpdesk.app import create_app
        from helpdesk.lib.database import db

        more = SqliteTemplate(folder / "template.db")
        app = create_app(settings_for(self.copy_to(more.file), folder / "instance"))
        with app.app_context():
            added = add()
            db.session.remove()
            db.engine.dispose()  # the last connection to go writes everything into the file
        return more, added

    def copy_to(self, file: Path) -> str:
        """The URL of a fresh copy at *file*, whatever was there before."""
        for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
            file.with_name(name).unlink(missing_ok=True)
        shutil.copyfile(self.file, file)
        return f"sqlite:///{file}"


@dataclass(frozen=True)
class State:
    """What stood in every table of a database at one moment."""

    checksums: dict[str, int]
    rows: dict[str, list[tuple[Any, ...]]] = field(repr=False)


@dataclass
class MariadbDatabase:
    """One database on the private server, put back between tests to a state that was remembered."""

    address: Address
    name: str

    @property
    def url(self) -> str:
        return self.address.url + self.name

    def create(self) -> None:
        """Make it anew, empty."""
        with closing(self.address.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{self.name}`")
            cursor.execute(f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4")

    def drop(self) -> None:
        with closing(self.address.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{self.name}`")

    @cached_property
    def migrated(self) -> State:
        """What the migrations have left in it; to be asked before anybody writes."""
        return self.remember()

    @cached_property
    def _connection(self) -> pymysql.Connection:
        """Kept open for what happens before every test."""
        return self.address.connect(self.name)

    def remember(self) -> State:
        """What stands in it now, for tests to begin with."""
        with self._connection.cursor() as cursor:
            cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
            tables = [row[0] for row in cursor.fetchall()]
            rows = {}
            for table in tables:
                cursor.execute(f"SELECT * FROM `{table}`")  # noqa: S608 - our own table names
                rows[table] = list(cursor.fetchall())
            return State(_checksums(cursor, tables), rows)

    def with_more(self, folder: Path, add: Callable[[], T]) -> tuple[State, T]:
        """The state it is in when *add* has written into what was migrated, with what that returned."""
        from helpdesk.app import create_app
        from helpdesk.lib.database import db

        self.restore(self.migrated)
        app = create_app(settings_for(self.url, folder / "instance"))
        with app.app_context():
            added = add()
            db.session.remove()
            db.engine.dispose()
        return self.remember(), added

    def restore(self, state: State) -> None:
        """Put back each table that differs. TRUNCATE, because the audit trail refuses DELETE."""
        with self._connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            found = _checksums(cursor, list(state.checksums))
            for table in (name for name in found if found[name] != state.checksums[name]):
                cursor.execute(f"TRUNCATE TABLE `{table}`")
                if rows := state.rows[table]:
                    places = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO `{table}` VALUES ({places})", rows)  # noqa: S608


def _checksums(cursor: pymysql.cursors.Cursor, tables: list[str]) -> dict[str, int]:
    """One number per table, 0 for an empty one: one statement tells which tables a test has written into."""
    if not tables:
        return {}
    cursor.execute("CHECKSUM TABLE " + ", ".join(f"`{table}`" for table in tables))
    return dict(zip(tables, (row[1] for row in cursor.fetchall()), strict=True))
