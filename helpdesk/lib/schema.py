"""Does the database have the very schema that this program was written for?

Older and newer are told apart by the chain of migrations: a revision that the chain does not know
was made by a newer program. Web and worker refuse to start on either, for a program that half fits
its tables loses what people write.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from helpdesk.lib.database import db
from helpdesk.lib.database_file import is_gone

log = logging.getLogger(__name__)

EXIT_CODE = 4  # gunicorn gives up on it, where it would start a dead child again and again


class Fit(StrEnum):
    """How the schema stands to the program."""

    SAME = "same"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


_WHAT_TO_DO = {
    Fit.SAME: "The schema is the one this program was written for.",
    Fit.EMPTY: "The database is empty: run `make upgrade` (or `flask --app wsgi db upgrade`) first.",
    Fit.OLDER: (
        "The schema of the database ({revision}) is older than this program ({head}): "
        "stop web and worker and run `make upgrade`."
    ),
    Fit.NEWER: (
        "The schema of the database ({revision}) is newer than this program ({head}): "
        "install the newer program again, or restore a backup made before the upgrade."
    ),
}


class OtherSchema(Exception):
    """The program and the database do not belong together; the message says what to do."""


@dataclass(frozen=True)
class SchemaState:
    """The database's *revision* ("" when it has none) beside *head*, the program's own."""

    revision: str
    head: str
    fit: Fit

    @property
    def advice(self) -> str:
        """One sentence that says how it is and what to do."""
        return _WHAT_TO_DO[self.fit].format(revision=self.revision, head=self.head)


def schema_state() -> SchemaState:
    """Compare the database with the migrations of this program. Raises DBAPIError when it does not answer."""
    revision, chain = _revision(), revisions()
    return SchemaState(revision, chain[-1], _fit(revision, chain))


def refuse_other_schema(app: Flask) -> None:
    """Raise OtherSchema unless *app*'s database has the schema of this program.

    A database that does not answer is no reason: it may be starting at this very moment, and
    ``/readyz`` says so meanwhile.
    """
    with app.app_context():
        try:
            state = schema_state()
        except DBAPIError as error:
            log.warning("schema not compared: %s", type(error.orig).__name__)
            return
        finally:
            db.engine.dispose()  # a server forks after this, and a connection has one owner
    if state.fit is not Fit.SAME:
        raise OtherSchema(state.advice)


def revisions() -> tuple[str, ...]:
    """Every revision this program knows, oldest first."""
    return _chain(current_app.extensions["migrate"].directory)


def _revision() -> str:
    """What the database says; nothing where it has no table, or is not even made."""
    if is_gone(db.engine):
        return ""
    with db.engine.connect() as connection:
        return revision_in(connection)


def revision_in(connection: Connection) -> str:
    """The revision of the schema behind *connection*; nothing where it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@lru_cache(maxsize=4)
def _chain(directory: str) -> tuple[str, ...]:
    config = Config()
    config.set_main_option("script_location", directory.replace("%", "%%"))
    newest_first = ScriptDirectory.from_config(config).walk_revisions()
    return tuple(script.revision for script in newest_first)[::-1]


def _fit(revision: str, chain: tuple[str, ...]) -> Fit:
    if revision == chain[-1]:
        return Fit.SAME
    if not revision:
        return Fit.EMPTY
    return Fit.OLDER if revision in chain else Fit.NEWER
