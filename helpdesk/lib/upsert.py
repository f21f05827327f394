"""One statement that inserts a row or, when its key exists, updates it; written for both engines.

Neither a lost update nor a "row appeared between look and insert" can happen: the row is locked
from here to the end of the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk.lib.database import db


def upsert(
    model: type[Any],
    row: Mapping[str, Any],
    update: Mapping[str, Any],
    *,
    gives: InstrumentedAttribute[Any] | None = None,
) -> Any:
    """Insert *row*, or apply *update* to the row that has its primary key, inside the caller's
    unit; returns what then stands in the column *gives*, where one is named.

    *update* maps column names to values or expressions over the columns of the row as it stands.
    MariaDB applies them in order and an expression sees the columns already changed before it: put
    first what others depend on last.
    """
    statement: sqlite.Insert | mysql.Insert
    if db.session.get_bind().dialect.name == "sqlite":
        keys = [column.name for column in model.__table__.primary_key]
        into = sqlite.insert(model).values(**row)
        statement = into.on_conflict_do_update(index_elements=keys, set_=dict(update))
    else:
        statement = mysql.insert(model).values(**row).on_duplicate_key_update(list(update.items()))
    if gives is None:
        db.session.execute(statement)
        return None
    return db.session.execute(statement.returning(gives)).scalar_one()
