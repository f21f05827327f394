"""Find entries of the trail: by person, act, subject and time, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db

NOBODY = 0
"""As *actor_id*: what nobody who was signed in did (the system, a wrong password)."""


@dataclass(frozen=True)
class Search:
    """What is looked for; an empty field stands for everything.

    *subject_ids* narrows *subject_kind* and finds nothing when it is an empty list. The time goes
    from *from_at* up to, and without, *until_at*.
    """

    actor_id: int | None = None
    act: str = ""
    subject_kind: str = ""
    subject_ids: Sequence[int] | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


def find_entries(
    search: Search, *, before_id: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """A page of what *search* finds; the next is asked for with the last id as *before_id*."""
    page = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if search.actor_id is not None:
        nobody = AuditEntry.actor_id.is_(None)
        is_theirs = nobody if search.actor_id == NOBODY else AuditEntry.actor_id == search.actor_id
        page = page.where(is_theirs)
    if search.act:
        page = page.where(AuditEntry.act == search.act)
    if search.subject_kind:
        page = page.where(AuditEntry.subject_kind == search.subject_kind)
        if search.subject_ids is not None:
            page = page.where(AuditEntry.subject_id.in_(search.subject_ids))
    if search.from_at is not None:
        page = page.where(AuditEntry.at >= search.from_at)
    if search.until_at is not None:
        page = page.where(AuditEntry.at < search.until_at)
    if before_id is not None:
        page = page.where(AuditEntry.id < before_id)
    return list(db.session.scalars(page))
