"""The outbox: what is to be said, noted in the same commit as what happened. The row is the queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from helpdesk.accounts.user import User
from helpdesk.lib import clock
from helpdesk.lib.database import db, in_transaction, run_core
from helpdesk.lib.errors import NotFound
from helpdesk.messaging import templates
from helpdesk.messaging.message import OutboxMessage, RecipientKind
from helpdesk.messaging.whatsapp.staff_telephones import address_for

# Why it was never sent: the contact turned out not to be the complainant's
NOT_THEIRS = "not-theirs"
# Its words and its address were deleted with the personal data of a complaint
FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Enclosure:
    """A file that goes along: what it is called, what it is, and its bytes in the storage."""

    name: str
    media_type: str
    digest: str


@dataclass(frozen=True)
class OwnWords:
    """What somebody wrote for this one message, in place of a wording or above it, with files and who gets a copy."""

    text: str
    enclosures: tuple[Enclosure, ...] = ()
    cc: tuple[str, ...] = ()


def queue(
    event: str,
    *,
    dedupe_key: str,
    channel: str,
    address: str,
    language: str,
    recipient_kind: RecipientKind,
    recipient_id: int | None,
    subject: tuple[str, int],
    values: Mapping[str, object],
    own_words: OwnWords | None = None,
    choices: Mapping[str, Any] | None = None,
) -> int | None:
    """Note one message to one person, inside the caller's unit of work; its id, or None when already queued.

    *dedupe_key* names occasion and person: what runs twice speaks once. Of *values* those are kept that the event
    knows; *choices* may be tapped. Raises ValueError for what is unknown or missing.
    """
    if not in_transaction():
        raise RuntimeError("a message is queued inside the unit of work that gives the occasion")
    kept = templates.values_for(event, values)
    if not (channel and address):
        raise ValueError(f"nobody to tell {event!r}: no channel or address")
    if _is_queued(dedupe_key):
        return None
    spoken, at = templates.spoken(language), clock.now()
    message = {
        "dedupe_key": dedupe_key,
        "event": event,
        "language": spoken,
        "template_version": templates.wording(event, spoken).version,
        "values": kept,
        "channel": channel,
        "address": address,
        "recipient_kind": recipient_kind,
        "recipient_id": recipient_id,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "created_at": at,
        "look_at": at,
        **_more(own_words, choices),
    }
    key: Any = run_core(_ADDED, message).inserted_primary_key
    return int(key[0])


def queue_for(
    user: User,
    event: str,
    *,
    occasion: str,
    subject: tuple[str, int],
    values: Mapping[str, object],
) -> int | None:
    """Note one message to a member of staff, in their language, by :func:`way_to` them.

    *occasion* names why, without the person. Otherwise as :func:`queue`.
    """
    channel, address = way_to(user, event)
    return queue(
        event,
        dedupe_key=f"{occasion}/{user.id}",
        channel=channel,
        address=address,
        language=user.locale,
        recipient_kind="staff",
        recipient_id=user.id,
        subject=subject,
        values=values,
    )


def way_to(user: User, event: str, *, without_whatsapp: bool = False) -> tuple[str, str]:
    """Channel and address at which a member of staff is told of *event*, inside the caller's unit of work.

    On the telephone that they connected, else by email, else where the administrator reads it.
    """
    telephone = "" if without_whatsapp else address_for(user, event)
    if telephone:
        return "whatsapp", telephone
    return ("email", user.email) if user.email else ("console", user.username)


def _more(own_words: OwnWords | None, choices: Mapping[str, Any] | None) -> dict[str, Any]:
    tapped = {"choices": dict(choices)} if choices is not None else {}
    if own_words is None:
        return tapped
    return {
        **tapped,
        "text": own_words.text,
        "enclosures": [asdict(one) for one in own_words.enclosures],
        "cc": list(own_words.cc),
    }


def messages_about(kind: str, subject_id: int) -> list[OutboxMessage]:
    """Everything said about one subject, such as ``("ticket", 42)``, oldest first."""
    return list(
        db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.subject_kind == kind, OutboxMessage.subject_id == subject_id)
            .order_by(OutboxMessage.id)
        )
    )


def said_since(event: str, subject: tuple[str, int], since: datetime) -> list[OutboxMessage]:
    """What of *event* was said about *subject* after the moment *since*."""
    return list(
        db.session.scalars(
            select(OutboxMessage).where(
                OutboxMessage.subject_kind == subject[0],
                OutboxMessage.subject_id == subject[1],
                OutboxMessage.event == event,
                OutboxMessage.created_at > since,
            )
        )
    )


def find_message(message_id: int) -> OutboxMessage:
    """The message; raises NotFound, also where its words were deleted."""
    message = db.session.get(OutboxMessage, message_id)
    if message is None or message.error == FORGOTTEN:
        raise NotFound
    return message


def has_arrived_at(channel: str, address: str) -> bool:
    """Did anything that we sent to *address* go out, and not come back?"""
    arrived = select(OutboxMessage.id).where(
        OutboxMessage.channel == channel,
        OutboxMessage.address == address,
        OutboxMessage.status.in_(("sent", "delivered", "read")),
    )
    return db.session.scalar(arrived.limit(1)) is not None


def call_back(subject: tuple[str, int], addresses: Collection[str]) -> None:
    """Let nothing more about *subject* go to *addresses* that are not the complainant's, nor be waited for there.

    Inside the caller's unit of work. What a postman is handing over at this moment still goes.
    """
    theirs = (
        OutboxMessage.subject_kind == subject[0],
        OutboxMessage.subject_id == subject[1],
        OutboxMessage.recipient_kind == "complainant",
        OutboxMessage.address.in_(sorted(addresses)),
    )
    never = {"status": "failed", "look_at": None, "error": NOT_THEIRS, "failed_at": clock.now()}
    db.session.execute(
        update(OutboxMessage).where(*theirs, OutboxMessage.status == "queued").values(**never)
    )
    db.session.execute(update(OutboxMessage).where(*theirs).values(check_at=None))


def newest_messages(
    *, status: str | None = None, before_id: int | None = None, limit: int = 50
) -> list[OutboxMessage]:
    """A page of the outbox, newest first; the next page is asked for with the last id as
    *before_id*.
    """
    page = select(OutboxMessage).where(OutboxMessage.error != FORGOTTEN)
    page = page.order_by(OutboxMessage.id.desc()).limit(limit)
    if status is not None:
        page = page.where(OutboxMessage.status == status)
    if before_id is not None:
        page = page.where(OutboxMessage.id < before_id)
    return list(db.session.scalars(page))


def _is_queued(dedupe_key: str) -> bool:
    return run_core(_QUEUED, {"dedupe_key": dedupe_key}).scalar() is not None


_QUEUED = select(OutboxMessage.id).where(OutboxMessage.dedupe_key == bindparam("dedupe_key"))
_ADDED = insert(OutboxMessage)
