"""Addresses and numbers at which nobody is reached any more, until something comes from there."""

from __future__ import annotations

from sqlalchemy import select, update

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.registry.complainant import Identifier, IdentifierKind

REASON_LENGTH = 200


def note_undeliverable(kind: IdentifierKind, value: str, reason: str) -> None:
    """Remember, inside the caller's unit of work, that what was sent to *value* came back for good.

    For everybody who left it: a family shares an address. *reason* is in the words of the server.
    """
    _change(
        kind,
        value,
        {"undeliverable_at": clock.now(), "undeliverable_reason": reason[:REASON_LENGTH]},
    )


def note_reached(kind: IdentifierKind, value: str) -> None:
    """Something came from there: it works again, inside the caller's unit of work."""
    _change(kind, value, {"undeliverable_at": None, "undeliverable_reason": ""})


def undelivered_at(kind: IdentifierKind, value: str) -> Identifier | None:
    """The identifier, where what was sent there came back for good; None when nothing is known against it."""
    return db.session.scalar(
        select(Identifier)
        .where(
            Identifier.kind == kind.value,
            Identifier.value == value,
            Identifier.undeliverable_at.is_not(None),
        )
        .limit(1)
    )


def _change(kind: IdentifierKind, value: str, changes: dict[str, object]) -> None:
    db.session.execute(
        update(Identifier)
        .where(Identifier.kind == kind.value, Identifier.value == value)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )
