"""Taking a demo away again: only ever a database that was begun as one."""

from __future__ import annotations

from sqlalchemy import MetaData

from helpdesk.demo.marks import NotADemo, is_demo
from helpdesk.lib.database import db


def wipe_demo() -> None:
    """Drop every table of the demo; the migrations make them anew.

    Raises NotADemo for any other database. Stop web and worker before: they would find nothing there.
    """
    if not is_demo():
        raise NotADemo("This database is no demo. Nothing was removed.")
    db.session.remove()
    with db.engine.begin() as connection:
        found = MetaData()
        found.reflect(connection, only=lambda name, _meta: not name.startswith("ticket_search_"))
        found.drop_all(connection)
    db.engine.dispose()
