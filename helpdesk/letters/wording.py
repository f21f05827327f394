"""The fixed words of letters: opening, closing, rights, footer. What is said *about* a case are fields.

A letter's words are blocks of text in ``templates/letters/words/<letter>.<language>.txt``, each below
its name in brackets; a block may be empty and then leaves no trace. An administrator's edit becomes
a row of ``letter_wordings``, the newest row goes before the file (version 0), and a letter keeps the
version it was issued with. To join: name the letter and its blocks in ``LETTERS``, write both files,
say ``{{ words.opening|paragraphs }}`` in its template, and give it a sample in ``samples.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib.database import Json, Model, Moment, db, kept_in_unit
from helpdesk.lib.placeholders import fill

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "letters" / "words"
PLACEHOLDERS = frozenset({"organisation", "number"})
"""What every block may say: the organisation's name and the letter's number."""

# The letters with words of their own, and their blocks in the order of the page.
LETTERS: dict[str, tuple[str, ...]] = {
    "receipt": ("opening", "rights", "footer"),
    "disposition_sheet": ("opening", "closing", "footer"),
    "reply": ("opening", "rights", "footer"),
    "closing_notice": ("opening", "rights", "footer"),
    "request": ("opening", "footer"),
    "referral": ("opening", "footer"),
}


class LetterWording(Model):
    """An administrator's words for one letter in one language; *blocks* are texts by their names."""

    __tablename__ = "letter_wordings"
    __table_args__ = (UniqueConstraint("letter", "language", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    letter: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int] = mapped_column(Integer)
    blocks: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


def version_in_use(letter: str, language: str) -> int:
    """The version that a letter issued now is worded by; 0 means the words of the product."""
    newest = select(func.max(LetterWording.version)).where(
        LetterWording.letter == letter, LetterWording.language == language
    )
    return kept_in_unit(
        f"letter wording {letter} {language}", lambda: db.session.scalar(newest) or 0
    )


def blocks_of(letter: str, language: str, version: int | None = None) -> dict[str, str]:
    """The blocks with their gaps still in them, of *version* or of the one in use.

    A letter without words of its own has none. Raises ValueError when the version is gone.
    """
    if letter not in LETTERS:
        return {}
    wanted = version_in_use(letter, language) if version is None else version
    if wanted == 0:
        return dict(filed_blocks(letter, language))
    kept = db.session.scalar(
        select(LetterWording.blocks).where(
            LetterWording.letter == letter,
            LetterWording.language == language,
            LetterWording.version == wanted,
        )
    )
    if kept is None:
        raise ValueError(f"version {wanted} of the words of {letter!r} is gone")
    return {name: str(kept.get(name, "")) for name in LETTERS[letter]}


def filled(blocks: Mapping[str, str], *, organisation: str, number: str) -> dict[str, str]:
    """The blocks as they are printed."""
    values = {"organisation": organisation, "number": number}
    return {name: fill(text, values) for name, text in blocks.items()}


@lru_cache
def filed_blocks(letter: str, language: str) -> Mapping[str, str]:
    """Version 0: the words that came with the product.

    Raises ValueError when the file has other blocks than ``LETTERS`` names.
    """
    blocks: dict[str, list[str]] = {}
    for line in (FOLDER / f"{letter}.{language}.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            blocks[line[1:-1]] = []
        elif blocks:
            blocks[next(reversed(blocks))].append(line)
    if tuple(blocks) != LETTERS[letter]:
        raise ValueError(f"{letter}.{language}.txt has the blocks {', '.join(blocks)}")
    return {name: "\n".join(lines).strip() for name, lines in blocks.items()}
