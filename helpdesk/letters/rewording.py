"""Another wording of a letter's fixed words: checked, used from now on, and taken back.

Versions only grow; a letter that was issued keeps the words it was issued with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.letters.wording import (
    LETTERS,
    PLACEHOLDERS,
    LetterWording,
    filed_blocks,
)
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.editing import next_version
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.placeholders import fault_in
from helpdesk.lib.words import LANGUAGES

LONGEST_BLOCK = 2000  # characters; more would push the facts off the first page
# Law 25/2009 on Public Services: a complainant learns where else they may turn.
MUST_BE_SAID = frozenset({"rights"})


@dataclass(frozen=True)
class Version:
    """Words that were in use at some time; version 0 came with the product and has no author."""

    version: int
    blocks: Mapping[str, str]
    created_at: datetime | None = None
    created_by_id: int | None = None


def versions_of(letter: str, language: str) -> list[Version]:
    """Every version, newest first; the first is in use. Raises NotFound for an unknown letter."""
    _refuse_unknown(letter, language)
    rows = db.session.scalars(
        select(LetterWording).where(*_of(letter, language)).order_by(LetterWording.version.desc())
    )
    edited = [
        Version(row.version, _all_of(letter, row.blocks), row.created_at, row.created_by_id)
        for row in rows
    ]
    return [*edited, Version(0, filed_blocks(letter, language))]


def versions_in_use() -> dict[tuple[str, str], int]:
    """The newest version by letter and language, of those that an administrator has reworded."""
    newest = select(
        LetterWording.letter, LetterWording.language, func.max(LetterWording.version)
    ).group_by(LetterWording.letter, LetterWording.language)
    return {(letter, language): version for letter, language, version in db.session.execute(newest)}


def check_blocks(blocks: Mapping[str, str]) -> None:
    """Raise Invalid with a sentence for each block that cannot be used."""
    problems: dict[str, Any] = {}
    for name, text in blocks.items():
        if name in MUST_BE_SAID and not text.strip():
            problems[name] = _l("The law wants the complainant to know their rights: write them.")
        elif len(text) > LONGEST_BLOCK:
            problems[name] = _l("Use at most %(count)s characters.", count=LONGEST_BLOCK)
        elif fault := fault_in(text, known=PLACEHOLDERS):
            problems[name] = fault
    if problems:
        raise Invalid(problems)


def use_blocks(
    letter: str, language: str, blocks: Mapping[str, str], *, seen_version: int, by: Actor
) -> LetterWording:
    """Use *blocks* from now on, inside the caller's unit of work.

    Raises Invalid, NotFound, and Conflict when another version than *seen_version* is in use by now.
    """
    _refuse_unknown(letter, language)
    said = _all_of(letter, blocks)
    check_blocks(said)
    return _add(letter, language, said, "letter_reworded", by, seen=seen_version)


def go_back(letter: str, language: str, version: int, *, by: Actor) -> LetterWording:
    """Use the words of an earlier *version* again. Raises NotFound for one that never was."""
    found = next((one for one in versions_of(letter, language) if one.version == version), None)
    if found is None:
        raise NotFound
    return _add(letter, language, found.blocks, "letter_wording_taken_back", by, of=version)


def _refuse_unknown(letter: str, language: str) -> None:
    if letter not in LETTERS or language not in LANGUAGES:
        raise NotFound


def _all_of(letter: str, blocks: Mapping[str, Any]) -> dict[str, str]:
    """Exactly the blocks that this letter has."""
    return {name: str(blocks.get(name, "")).strip() for name in LETTERS[letter]}


def _of(letter: str, language: str) -> tuple[ColumnElement[bool], ...]:
    return LetterWording.letter == letter, LetterWording.language == language


def _add(
    letter: str,
    language: str,
    blocks: Mapping[str, str],
    act: str,
    by: Actor,
    *,
    seen: int | None = None,
    **details: int,
) -> LetterWording:
    version = next_version(LetterWording.version, *_of(letter, language), seen=seen)
    row = LetterWording(
        letter=letter,
        language=language,
        version=version,
        blocks=dict(blocks),
        created_at=clock.now(),
        created_by_id=by.user_id,
    )
    db.session.add(row)
    db.session.flush()
    trail.record(
        act,
        by=by,
        subject=("letter_wording", row.id),
        details={"letter": letter, "language": language, "version": version, **details},
    )
    return row
