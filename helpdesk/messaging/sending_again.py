"""A message that failed goes once more: as a new row, because what failed for good stays so.

What its server said stays readable on the old row, and a late report on the first sending changes nothing about the
second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db, in_transaction
from helpdesk.lib.errors import Conflict
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import way_to
from helpdesk.messaging.told_keys import FAMILIES, family_of, is_removed

PIN_IS_GONE = _l(
    "Number and PIN are kept in this message no longer, so it cannot be sent again. Customer care can give the "
    "complainant a new PIN, unless the complaint is anonymous."
)
_AGAIN = "again/"
# What was said, to whom and by which road; everything else is how the sending went.
_SAID = (
    "event",
    "language",
    "template_version",
    "recipient_kind",
    "recipient_id",
    "subject_kind",
    "subject_id",
    "text",
    "enclosures",
    "cc",
    "choices",
)


def send_again(
    message: OutboxMessage, *, by: Actor, values: Mapping[str, str] | None = None
) -> OutboxMessage:
    """Queue the same message anew, inside the caller's unit of work; noted in the audit trail.

    To the complainant it goes where it went, to staff where they are reached today, but not on WhatsApp again. *values*
    take the place of those that hold no longer, such as a link. Raises Conflict for a message that did not fail, for
    one that was sent again already, for one whose PIN is no longer in it, and for one to somebody who has left;
    RuntimeError outside a unit.
    """
    if not in_transaction():
        raise RuntimeError("a message is sent again inside a unit of work")
    if message.status != "failed":
        raise Conflict(_l("This message did not fail: there is nothing to send again."))
    if sent_again_as(message) is not None:
        raise Conflict(_l("Somebody has already sent this message again."))
    if is_removed(message):
        raise Conflict(PIN_IS_GONE)
    said: dict[str, Any] = {name: getattr(message, name) for name in _SAID}
    said["values"] = {**message.values, **(values or {})}
    said["channel"], said["address"] = _reached_at(message)
    at = clock.now()
    fresh = OutboxMessage(**said, dedupe_key=_key(message), created_at=at, look_at=at)
    db.session.add(fresh)
    db.session.flush()
    trail.record(
        "message_sent_again",
        by=by,
        subject=("message", message.id),
        details={"event": message.event, "channel": message.channel, "as": fresh.id},
    )
    return fresh


def sent_again_as(message: OutboxMessage) -> OutboxMessage | None:
    """The message by which *message* was sent again; None while it was not."""
    keys = keys_of_sending_again(message.id)
    return db.session.scalar(select(OutboxMessage).where(OutboxMessage.dedupe_key.in_(keys)))


def ids_left_failed(messages: Iterable[OutboxMessage]) -> set[int]:
    """The ids of those of *messages* that failed and that nobody sent again; one statement at most."""
    keys = {
        key: message.id
        for message in messages
        if message.status == "failed"
        for key in keys_of_sending_again(message.id)
    }
    if not keys:
        return set()
    used = db.session.scalars(
        select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(keys))
    )
    return set(keys.values()) - {keys[key] for key in used}


def keys_of_sending_again(message_id: int) -> list[str]:
    """Every key that the second sending may have: a PIN may be removed from the one and not from the other."""
    return [f"{family}{_AGAIN}{message_id}" for family in ("", *FAMILIES)]


def is_sent_again(message: OutboxMessage) -> bool:
    """Is it the second sending of one that failed?"""
    return message.dedupe_key.removeprefix(family_of(message)).startswith(_AGAIN)


def _reached_at(message: OutboxMessage) -> tuple[str, str]:
    if message.recipient_kind != "staff" or message.recipient_id is None:
        return message.channel, message.address
    user = db.session.get(User, message.recipient_id)
    if user is None or not user.is_active:
        raise Conflict(_l("The account of this person is closed: nothing more is sent to them."))
    # What WhatsApp did not bring is not tried there once more.
    return way_to(user, message.event, without_whatsapp=message.channel == "whatsapp")


def _key(message: OutboxMessage) -> str:
    """A PIN is hidden in the second sending as in the first."""
    return f"{family_of(message)}{_AGAIN}{message.id}"
