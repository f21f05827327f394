"""Canned texts (teks siap pakai): administrators keep them, customer care inserts and adapts them.

They are only put out of use.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Integer, String

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import house_name
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import LongText, Model, Moment, db
from helpdesk.lib.editing import take_row
from helpdesk.lib.errors import Invalid
from helpdesk.lib.placeholders import fault_in, fill
from helpdesk.lib.words import LANGUAGES
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket

PLACEHOLDERS = frozenset({"number", "name", "organisation"})
LONGEST_NAME = 80
LONGEST_TEXT = 4000
# To whom we write when they have no name here, or wished that it is not said.
_NAMELESS = {"id": "Bapak/Ibu", "en": "Sir or Madam"}


class CannedText(Model):
    """One text in one language, which staff insert into a reply and then adapt."""

    __tablename__ = "canned_texts"
    __table_args__ = (UniqueConstraint("language", "name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(LongText())
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)


@dataclass(frozen=True)
class CannedFacts:
    """What is written about a canned text."""

    name: str
    language: str
    text: str


def list_canned_texts() -> list[CannedText]:
    """Every text, those in use first, by language and name."""
    order = CannedText.is_active.desc(), CannedText.language.desc(), func.lower(CannedText.name)
    return list(db.session.scalars(select(CannedText).order_by(*order)))


def offered_for(ticket: Ticket) -> list[CannedText]:
    """The texts in the language in which the complainant is written to."""
    return [one for one in list_canned_texts() if one.is_active and one.language == ticket.language]


def filled_for(ticket: Ticket, canned: CannedText) -> str:
    """The text with its placeholders filled in, for *ticket* with its complainant loaded."""
    person = ticket.complainant if ticket.identity == Identity.NAMED else None
    nameless = _NAMELESS.get(ticket.language, _NAMELESS["id"])
    return fill(
        canned.text,
        {
            "number": number_of(ticket),
            "name": (person.name if person else "") or nameless,
            "organisation": house_name(),
        },
    )


def add_canned_text(facts: CannedFacts, *, by: Actor) -> CannedText:
    """Add a text, inside the caller's unit of work. Raises Invalid."""
    facts = _tidy(facts, but=None)
    canned = CannedText(**asdict(facts), changed_at=clock.now())
    db.session.add(canned)
    db.session.flush()
    _note("added", canned, by, after=asdict(facts))
    return canned


def edit_canned_text(text_id: int, facts: CannedFacts, *, version: int, by: Actor) -> CannedText:
    """Change a text. Raises Invalid, NotFound, and Conflict for an old *version*."""
    canned = take_row(CannedText, text_id, version)
    facts = _tidy(facts, but=text_id)
    before = {name: getattr(canned, name) for name in asdict(facts)}
    for name, value in asdict(facts).items():
        setattr(canned, name, value)
    _changed(canned)
    _note("edited", canned, by, before=before, after=asdict(facts))
    return canned


def switch_canned_text(text_id: int, *, on: bool, by: Actor) -> CannedText:
    """Offer a text, or no longer. Raises NotFound."""
    canned = take_row(CannedText, text_id)
    canned.is_active = on
    _changed(canned)
    act = "reactivated" if on else "deactivated"
    _note(act, canned, by, before={"is_active": not on}, after={"is_active": on})
    return canned


def _changed(canned: CannedText) -> None:
    canned.version += 1
    canned.changed_at = clock.now()


def _tidy(facts: CannedFacts, *, but: int | None) -> CannedFacts:
    name, text = " ".join(facts.name.split()), facts.text.strip()
    problems: dict[str, Any] = {}
    if not name or len(name) > LONGEST_NAME:
        problems["name"] = _l("Write a name of at most %(count)s characters.", count=LONGEST_NAME)
    if facts.language not in LANGUAGES:
        problems["language"] = _l("Choose a language.")
    if not text:
        problems["text"] = _l("Write something here.")
    elif len(text) > LONGEST_TEXT:
        problems["text"] = _l("Use at most %(count)s characters.", count=LONGEST_TEXT)
    elif fault := fault_in(text, known=PLACEHOLDERS):
        problems["text"] = fault
    same = select(CannedText.id).where(
        CannedText.language == facts.language, CannedText.name == name
    )
    if not problems and db.session.scalar(same) not in (None, but):
        problems["name"] = _l("Another text in this language has this name.")
    if problems:
        raise Invalid(problems)
    return CannedFacts(name, facts.language, text)


def _note(act: str, canned: CannedText, by: Actor, **details: Any) -> None:
    trail.record(f"canned_text_{act}", by=by, subject=("canned_text", canned.id), details=details)
