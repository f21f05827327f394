"""What is removed again: the words of a talk whose complaint is anonymous, and PINs that have arrived.

The rows stay, so that a message which the provider delivers once more is still known; what was said in them does not,
neither here nor in the stored POST. Copies in backups go with the backups.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from helpdesk.intake.inbound import Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.message import WANTED, WhatsAppMessage
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.told_keys import remove_told

JOB = "forget what was told"
FORGOTTEN = "forgotten"
ROUND = 50
# What may stay of a message in the stored POST: by these it is known again, and says nothing.
_KEPT = frozenset({"id", "from", "from_user_id", "timestamp", "type"})


def forget_talk(conversation: Conversation, story: Sequence[WhatsAppMessage]) -> None:
    """Remove what was said since the *story* began, inside the caller's unit of work.

    A file that is still to be fetched is remembered until the ticket has it.
    """
    since = min(message.said_at for message in story)
    told = select(WhatsAppMessage).where(
        WhatsAppMessage.contact_id == conversation.contact_id, WhatsAppMessage.said_at >= since
    )
    ids = {message.id for message in story}
    for message in db.session.scalars(told):
        if message.id in ids or message.ticket_id is None:
            _empty(message)
    conversation.ticket_id = None


def forget_said(messages: Iterable[WhatsAppMessage]) -> None:
    """Remove what was said in *messages*, here and in the POSTs that brought them; inside the caller's unit of work."""
    for message in messages:
        _empty(message)


def forget_again(row: Inbound, references: Iterable[str]) -> None:
    """The POST of *row* brings messages once more: the words of those that were forgotten leave it too."""
    again = select(WhatsAppMessage).where(
        WhatsAppMessage.reference.in_(list(references)),
        WhatsAppMessage.fate == FORGOTTEN,
        WhatsAppMessage.look_at.is_(None),  # else it is still to be done, from the first POST on
    )
    for message in db.session.scalars(again):
        message.inbox_id, message.look_at = row.id, clock.now()


def forget_file(message: WhatsAppMessage) -> None:
    """The ticket has the file, or it is lost: nothing leads from the message to the ticket any more."""
    message.media_id, message.media, message.media_state = None, None, ""
    message.shown_digest = message.original_digest = None
    message.ticket_id = message.event_id = None
    message.facts = {}
    message.look_at = clock.now()


def _empty(message: WhatsAppMessage) -> None:
    message.text, message.transcript, message.reply_to = "", None, None
    message.fate, message.reason = FORGOTTEN, ""
    if message.media_state == WANTED:
        message.facts = {"media": message.facts.get("media", {})}
    else:
        forget_file(message)


def forget_due(at: datetime) -> int:
    """Remove what is due at *at* from stored POSTs and from the outbox; returns how much. Opens its own units."""
    posts = db.session.scalars(
        select(WhatsAppMessage.inbox_id)
        .where(
            WhatsAppMessage.id.in_(_emptied(at)),
        )
        .distinct()
    ).all()
    db.session.rollback()  # the reading ends before the first unit begins
    for inbox_id in posts:
        _forget_posts(inbox_id)
    return len(posts) + unit_of_work(partial(remove_told, at))


def _emptied(at: datetime) -> list[int]:
    return claims.candidates(
        WhatsAppMessage,
        at,
        ROUND,
        WhatsAppMessage.fate == FORGOTTEN,
        WhatsAppMessage.media_state != WANTED,
    )


def _forget_posts(inbox_id: int) -> None:
    """The POST that brought the messages, and those of the same sender since that brought them again."""
    emptied = select(WhatsAppMessage.id, WhatsAppMessage.provider_id).where(
        WhatsAppMessage.inbox_id == inbox_id, WhatsAppMessage.fate == FORGOTTEN
    )
    provider_ids = {row.id: row.provider_id for row in db.session.execute(emptied)}
    row_ids = posts_since(inbox_id)
    db.session.rollback()
    for row_id in row_ids:
        _forget_in(row_id, set(provider_ids.values()))
    unit_of_work(lambda: _settle(list(provider_ids)))


def posts_since(inbox_id: int) -> list[int]:
    """The POST itself and the next ones of the same sender: the provider may have delivered its messages once more."""
    first = db.session.get_one(Inbound, inbox_id)
    again = select(Inbound.id).where(
        Inbound.channel == first.channel, Inbound.sender == first.sender, Inbound.id >= inbox_id
    )
    return list(db.session.scalars(again.order_by(Inbound.id).limit(ROUND)))


def _forget_in(row_id: int, provider_ids: set[str]) -> None:
    """Write the bytes anew without the words, name them on the row, and only then throw the old ones away."""
    row = db.session.get_one(Inbound, row_id)
    old = row.raw_digest
    try:
        emptied = without_words(raw_of(row), provider_ids)
    except NotFound:
        return
    db.session.rollback()
    if emptied is None:
        return
    storage = get_storage()
    new = storage.put(emptied)

    def rename() -> bool:
        fresh = db.session.get_one(Inbound, row_id, with_for_update=True)
        if fresh.raw_digest != old:
            return False
        fresh.raw_digest, fresh.size = new, len(emptied)
        db.session.flush()
        return db.session.scalar(select(Inbound.id).where(Inbound.raw_digest == old)) is None

    if unit_of_work(rename) and new != old:
        storage.discard(old)


def without_words(raw: bytes, provider_ids: set[str]) -> bytes | None:
    """The POST with nothing left of these messages but that they were; None where it holds none of them, or no JSON."""
    try:
        post = json.loads(raw)
    except ValueError:
        return None
    found = [one for one in _messages_in(post) if one.get("id") in provider_ids]
    if not any(set(one) - _KEPT for one in found):
        return None
    for message in found:
        for name in set(message) - _KEPT:
            del message[name]
    return json.dumps(post, ensure_ascii=False).encode()


def without_messages(raw: bytes, provider_ids: set[str]) -> bytes:
    """The POST without these messages and without who said nothing else in it; empty where that is all it holds.

    As it was where it holds none of them, or is no JSON.
    """
    try:
        post = json.loads(raw)
    except ValueError:
        return raw
    if not any(one.get("id") in provider_ids for one in _messages_in(post)):
        return raw
    left = False
    for envelope in _envelopes_in(post):
        messages = [one for one in envelope["messages"] if one.get("id") not in provider_ids]
        said_by = {one.get(name) for one in messages for name in ("from", "from_user_id")} - {None}
        envelope["messages"] = messages
        envelope["contacts"] = [
            one
            for one in envelope.get("contacts") or []
            if {one.get("wa_id"), one.get("user_id")} & said_by
        ]
        left = left or bool(messages or envelope.get("statuses"))
    return json.dumps(post, ensure_ascii=False).encode() if left else b""


def _messages_in(value: Any) -> list[dict[str, Any]]:
    """Every message of the envelope, however it is nested: what hangs under a key ``messages``."""
    return [
        message
        for envelope in _envelopes_in(value)
        for message in envelope["messages"]
        if isinstance(message, dict)
    ]


def _envelopes_in(value: Any) -> list[dict[str, Any]]:
    """Everything that has a list of messages."""
    found: list[dict[str, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("messages"), list):
                found.append(one)
            waiting += list(one.values())
        elif isinstance(one, list):
            waiting += one
    return found


def _settle(message_ids: list[int]) -> None:
    rows = select(WhatsAppMessage).where(
        WhatsAppMessage.id.in_(message_ids), WhatsAppMessage.media_state != WANTED
    )
    for message in db.session.scalars(rows):
        message.look_at = None
