"""How far a message got. News comes late, twice and out of order; a status only ever moves forward."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import ColumnElement, update

from helpdesk.lib import clock
from helpdesk.lib.database import db, in_transaction, rows_changed
from helpdesk.messaging.message import MessageStatus, OutboxMessage
from helpdesk.messaging.sending_again import sent_again_as

# The statuses from which each may be reached. A provider that says "read" has said "delivered";
# what arrived cannot fail any more, and what failed for good stays so.
REACHED_FROM: dict[MessageStatus, frozenset[MessageStatus]] = {
    "sent": frozenset({"queued"}),
    "delivered": frozenset({"queued", "sent"}),
    "read": frozenset({"queued", "sent", "delivered"}),
    "failed": frozenset({"queued", "sent"}),
}

_REFERENCE_LENGTH = 128  # of the column
_BY_DIGEST = "sha256:"


def kept_reference(reference: str) -> str:
    """What names a message of ours by its provider's *reference*: nobody says how long that may be."""
    if len(reference) <= _REFERENCE_LENGTH:
        return reference
    return _BY_DIGEST + digest_of(reference)


def digest_of(reference: str) -> str:
    """By which an answer quotes what has this *reference*, be it whole or as ``kept_reference`` keeps it."""
    if reference.startswith(_BY_DIGEST):
        return reference.removeprefix(_BY_DIGEST)
    return hashlib.sha256(reference.encode("utf-8", "replace")).hexdigest()


def move_forward(status: MessageStatus, *which: ColumnElement[bool], **changes: object) -> bool:
    """Bring the message that *which* selects to *status*, unless that would be a step back."""
    if status not in REACHED_FROM:
        raise ValueError(f"a message cannot become {status!r}")
    if not in_transaction():
        raise RuntimeError("a status is moved inside a unit of work")
    if not changes.get("error"):
        changes.pop("error", None)
    if status == "failed":
        changes["failed_at"] = clock.now()
    moved = rows_changed(
        update(OutboxMessage)
        .where(*which, OutboxMessage.status.in_(REACHED_FROM[status]))
        .values(status=status, **changes)
        .execution_options(synchronize_session=False)
    )
    return moved > 0


def keep_facts(message_id: int, facts: Mapping[str, object]) -> None:
    """Note how a message left us although a receipt was faster and its status stands further on already.

    Inside the caller's unit of work. Whether it was read need only be looked at while it was not; what failed
    meanwhile is looked at now.
    """
    message = db.session.get_one(OutboxMessage, message_id, populate_existing=True)
    for name, value in facts.items():
        setattr(message, name, value)
    if message.status == "failed" and message.check_at is not None:
        message.check_at = clock.now() if sent_again_as(message) is None else None
    elif message.status == "read":
        message.check_at = None
