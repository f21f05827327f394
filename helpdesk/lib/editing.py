"""What people edit: whoever would save over another's change learns of it.

A row is taken fresh and locked. Words are never changed: they get another version.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk.lib.database import Base, db
from helpdesk.lib.errors import Conflict, NotFound

CHANGED_MEANWHILE = _l(
    "Somebody changed this in the meantime. Compare both texts, then save again."
)
WORDS_CHANGED_MEANWHILE = _l(
    "Somebody changed these words in the meantime. Compare both, then save again."
)


class Edited(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int: ...


Row = TypeVar("Row", bound=Edited)
AnyRow = TypeVar("AnyRow", bound=Base)


def find_row(kind: type[AnyRow], row_id: int) -> AnyRow:
    """The row, to be looked at; raises NotFound."""
    row = db.session.get(kind, row_id)
    if row is None:
        raise NotFound
    return row


def take_row(kind: type[Row], row_id: int, version: int | None = None) -> Row:
    """The row, locked until the unit of work ends.

    Raises NotFound, and Conflict when it no longer has the *version* that was read.
    """
    row = db.session.get(kind, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    return row


def next_version(
    versions: InstrumentedAttribute[int], *of: ColumnElement[bool], seen: int | None = None
) -> int:
    """The number after the newest of *versions* of what *of* names; version 0 came with the product.

    Raises Conflict when *seen* is given and is not the newest. Two who save at the same moment meet at the unique key;
    the later one then finds a conflict.
    """
    newest = db.session.scalar(select(func.max(versions)).where(*of)) or 0
    if seen is not None and newest != seen:
        raise Conflict(WORDS_CHANGED_MEANWHILE)
    return newest + 1
