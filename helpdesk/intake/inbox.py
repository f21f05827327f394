"""The inbox: whatever came in, kept byte for byte before anybody tries to understand it.

The bytes reach the disk first, then the row that names them is committed, and only then may the sender's side
forget the message (the mailbox marks it as seen, the pipe answers 0). Wherever the power fails in between, the
message is offered again and finds its row.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select, true

from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.examined_files import want_examined
from helpdesk.lib.storage import get_storage

EMAIL, WHATSAPP = "email", "whatsapp"
_MBOX_LINE = re.compile(rb"\AFrom [^\r\n]*\r?\n")
KEYS_AT_ONCE = 500  # in one statement
KEEP_SIZE_UP_TO = 2**31 - 1  # the column is a signed INTEGER on MariaDB; the bytes have no such end


@dataclass(frozen=True)
class Stored:
    """The row of a message; *is_new* is false when the very message was there already."""

    row_id: int
    is_new: bool


@dataclass(frozen=True)
class InboxState:
    """How the inbox is doing: *waiting* are not understood yet; *oldest_at* is when the oldest of them arrived."""

    waiting: int
    quarantined: int
    oldest_at: datetime | None


def store(raw: bytes | BinaryIO, *, channel: str, key: str, mailbox_id: int | None) -> Stored:
    """Keep one raw message durably, in a unit of its own; due to be understood at once.

    Whatever is offered a second time under its *key* is the row that stands, whoever else offers it at the same
    moment. Raises OSError when the disk does not take it: nothing is stored then.
    """
    digest, size = _keep_bytes(raw)
    return unit_of_work(
        lambda: _standing(channel, key) or _new_row(channel, key, mailbox_id, digest, size)
    )


def store_fetched(raw: bytes | BinaryIO, *, mailbox_id: int, place: str, uid: int) -> Stored:
    """Keep one message of a mailbox; *place* names the numbering from which its *uid* is.

    When the server numbers its messages anew (RFC 3501 §2.3.1.1), the bytes decide: a message of this mailbox that
    was stored under another numbering takes its new key and stays one row. Other bytes under a *uid* that is taken,
    as after a mail server was restored carelessly, are a message of their own.
    """
    digest, size = _keep_bytes(raw)
    key = _key_of(place, uid)

    def keep() -> Stored:
        # Looked at once: a second look may see what another reader stored since, and take its row for other bytes.
        held = select(Inbound.id, Inbound.raw_digest)
        taken = db.session.execute(held.where(Inbound.channel == EMAIL, Inbound.key == key)).first()
        if taken is None:
            twin = _renumbered(mailbox_id, place, key, digest)
            return twin or _new_row(EMAIL, key, mailbox_id, digest, size)
        if taken.raw_digest == digest:
            return Stored(taken.id, is_new=False)
        free = f"{key}/{digest[:16]}"
        return _standing(EMAIL, free) or _new_row(EMAIL, free, mailbox_id, digest, size)

    return unit_of_work(keep)


def stored_uids(place: str, uids: list[int]) -> set[int]:
    """Those of *uids* whose message is stored under *place* already. Reads only."""
    found: set[int] = set()
    for first in range(0, len(uids), KEYS_AT_ONCE):
        keys = {_key_of(place, uid): uid for uid in uids[first : first + KEYS_AT_ONCE]}
        standing = select(Inbound.key).where(Inbound.channel == EMAIL, Inbound.key.in_(keys))
        found.update(keys[key] for key in db.session.scalars(standing))
    return found


def _key_of(place: str, uid: int) -> str:
    """The key of the message *uid* within the numbering *place*."""
    return f"{place}/{uid}"


def pipe_key(raw: bytes) -> str:
    """The key of a message that was piped in: its bytes are all that names it.

    Without the line ``From sender date`` that mail servers put before a message for an mbox: it is no part of the
    message (RFC 4155), and has another date when the same message is handed over again.
    """
    return f"pipe/{hashlib.sha256(_MBOX_LINE.sub(b'', raw, count=1)).hexdigest()}"


def post_key(raw: bytes) -> str:
    """The key of a POST: the provider repeats it byte for byte until we have said that we took it."""
    return hashlib.sha256(raw).hexdigest()


def raw_of(row: Inbound) -> bytes:
    """The message, byte for byte as it came. Raises NotFound when its file is gone."""
    with open_raw(row) as file:
        return file.read()


def open_raw(row: Inbound) -> BinaryIO:
    """The message to be read piece by piece and closed by the caller; raises NotFound."""
    return get_storage().open(row.raw_digest)


def state_of_inbox(channel: str | None = None) -> InboxState:
    """Count what waits and what is in quarantine, of one channel or of all, in one statement."""
    of_channel = true() if channel is None else Inbound.channel == channel
    waiting = select(func.count()).where(Inbound.fate == "", of_channel)
    oldest = select(func.min(Inbound.arrived_at)).where(Inbound.fate == "", of_channel)
    quarantined = select(func.count()).where(Inbound.fate == Fate.QUARANTINED, of_channel)
    questions = (waiting, quarantined, oldest)
    row = db.session.execute(select(*(one.scalar_subquery() for one in questions))).one()
    return InboxState(*row)


def has_heard(channel: str) -> bool:
    """Did anything ever come in by *channel*?"""
    return (
        db.session.scalar(select(Inbound.id).where(Inbound.channel == channel).limit(1)) is not None
    )


def _keep_bytes(raw: bytes | BinaryIO) -> tuple[str, int]:
    """Outside the unit: a rerun must not write the file again, and a slow disk must not hold a lock."""
    storage = get_storage()
    digest = storage.put(raw)
    return digest, min(storage.path(digest).stat().st_size, KEEP_SIZE_UP_TO)


def _standing(channel: str, key: str) -> Stored | None:
    """The row under *key*."""
    named = select(Inbound.id).where(Inbound.channel == channel, Inbound.key == key)
    row_id = db.session.scalar(named)
    return None if row_id is None else Stored(row_id, is_new=False)


def _renumbered(mailbox_id: int, place: str, key: str, digest: str) -> Stored | None:
    """The oldest row of the same bytes that another numbering named; each row is taken over once."""
    twin = db.session.scalar(
        select(Inbound)
        .where(
            Inbound.raw_digest == digest,
            Inbound.mailbox_id == mailbox_id,
            Inbound.key.not_like(f"{place}/%"),
        )
        .order_by(Inbound.id)
        .limit(1)
        .with_for_update()
    )
    if twin is None:
        return None
    twin.key = key
    return Stored(twin.id, is_new=False)


def _new_row(channel: str, key: str, mailbox_id: int | None, digest: str, size: int) -> Stored:
    at = clock.now()
    row = Inbound(
        channel=channel,
        key=key,
        mailbox_id=mailbox_id,
        raw_digest=digest,
        size=size,
        arrived_at=at,
        look_at=at,
    )
    db.session.add(row)
    db.session.flush()
    if channel == EMAIL:  # what came in by a hook is not handed out
        want_examined([digest])
    return Stored(row.id, is_new=True)
