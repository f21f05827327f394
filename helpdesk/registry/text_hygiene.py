"""Personal numbers in free text: people write their NIK into a complaint, and the units need not
read it. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    """What kind of personal number was found."""

    NIK = "nik"  # or the number of the family card: both have 16 digits
    BPJS = "bpjs"
    PHONE = "phone"
    EMAIL = "email"
    MEDICAL_RECORD = "medical_record"


@dataclass(frozen=True)
class Found:
    """A personal number at ``text[start:end]``."""

    kind: PersonalKind
    start: int
    end: int


# What stands in its place: abbreviations of both languages, for the text is kept, not translated.
MARKS = {
    PersonalKind.NIK: "[NIK/KK]",
    PersonalKind.BPJS: "[BPJS]",
    PersonalKind.PHONE: "[HP]",
    PersonalKind.EMAIL: "[email]",
    PersonalKind.MEDICAL_RECORD: "[RM]",
}
_GAP = r"[ .\-]?"
# In order: what an earlier pattern took, a later one does not see.
_PATTERNS = (
    (PersonalKind.EMAIL, re.compile(r"[\w.+\-]{1,64}@[\w\-]+(?:\.[\w\-]+)+")),
    (PersonalKind.NIK, re.compile(rf"(?<!\d)[1-9]\d(?:{_GAP}\d){{14}}(?!\d)")),
    (PersonalKind.BPJS, re.compile(rf"(?<!\d)0{_GAP}0{_GAP}0(?:{_GAP}\d){{10}}(?!\d)")),
    (
        PersonalKind.PHONE,
        re.compile(
            r"(?<![\dA-Za-z])(?:\+?62|\(?[0Oo]\)?)[ .\-]{0,2}8[1-9](?:[ .\-]?\d){6,11}(?!\d)"
        ),
    ),
    (
        PersonalKind.PHONE,
        re.compile(r"(?<!\d)(?:\(0[2-9]\d{1,2}\) ?|0[2-9]\d{1,2}[ \-])\d{5,8}(?!\d)"),
    ),
    (PersonalKind.PHONE, re.compile(r"(?<!\d)\+[1-9]\d{0,2}(?:[ \-]?\d){7,12}(?!\d)")),
    (PersonalKind.MEDICAL_RECORD, re.compile(r"\bRM\b[ .:]{0,2}(\d{2}(?:[\-.]?\d){3,7})\b", re.I)),
)


def find_personal(text: str) -> list[Found]:
    """Where the text holds a NIK, a card, record or telephone number or an email address, in order
    of place.

    It finds what looks like one; names and addresses it cannot know. Dates, amounts and ticket
    numbers are left.
    """
    found: list[Found] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span(match.lastindex or 0)
            if all(end <= other.start or start >= other.end for other in found):
                found.append(Found(kind, start, end))
    return sorted(found, key=lambda one: one.start)


def redact(text: str) -> str:
    """The text with a mark such as ``[NIK/KK]`` in the place of each personal number."""
    pieces, done = [], 0
    for one in find_personal(text):
        pieces += [text[done : one.start], MARKS[one.kind]]
        done = one.end
    return "".join([*pieces, text[done:]])
