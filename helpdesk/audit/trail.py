"""Write, read and prove the audit trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Index, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib import clock
from helpdesk.lib.database import (
    Json,
    Model,
    Moment,
    db,
    in_transaction,
    keep_in_unit,
    kept_in_unit,
    once_committed,
    run_core,
)
from helpdesk.lib.present import present

GENESIS = "0" * 64


class Doer(Protocol):
    """Whoever does what is noted: an ``Actor`` of accounts, which this package does not know."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...


class AuditEntry(Model):
    """One thing that somebody did. Triggers on both engines refuse UPDATE and DELETE.

    Each row carries the digest of itself and of the row before, so that a removed or altered row
    shows.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_subject", "subject_kind", "subject_id"),
        Index("ix_audit_actor", "actor_id", "id"),
        Index("ix_audit_act", "act", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_id: Mapped[int | None] = mapped_column(Integer)
    actor_label: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(30), default="")
    subject_id: Mapped[int | None] = mapped_column(Integer)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    previous_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Model):
    """The digest of the newest entry; its row lock puts writers in a queue."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entries: Mapped[int] = mapped_column(Integer, default=0)
    digest: Mapped[str] = mapped_column(String(64), default=GENESIS)


_EDITION = "audit_edition"
_HEAD = select(AuditHead.entries, AuditHead.digest).where(AuditHead.id == 1)
_ENTRIES = select(AuditHead.entries).where(AuditHead.id == 1)
_ONE_MORE = update(AuditHead).where(AuditHead.id == 1).values(entries=AuditHead.entries + 1)
_SEALED = update(AuditHead).where(AuditHead.id == 1).values(digest=bindparam("newest"))
# For a statement that every page sends first: see ``keep_edition``.
EDITION = _ENTRIES.scalar_subquery().label("edition")


def record(
    act: str,
    *,
    by: Doer,
    subject: tuple[str, int | None] = ("", None),
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry inside the caller's unit of work. *details* hold facts and ids, never secrets."""
    db.session.flush()
    run_core(_ONE_MORE)
    entries, previous = run_core(_HEAD).one()
    entry = AuditEntry(
        at=clock.now(),
        actor_id=by.user_id,
        actor_label=by.label[:120],
        act=act,
        subject_kind=subject[0],
        subject_id=subject[1],
        details=details or {},
        previous_digest=previous,
    )
    entry.digest = digest_of(entry)
    db.session.add(entry)
    db.session.flush()
    run_core(_SEALED, {"newest": entry.digest})
    keep_in_unit(_EDITION, entries)
    once_committed(lambda: present().update({_EDITION: entries}))
    return entry


def differing(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, Any]:
    """The details of a change: of all that stood *before* and stands *after* only what is not the same."""
    return {
        "before": {name: value for name, value in before.items() if after[name] != value},
        "after": {name: value for name, value in after.items() if before.get(name) != value},
    }


def edition() -> int:
    """How many entries there are: changes whenever anybody changed anything that is noted, in the order of commits.

    Read once per request; inside a unit of work once more, and again after whatever the unit itself notes.
    """
    if in_transaction():
        return kept_in_unit(_EDITION, _count)
    kept: int | None = present().get(_EDITION)
    if kept is None:
        kept = present()[_EDITION] = _count()
    return kept


def _count() -> int:
    return run_core(_ENTRIES).scalar() or 0


def keep_edition(entries: int | None) -> None:
    """Take over what ``EDITION`` gave in another statement of this request, which spares a statement of its own."""
    if not in_transaction():
        present().setdefault(_EDITION, entries or 0)


def digest_of(entry: AuditEntry) -> str:
    """The SHA-256 of everything the entry says, chained to the one before."""
    facts = [
        entry.previous_digest,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_label,
        entry.act,
        entry.subject_kind,
        entry.subject_id,
        entry.details,
    ]
    return hashlib.sha256(
        json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def broken_links(*, newest: int | None = None) -> Iterator[str]:
    """Sentences on every place where the chain does not hold; none when the trail is whole.

    With *newest* only that many entries are read, for a page; what lies before them is taken as it
    is.
    """
    head = db.session.get(AuditHead, 1)
    entries = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    previous, count = GENESIS, 0
    if newest is not None and head is not None and head.entries > newest:
        first = db.session.scalars(
            select(AuditEntry).order_by(AuditEntry.id.desc()).offset(newest - 1).limit(1)
        ).first()
        if first is not None:
            entries = entries.where(AuditEntry.id >= first.id)
            previous, count = first.previous_digest, head.entries - newest
    for entry in db.session.scalars(entries):
        count += 1
        if entry.previous_digest != previous:
            yield f"entry {entry.id} does not follow the entry before it"
        if digest_of(entry) != entry.digest:
            yield f"entry {entry.id} was altered"
        previous = entry.digest
    if head is None or head.digest != previous or head.entries != count:
        yield "the newest entries are missing"
