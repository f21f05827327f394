"""Numbers without gaps: one row per sequence, counted up under its lock."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib.database import Model, db, in_transaction, run_core


class Sequence(Model):
    """The last number given out under a name such as ``ticket/2026``."""

    __tablename__ = "sequences"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


def take_next(name: str) -> int:
    """Take the next number of the sequence *name*, beginning with 1, inside the caller's unit of
    work.

    The row stays locked until the unit ends, so a rollback gives the number back and nobody can
    have taken the one after it. Take it as the last statement of the unit: everybody else who wants
    a number is waiting.

    Raises RuntimeError outside a unit of work and ValueError for a name of more than 64 characters.
    """
    if not in_transaction():
        raise RuntimeError("a number is taken inside a unit of work")
    if len(name) > 64:
        raise ValueError(f"the name of a sequence has at most 64 characters: {name!r}")
    count_up = _COUNT_UP[db.session.get_bind().dialect.name == "sqlite"]
    taken: int = run_core(count_up, {"name": name}).scalar_one()
    return taken


_TABLE = cast("Table", Sequence.__table__)
_FIRST = {"name": bindparam("name"), "last": 1}
_NEXT = {"last": _TABLE.c.last + 1}
_COUNT_UP = {
    True: sqlite.insert(_TABLE)
    .values(_FIRST)
    .on_conflict_do_update(index_elements=["name"], set_=_NEXT)
    .returning(_TABLE.c.last),
    False: mysql.insert(_TABLE)
    .values(_FIRST)
    .on_duplicate_key_update(_NEXT)
    .returning(_TABLE.c.last),
}
