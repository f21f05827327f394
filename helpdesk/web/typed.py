"""What people type, before it is understood: line ends and characters that nobody can see."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 100_000  # characters; a long letter of complaint has ten thousand
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def tidy(text: str | None) -> str:
    """*text* with plain line ends and without control characters; a filter for text fields.

    A NUL or half a surrogate pair, pasted or sent by a robot, is refused by one database or the
    other, and stands for nothing that anybody said.
    """
    plain = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", plain).strip()


def digits_in(text: str | None, most: int = 40) -> str:
    """The digits of *text* in ASCII, whatever the script and the spaces between them."""
    looked_at = unicodedata.normalize("NFKC", (text or "")[:most])
    return "".join(str(unicodedata.decimal(mark, "")) for mark in looked_at)
