"""Numbers without gaps: one row per sequence, counted up under its lock."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib.database import Model, db, in_transaction
from helpdesk.lib.upsert import upsert


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
    upsert(Sequence, {"name": name, "last": 1}, {"last": Sequence.last + 1})
    return db.session.execute(_LAST, {"name": name}).scalar_one()


_LAST = select(Sequence.last).where(Sequence.name == bindparam("name"))
