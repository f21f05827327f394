"""By which marks a mail that comes back is known as an answer to one of ours, or as belonging to a
subject.

Our own Message-IDs (``<t.<token>@domain>``) and, where the domain takes tags, our reply addresses
(``keluhan+t.<token>@domain``) carry one token that names the outbox row and cannot be made by
others. Other people's Message-IDs are kept as ``MailReference`` rows. What either is worth is for
the reader to judge: whoever was shown a mail can quote it.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from helpdesk.lib import clock
from helpdesk.lib.database import db, in_transaction
from helpdesk.lib.sealing import keyed_digest
from helpdesk.messaging.mail_reference import MailReference
from helpdesk.messaging.message import OutboxMessage, RecipientKind

ADDRESS_LENGTH = 190
SUBJECT_LENGTH = 200
MOST_IN_THREAD = 10  # Message-IDs in one header; mail programmes look at the last ones

_PURPOSE = "mail identity"
_ID_BYTES = 5
_MARK_BYTES = 10  # 80 bits: far beyond guessing, and with the id exactly 24 letters without padding
# Case does not matter in base32, and mail servers do lower-case the local part of an address.
_TOKEN = re.compile(r"(?:^|[<+\s])t\.([a-z2-7]{24})@", re.IGNORECASE)


@dataclass(frozen=True)
class OwnIdentity:
    """The message of ours that a token names: about what it was, and to whom it went."""

    subject_kind: str
    subject_id: int
    recipient_kind: RecipientKind
    recipient_id: int | None
    outbox_id: int


def message_id_of(message: OutboxMessage, domain: str) -> str:
    """The Message-ID of *message*, in angle brackets; the same each time that it is sent."""
    return f"<t.{_token(message)}@{domain}>"


def tagged_address(address: str, message: OutboxMessage) -> str:
    """*address* with the tag by which an answer to *message* is known without its headers."""
    local, _, domain = address.rpartition("@")
    return f"{local}+t.{_token(message)}@{domain}"


def read_identity(text: str) -> OwnIdentity | None:
    """Whose answer this is, by a Message-ID or an address; None for a token cut, forged or foreign."""
    found = _TOKEN.search(text)
    if found is None:
        return None
    token = found.group(1).lower()
    message = db.session.get(OutboxMessage, _id_in(token))
    if message is None or not hmac.compare_digest(_token(message), token):
        return None
    return OwnIdentity(
        message.subject_kind,
        message.subject_id,
        message.recipient_kind,
        message.recipient_id,
        message.id,
    )


def reference_of(message_id: str) -> str:
    """Under what a Message-ID is kept and found: the SHA-256 of it without brackets and spaces, its
    domain in lower case.
    """
    local, at, domain = "".join(message_id.split()).strip("<>").rpartition("@")
    return sha256(f"{local}{at}{domain.lower()}".encode("utf-8", "replace")).hexdigest()


def note_reference(
    message_id: str, *, subject: tuple[str, int], address: str, mail_subject: str = ""
) -> None:
    """Remember that *address* wrote this mail about *subject*, inside the caller's unit of work.

    Noted twice, it stands once. Raises ValueError for an empty Message-ID, which would tie
    strangers together, and RuntimeError outside a unit.
    """
    if not in_transaction():
        raise RuntimeError("a reference is noted inside the unit of work that takes the mail")
    if not message_id.strip(" <>"):
        raise ValueError("a mail without a Message-ID cannot be referred to")
    reference = reference_of(message_id)
    standing = select(MailReference.id).where(
        MailReference.reference == reference,
        MailReference.subject_kind == subject[0],
        MailReference.subject_id == subject[1],
    )
    if db.session.scalar(standing) is not None:
        return
    db.session.add(
        MailReference(
            reference=reference,
            message_id=message_id,
            mail_subject=" ".join(mail_subject.split())[:SUBJECT_LENGTH],
            address=address.lower()[:ADDRESS_LENGTH],
            subject_kind=subject[0],
            subject_id=subject[1],
            created_at=clock.now(),
        )
    )
    db.session.flush()


def subjects_of(message_ids: Iterable[str]) -> list[tuple[str, int]]:
    """The subjects to which these mails of other people belong, each once, in the order in which
    *message_ids* names them; our own Message-IDs are read by :func:`read_identity`.
    """
    wanted = list(dict.fromkeys(reference_of(one) for one in message_ids))
    if not wanted:
        return []
    rows = db.session.execute(
        select(MailReference.reference, MailReference.subject_kind, MailReference.subject_id)
        .where(MailReference.reference.in_(wanted))
        .order_by(MailReference.id.desc())
    ).all()
    by_order = sorted(rows, key=lambda row: wanted.index(row.reference))
    return list(dict.fromkeys((row.subject_kind, row.subject_id) for row in by_order))


def mails_from(address: str, subject: tuple[str, int]) -> list[MailReference]:
    """The newest mails of *address* about *subject*, oldest first: what an answer continues."""
    newest = db.session.scalars(
        select(MailReference)
        .where(
            MailReference.subject_kind == subject[0],
            MailReference.subject_id == subject[1],
            MailReference.address == address.lower(),
        )
        .order_by(MailReference.id.desc())
        .limit(MOST_IN_THREAD)
    )
    return list(newest)[::-1]


def _token(message: OutboxMessage) -> str:
    """Bound to the moment and the occasion of the row as well as to its id: after a backup was
    restored, the ids since then are given out again, and an old token must not open what is
    another person's now.
    """
    said = f"{message.id} {message.created_at.isoformat()} {message.dedupe_key}"
    mark = bytes.fromhex(keyed_digest(said, purpose=_PURPOSE, owner=message.subject_kind))
    whole = message.id.to_bytes(_ID_BYTES, "big") + mark[:_MARK_BYTES]
    return b32encode(whole).decode().lower()


def _id_in(token: str) -> int:
    return int.from_bytes(b32decode(token.upper())[:_ID_BYTES], "big")
