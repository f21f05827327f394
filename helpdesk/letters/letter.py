"""The letter as a row, and issuing one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, SmallInteger, String

from helpdesk.accounts.actor import Actor
from helpdesk.letters.wording import version_in_use
from helpdesk.lib import clock, sequences
from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Json, Model, Moment, db
from helpdesk.lib.storage import NAMES_A_FILE

Subject = tuple[str, int]
"""What a letter is about: a kind of thing and its id, such as ``("ticket", 42)``."""


class LetterKind(StrEnum):
    """The kinds of letter; each has its fields in a module and its words in a template of its
    name."""

    RECEIPT = "receipt"
    DISPOSITION_SHEET = "disposition_sheet"
    REPLY = "reply"
    CLOSING_NOTICE = "closing_notice"
    REQUEST = "request"  # surat permintaan kelengkapan
    REFERRAL = "referral"  # surat penerusan, to whoever it is for


NUMBERED = (
    LetterKind.REPLY,
    LetterKind.CLOSING_NOTICE,
    LetterKind.REQUEST,
    LetterKind.REFERRAL,
)
"""Letters that leave the house with a number of the house's own series."""


@dataclass(frozen=True)
class Series:
    """How the numbers of one year's outgoing letters are written: *0042/HM.02/RSIA-SR/XI/2026*.

    The customary order of Indonesian official letters (number, classification, organisation, month
    in Roman numerals, year); what the organisation has not set is left out. The number counts on
    through the year, whatever the month.
    """

    code: str
    initials: str
    year: int
    month: int

    def number(self, seq: int) -> str:
        """The number of the letter that is the *seq*-th of its year."""
        parts = (
            f"{seq:04d}",
            self.code,
            self.initials,
            ROMAN_MONTHS[self.month - 1],
            str(self.year),
        )
        return "/".join(part for part in parts if part)


ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class Letter(Claimable, Model):
    """A letter as it was issued. *fields* are all it says; *pdf_digest* its kept PDF, None until
    kept. *look_at* is when the worker should draw it; NULL when it is kept.

    *fields_digest* makes issuing harmless to repeat: one letter for the same facts in the same
    language. *number_year* and *number_seq* are its place in the year's series of outgoing letters;
    None for a paper that bears the number of its subject. *wording_version* is that of its fixed
    words (see ``wording``).
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("kind", "subject_kind", "subject_id", "fields_digest"),
        UniqueConstraint("number_year", "number_seq"),
        Index("ix_letters_due", "look_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(60))
    number_year: Mapped[int | None] = mapped_column(SmallInteger)
    number_seq: Mapped[int | None] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(String(5))
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    fields_digest: Mapped[str] = mapped_column(String(64))
    wording_version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    pdf_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(Integer)
    created_by_label: Mapped[str] = mapped_column(String(120))


def issue(
    kind: LetterKind, subject: Subject, fields: Any, *, number: str, language: str, by: Actor
) -> Letter:
    """Issue a letter inside the caller's unit of work, or find the one that already says the same.

    *fields* is a dataclass of texts, numbers and aware moments.
    """
    letter = compose(kind, subject, fields, language=language, by=by)
    issued = _twin_of(letter)
    if issued is not None:
        return issued
    letter.number = number
    db.session.add(letter)
    db.session.flush()
    return letter


def issue_numbered(
    kind: LetterKind, subject: Subject, fields: Any, *, series: Series, language: str, by: Actor
) -> Letter:
    """Issue a letter with the next number of the year's *series*; again for the same facts, the
    same letter.

    The last thing to do in a unit of work: everybody else who issues a letter waits for its end. A
    rollback gives the number back, so the year's series has no gaps.
    """
    letter = compose(kind, subject, fields, language=language, by=by)
    issued = _twin_of(letter)
    if issued is not None:
        return issued
    letter.number_year = series.year
    letter.number_seq = sequences.take_next(f"letter/{series.year}")
    letter.number = series.number(letter.number_seq)
    db.session.add(letter)
    db.session.flush()
    return letter


def compose(kind: LetterKind, subject: Subject, fields: Any, *, language: str, by: Actor) -> Letter:
    """The letter as it would be issued, unsaved and without a number: to be looked at before."""
    at = clock.now()
    letter = unissued(kind, subject, fields, number="", language=language, at=at)
    letter.fields_digest = _digest_of(letter.fields, language)
    letter.wording_version = version_in_use(kind, language)
    letter.look_at = at
    letter.created_by_id, letter.created_by_label = by.user_id, by.label[:120]
    return letter


def unissued(
    kind: str, subject: Subject, fields: Any, *, number: str, language: str, at: datetime
) -> Letter:
    """A letter to be drawn at once and never stored, in the words that are in use now."""
    subject_kind, subject_id = subject
    return Letter(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        number=number,
        language=language,
        fields=as_facts(fields),
        created_at=at,
    )


def _twin_of(letter: Letter) -> Letter | None:
    """The letter that already says the same, if there is one."""
    return db.session.scalar(
        select(Letter).where(
            Letter.kind == letter.kind,
            Letter.subject_kind == letter.subject_kind,
            Letter.subject_id == letter.subject_id,
            Letter.fields_digest == letter.fields_digest,
        )
    )


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
