"""The database: one session, two engines, and the one way to write.

Reads run in ordinary transactions. Every write runs in :func:`unit_of_work`, which reruns the whole function
when the engine says that two writers met. On SQLite a unit begins with ``BEGIN IMMEDIATE``: a transaction that
reads first and writes later fails at once as "locked" under the default BEGIN, whatever the timeout. On MariaDB
the isolation is READ COMMITTED.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, CursorResult, DateTime, Executable, MetaData, Row, Text, event
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from helpdesk.lib.database_file import keep_to_file, set_up_connections
from helpdesk.lib.database_line import hang_up_on_the_dead
from helpdesk.lib.present import present

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])

ATTEMPTS = 4
_unit_open: ContextVar[bool] = ContextVar("unit_open", default=False)
_unit_kept: ContextVar[dict[str, Any] | None] = ContextVar("unit_kept", default=None)
_AFTER_COMMIT = "after commit"
_CONNECTION = "connection"

# 1205 lock wait timeout, 1213 deadlock (also Galera's certification conflict), 1020 record changed since read
_MARIADB_RETRY = {1205, 1213, 1020}


class Base(DeclarativeBase):
    """Every model stands on this; constraint names are predictable so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """The base of every table, as the type checker knows it."""

        __abstract__ = True

else:
    Model = db.Model


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment, to the microsecond on both engines; a naive one is a mistake and raises ValueError."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its zone: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """Facts as JSON text. MariaDB's JSON type is LONGTEXT with a check, so plain JSON serves on both."""

    impl = JSON
    cache_ok = True


def LongText() -> Text:  # noqa: N802 - reads as a column type
    """Unlimited text: MariaDB's TEXT ends at 64 KB, which a long complaint can pass."""
    return Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def init_database(app: Flask, url: str) -> None:
    """Bind the session to *url* with the pool and transaction rules of the house."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            hang_up_on_the_dead(db.engine)


def _engine_options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "json_serializer": lambda value: json.dumps(value, ensure_ascii=False),
        "hide_parameters": True,  # a fault in the log must not quote what people wrote
    }
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 15, "check_same_thread": False}
    else:
        options.update(
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_recycle=1800,
            pool_size=8,
            max_overflow=8,
            connect_args={"charset": "utf8mb4", "init_command": "SET time_zone='+00:00'"},
        )
    return options


def _prepare_sqlite(engine: Engine) -> None:
    keep_to_file(engine)
    set_up_connections(engine)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _unit_open.get() else "BEGIN")


def read_rows(
    statement: Executable, values: Mapping[str, Any] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a statement that names columns only, in the session's transaction but without its book-keeping.

    For pages that read and do not write: what is still to be flushed is not seen.
    """
    return run_core(statement, values).all()


def run_core(
    statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement on tables and columns in the session's transaction, which costs half of ``session.execute``.

    What is still to be flushed is not flushed first.
    """
    return _connection().execute(statement, values)


def _connection() -> Connection:
    """The session's, until its transaction ends: asking the session each time costs as much as a short statement."""
    here = present()
    kept: Connection | None = here.get(_CONNECTION)
    if kept is None or kept.closed:
        kept = here[_CONNECTION] = db.session.connection()
    return kept


def rows_changed(statement: Executable) -> int:
    """Run an UPDATE or DELETE in the session; how many rows it met."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def in_transaction() -> bool:
    """Is a unit of work open in this context? (No network then.)"""
    return _unit_open.get()


def unit_of_work(fn: Callable[[], T]) -> T:
    """Run *fn* in one write transaction and commit it; the only way to write.

    When the engine reports a deadlock, a lock timeout, a certification conflict or a busy file, or when a unique
    key was won by another at the same moment, everything is rolled back and the **whole** *fn* runs again, at most
    ATTEMPTS times with jitter. *fn* must therefore have no effect outside the database.

    Raises RuntimeError when a unit is already open: units do not nest.
    """
    if _unit_open.get():
        raise RuntimeError("a unit of work is already open")
    for attempt in range(1, ATTEMPTS + 1):
        db.session.rollback()
        # Whatever was read before is read again inside. The rollback alone does not see to it: after an earlier
        # unit's commit there is nothing to roll back, and its rows live on in the session as they were then.
        db.session.expire_all()
        with _open_unit() as after_commit:
            try:
                result = fn()
                db.session.commit()
                for act in after_commit:
                    act()
                return result
            except DBAPIError as error:
                db.session.rollback()
                if attempt == ATTEMPTS or not _met_another_writer(error):
                    raise
            except BaseException:
                db.session.rollback()
                raise
        time.sleep(random.uniform(0.005, 0.05) * attempt)
    raise AssertionError("unreachable")


@contextmanager
def _open_unit() -> Iterator[list[Callable[[], None]]]:
    """Open a unit; gives what is to be done once it has committed."""
    acts: list[Callable[[], None]] = []
    token, kept = _unit_open.set(True), _unit_kept.set({_AFTER_COMMIT: acts})
    try:
        yield acts
    finally:
        _unit_open.reset(token)
        _unit_kept.reset(kept)


def kept_in_unit(name: str, make: Callable[[], T]) -> T:
    """What *make* gives, read once in a unit of work; outside one it is asked anew each time.

    For what cannot sensibly change between two statements of one unit, such as the calendars.
    """
    kept = _unit_kept.get()
    if kept is None:
        return make()
    if name not in kept:
        kept[name] = make()
    found: T = kept[name]
    return found


def once_committed(act: Callable[[], None]) -> None:
    """Do *act* when the present unit of work has committed; never when it is rolled back, and only once if it is rerun.

    For what this process keeps in its memory of what the unit read.
    """
    if (kept := _unit_kept.get()) is None:
        raise RuntimeError("there is no unit of work to wait for")
    kept[_AFTER_COMMIT].append(act)


def keep_in_unit(name: str, value: object) -> None:
    """Let ``kept_in_unit`` give *value* from now on: the present unit has changed it. Outside one, nothing is kept."""
    if (kept := _unit_kept.get()) is not None:
        kept[name] = value


def take_back() -> None:
    """Undo what the present unit of work has done so far, to the last thing it kept in mind; it goes on from there."""
    db.session.rollback()
    if (kept := _unit_kept.get()) is not None:
        acts = kept[_AFTER_COMMIT]
        acts.clear()
        kept.clear()
        kept[_AFTER_COMMIT] = acts


def _met_another_writer(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return _is_unique_violation(error) or _is_lost_reference(error)
    code = getattr(error.orig, "args", (None,))[0]
    if code in _MARIADB_RETRY:
        return True
    return "database is locked" in str(error.orig) or "database is busy" in str(error.orig)


def _is_unique_violation(error: IntegrityError) -> bool:
    """The other writer won the key between our look and our insert; a second look will see its row."""
    code = getattr(error.orig, "args", (None,))[0]
    return code == 1062 or "UNIQUE constraint failed" in str(error.orig)


def _is_lost_reference(error: IntegrityError) -> bool:
    """A row was deleted between another writer's look at it and their reference to it, which MariaDB alone allows."""
    code = getattr(error.orig, "args", (None,))[0]
    return code in (1451, 1452)


def in_own_units(view: View) -> View:
    """Mark a view that opens its units itself because it works slowly first (hashing, cleaning photographs)."""
    view.in_own_units = True  # type: ignore[attr-defined]
    return view
