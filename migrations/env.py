"""Alembic's environment: online only, on the engine of the running application."""

from __future__ import annotations

from alembic import context
from flask import current_app

from helpdesk import models  # noqa: F401 - every table must be known before anything is compared
from helpdesk.cli.house_command import in_one_line
from helpdesk.lib.database_file import make_file

extension = current_app.extensions["migrate"]
engine = extension.db.engine
# Made by hand in migrations because the two engines differ: full-text tables and their shadows.
_OWN = ("ticket_search",)


def is_ours(thing: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    """Leave out what a migration writes by hand."""
    return not (kind == "table" and (name or "").startswith(_OWN))


def run() -> None:
    """Run the migrations that the command asked for; a SQLite database begins here."""
    make_file(engine)
    with in_one_line():
        connection = engine.connect()
    with connection:
        context.configure(
            connection=connection,
            target_metadata=extension.db.metadata,
            render_as_batch=True,
            compare_server_default=False,
            include_object=is_ours,
            user_module_prefix="helpdesk.lib.database.",
            **{
                key: value
                for key, value in extension.configure_args.items()
                if key not in ("render_as_batch", "user_module_prefix")
            },
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
