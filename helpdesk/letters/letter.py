"""The letter as a row, and issuing one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import Json, Model, Moment, db

Subject = tuple[str, int]
"""What a letter is about: a kind of thing and its id, such as ``("ticket", 42)``."""


class LetterKind(StrEnum):
    """The kinds of letter; each has its fields in a module and its words in a template of its
    name."""

    RECEIPT = "receipt"
    DISPOSITION_SHEET = "disposition_sheet"


class Letter(Model):
    """A letter as it was issued. *fields* are all it says; *pdf_digest* its kept PDF, None until
    kept.

    *fields_digest* makes issuing harmless to repeat: one letter for the same facts in the same
    language.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("kind", "subject_kind", "subject_id", "fields_digest"),
        Index("ix_letters_pdf_digest", "pdf_digest"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(5))
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    fields_digest: Mapped[str] = mapped_column(String(64))
    pdf_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(Integer)
    created_by_label: Mapped[str] = mapped_column(String(120))


def issue(
    kind: LetterKind, subject: Subject, fields: Any, *, number: str, language: str, by: Actor
) -> Letter:
    """Issue a letter inside the caller's unit of work, or find the one that already says the same.

    *fields* is a dataclass of texts, numbers and aware moments.
    """
    facts = as_facts(fields)
    digest = _digest_of(facts, language)
    subject_kind, subject_id = subject
    issued: Letter | None = db.session.scalar(
        select(Letter).where(
            Letter.kind == kind,
            Letter.subject_kind == subject_kind,
            Letter.subject_id == subject_id,
            Letter.fields_digest == digest,
        )
    )
    if issued is not None:
        return issued
    letter = Letter(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        number=number,
        language=language,
        fields=facts,
        fields_digest=digest,
        created_at=clock.now(),
        created_by_id=by.user_id,
        created_by_label=by.label[:120],
    )
    db.session.add(letter)
    db.session.flush()
    return letter


def as_facts(value: Any) -> Any:
    """A dataclass as plain JSON values; a moment becomes its UTC text.

    Raises ValueError for a moment without zone.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return as_facts(asdict(value))
    if isinstance(value, Mapping):
        return {key: as_facts(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_facts(inner) for inner in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its zone: {value!r}")
        return value.astimezone(UTC).isoformat()
    return value


def from_facts(value: Any) -> Any:
    """The same values as a template reads them: what is called ``…_at`` is a moment again."""
    if isinstance(value, dict):
        return {
            key: datetime.fromisoformat(inner)
            if key.endswith("_at") and isinstance(inner, str)
            else from_facts(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [from_facts(inner) for inner in value]
    return value


def _digest_of(facts: Any, language: str) -> str:
    text = json.dumps([language, facts], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
