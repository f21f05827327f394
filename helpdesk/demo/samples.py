"""What people bring and what is done about it: the texts of ``texts/``, read and checked.

Every piece of prose may hold slots in braces, filled by ``wording`` for each ticket anew.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from helpdesk.intake.submission import Wish
from helpdesk.tickets.states import Channel, Grade, Kind, Root, Status

TEXTS = Path(__file__).parent / "texts"
_EVERYWHERE = ("whatsapp", "web", "counter", "phone")
_NIGHTS = ("{jam_malam}", "malam {tgl}", "{hari} malam")


@dataclass(frozen=True)
class Work:
    """What one unit did about it."""

    unit: str
    follow_up: str
    findings: str
    cause: Root
    why: str
    action: str


@dataclass(frozen=True)
class Sample:
    """One story: what is said, and how the hospital answers.

    *often* weighs how frequently it comes back. *wrong* is a unit that first gets it by mistake, with its reason
    for sending it back. *reported* is the unit complained about, which never sees a restricted case. *unit_text*
    is the copy for units where the original says too much. *solved* is what is done when it is solved on the spot.
    """

    code: str
    title: str
    texts: tuple[str, ...]
    category: str
    kind: Kind = Kind.COMPLAINT
    grade: Grade = Grade.GREEN
    places: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    often: float = 1.0
    works: tuple[Work, ...] = ()
    answer: str = ""
    question: str = ""
    reply: str = ""
    solved: str = ""
    picture: str = ""
    wish: Wish = Wish.ORDINARY
    is_restricted: bool = False
    reported: str = ""
    wrong: tuple[str, str] = ("", "")
    unit_text: str = ""
    exit: Status | None = None
    reason: str = ""
    language: str = "id"
    is_plain: bool = False
    """Said as it stands, without the greetings that others get."""

    @property
    def is_by_night(self) -> bool:
        """Does it tell of a night?"""
        told = (
            *self.texts,
            *(text for work in self.works for text in (work.follow_up, work.findings)),
        )
        return any(night in text for text in told for night in _NIGHTS)


@dataclass(frozen=True)
class Remarks:
    """Short things that are said in many stories."""

    openings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    endings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ratings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def all_samples() -> tuple[Sample, ...]:
    """Every story, in the order of the files."""
    return tuple(
        _sample(entry)
        for file in sorted(TEXTS.glob("*.toml"))
        if file.stem != "remarks"
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["story"]
    )


def sample_named(code: str) -> Sample:
    """The story with this code."""
    return next(sample for sample in all_samples() if sample.code == code)


@cache
def remarks() -> Remarks:
    """The short remarks."""
    read = tomllib.loads((TEXTS / "remarks.toml").read_text(encoding="utf-8"))
    parts = {
        part: {name: tuple(lines) for name, lines in read[part].items()}
        for part in ("openings", "endings", "ratings", "lists")
    }
    return Remarks(**parts)


def _sample(entry: dict[str, Any]) -> Sample:
    values = dict(entry)
    wrong = values.pop("wrong", {})
    return Sample(
        texts=tuple(values.pop("text")),
        kind=Kind(values.pop("kind", Kind.COMPLAINT)),
        grade=Grade(values.pop("grade", Grade.GREEN)),
        places=tuple(values.pop("places", ())),
        channels=tuple(Channel(name) for name in values.pop("channels", _EVERYWHERE)),
        works=tuple(_work(work) for work in values.pop("work", ())),
        wish=Wish(values.pop("wish", Wish.ORDINARY)),
        wrong=(wrong.get("unit", ""), wrong.get("reason", "")),
        exit=Status(values.pop("exit")) if "exit" in values else None,
        **values,
    )


def _work(entry: dict[str, Any]) -> Work:
    return Work(**{**entry, "cause": Root(entry["cause"])})
