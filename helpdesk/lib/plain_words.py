"""A text as it is compared with words and numbers that we know, whatever the channel. Pure."""

from __future__ import annotations

import re
import unicodedata

LOOKED_AT = 6_000  # characters
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_SIGNS_OUT = re.compile(r"[’‘`´]")


def with_ascii_digits(text: str) -> str:
    """Every script's digits as ASCII, invisible signs gone; all else as it is."""
    visible = (char for char in text if unicodedata.category(char) != "Cf")
    return "".join(str(unicodedata.decimal(char, char)) for char in visible)


def plain(text: str) -> str:
    """*text* as it is compared: small letters, invisible signs gone, *haloooo* as *halo*, one space."""
    normal = unicodedata.normalize("NFKC", text[:LOOKED_AT]).casefold()
    visible = "".join(char for char in normal if unicodedata.category(char) != "Cf")
    return " ".join(_RUN.sub(r"\1", _SIGNS_OUT.sub("'", visible)).split())
