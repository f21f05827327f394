"""Idempotency keys: a double click, a browser's retry and a form sent again give one result.

A form carries a random key. The act remembers it in the same unit of work that creates the result,
so a rollback forgets it. When two requests bring one key at the same moment, the unique key
decides: the later waits for the earlier, its unit of work is rolled back and run again, and then it
sees the earlier's result.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Index, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from helpdesk.lib import clock
from helpdesk.lib.database import Model, Moment, db, in_transaction, run_core

RESULT_LENGTH = 120


class OnceKey(Model):
    """One remembered key; only digests of the key and of the session are kept."""

    __tablename__ = "once_keys"
    __table_args__ = (Index("ix_once_keys_created_at", "created_at"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_hash: Mapped[str] = mapped_column(String(64))
    body_digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(RESULT_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Fresh:
    """Never seen: do the act, then ``settle`` the key."""


@dataclass(frozen=True)
class Same:
    """This very request was already done; answer with *result* again."""

    result: str


@dataclass(frozen=True)
class OtherBody:
    """The key was used for *result*, but the body has changed: offer to add it as a message."""

    result: str


@dataclass(frozen=True)
class NotYours:
    """Another session used the key; nothing of its result may be told."""


Remembered = Fresh | Same | OtherBody | NotYours


def remember(key: str, session_id: str, body_digest: str) -> Remembered:
    """Note that *session_id* now acts under *key*, or say what became of it before.

    *key* should name its act (``complaint/3f0c…``), *body_digest* is the SHA-256 in hex of what was
    sent. Runs inside the caller's unit of work; raises RuntimeError outside one.
    """
    if not in_transaction():
        raise RuntimeError("a key is remembered inside the unit of work that acts")
    earlier = run_core(_EARLIER, {"key": _digest(key)}).one_or_none()
    if earlier is None:
        row = {
            "key_hash": _digest(key),
            "session_hash": _digest(session_id),
            "body_digest": body_digest,
            "created_at": clock.now(),
        }
        # Here the loser of a race waits, fails on the key, and its whole unit is rerun.
        run_core(_NOTED, row)
        return Fresh()
    if earlier.session_hash != _digest(session_id):
        return NotYours()
    if earlier.body_digest != body_digest:
        return OtherBody(earlier.result)
    return Same(earlier.result)


def was_remembered(key: str) -> bool:
    """Was *key* used already, by anybody? For a page that would ask something before it acts; changes nothing."""
    return db.session.execute(_EARLIER, {"key": _digest(key)}).one_or_none() is not None


def settle(key: str, result: str) -> None:
    """Note the *result* of the act, such as a ticket's number; never a PIN.

    Raises ValueError for more than 120 characters and LookupError when *key* was not remembered.
    """
    if len(result) > RESULT_LENGTH:
        raise ValueError(f"a result has at most {RESULT_LENGTH} characters")
    values = {"key": _digest(key), "told": result}
    if run_core(_SETTLE, values).rowcount == 0:
        raise LookupError("the key was not remembered")


_EARLIER = select(OnceKey.session_hash, OnceKey.body_digest, OnceKey.result).where(
    OnceKey.key_hash == bindparam("key")
)
_NOTED = insert(OnceKey)
_SETTLE = (
    update(OnceKey).where(OnceKey.key_hash == bindparam("key")).values(result=bindparam("told"))
)


def forget_old(before: datetime) -> int:
    """Forget keys from before *before*, inside the caller's unit of work; returns how many there were."""
    return run_core(delete(OnceKey).where(OnceKey.created_at < before)).rowcount


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
