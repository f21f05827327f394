"""Rows that people edit: taken fresh and locked, and whoever would save over another's change learns of it."""

from __future__ import annotations

from typing import Protocol, TypeVar

from flask_babel import lazy_gettext as _l

from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, NotFound

CHANGED_MEANWHILE = _l(
    "Somebody changed this in the meantime. Compare both texts, then save again."
)


class Edited(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int: ...


Row = TypeVar("Row", bound=Edited)


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
