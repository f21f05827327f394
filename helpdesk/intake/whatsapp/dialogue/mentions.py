"""Ticket numbers and PINs in what somebody typed. Pure.

A sentence is full of digits that are no ticket number: a record number, a NIK, a price, a room. So a number counts
where it carries our prefix, where it is called a number, or where nothing else stands in the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpdesk.lib.plain_words import with_ascii_digits
from helpdesk.registry.text_hygiene import find_personal

LOOKED_AT = 1_000  # characters
_PIN = re.compile(r"\bpin\b\W{0,6}(\d{6})(?!\d)", re.I)
_LONE_PIN = re.compile(r"(?<![\d-])(\d{6})(?![\d-])")
_CALLED = re.compile(
    r"\b(?:no|nmr|nomor|nomer|number|tiket|ticket|laporan|lapor|pengaduan|keluhan|aduan)\b\W{0,4}"
    r"(?:(?:no|nmr|nomor|nomer|number|tiket|ticket|saya|sy)\b\W{0,4}){0,2}#?\s*(\d[\d\-–/. ]{0,14}\d)(?!\d)",
    re.I,
)
_ALONE = re.compile(r"[\W_]*(?:[A-Za-z]{2,8}[\W_]{0,3})?\d[\dOoIl\W_]{2,18}")


@dataclass(frozen=True)
class Mention:
    """A ticket number as it was *typed* ('' none), a PIN beside it, and whether nothing else was said."""

    typed: str = ""
    pin: str = ""
    stands_alone: bool = False


def mention_in(text: str, *, prefix: str) -> Mention:
    """The number and the PIN in *text*; empty where there is none."""
    said = with_ascii_digits(text[:LOOKED_AT])
    spare = _without_personal(said)
    pin = pin_in(said)
    without_pin = spare.replace(pin, " ", 1) if pin else spare
    stated = _stated(_PIN.sub(" ", spare), prefix)
    if stated:
        rest = re.sub(
            r"\b(?:pin|no|nomor|tiket)\b", "", without_pin.replace(stated, ""), flags=re.I
        )
        return Mention(
            stated,
            pin or _lone_pin(spare.replace(stated, " ")),
            not re.search(r"[^\W\d_]{2}", rest),
        )
    alone = _PIN.sub(" ", spare).strip()
    if _ALONE.fullmatch(alone) and sum(char.isdigit() for char in alone) >= 3:
        first, _gap, after = alone.rpartition(" ")
        lone = _lone_pin(f" {after} ") if first and len(re.sub(r"\D", "", first)) >= 4 else ""
        return Mention(first.strip() if lone else alone, pin or lone, True)
    return Mention(pin=pin)


def pin_in(text: str) -> str:
    """Six digits that are called a PIN; '' where there are none."""
    found = _PIN.search(with_ascii_digits(text[:LOOKED_AT]))
    return found[1] if found else ""


def bare_pin(text: str) -> str:
    """The six digits of a message that answers the question for a PIN, spaced or not; '' where it is something else."""
    said = with_ascii_digits(text[:LOOKED_AT])
    if found := pin_in(said):
        return found
    digits = re.sub(r"\D", "", said)
    return digits if len(digits) == 6 and not re.search(r"[^\W\d_]{4}", said) else ""


def without_pin(text: str, pin: str) -> str:
    """*text* with the PIN made unreadable: who reads the talk must not be able to open the complaint."""
    if not pin:
        return text
    spaced = r"\W?".join(pin)
    return re.sub(rf"(?<!\d){spaced}(?!\d)", "•" * len(pin), with_ascii_digits(text))


def _lone_pin(text: str) -> str:
    found = _LONE_PIN.search(text)
    return found[1] if found else ""


def _stated(said: str, prefix: str) -> str:
    ours = re.search(
        rf"(?<![^\W_]){re.escape(prefix)}[\W_]{{0,3}}[\dOIl][\dOIl\-–/. ]{{2,16}}", said, re.I
    )
    if ours:
        return _cut(ours[0])
    called = _CALLED.search(said)
    return _cut(called[1]) if called else ""


def _cut(found: str) -> str:
    """Without what the pattern took too much of: a PIN behind a gap, a full stop."""
    kept = re.split(r"\s{2,}|(?<=\d)\s+(?=\d{6}\b)", found)[0]
    return kept.strip(" .,-–/")


def _without_personal(text: str) -> str:
    pieces, done = [], 0
    for one in find_personal(text):
        pieces += [text[done : one.start], " "]
        done = one.end
    return "".join([*pieces, text[done:]])
