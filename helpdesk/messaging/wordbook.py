"""Words for the codes that stand in a message's values: rows keep facts, words are said when it is
read.

They live beside the wordings in ``words.<language>.txt``, one ``placeholder.code = word`` a line.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "messages"


def say(placeholder: str, value: str, language: str) -> str:
    """The word for *value* where it is a code of this placeholder; any other value speaks for itself."""
    return words_of(language).get(f"{placeholder}.{value}", value)


@lru_cache
def words_of(language: str) -> dict[str, str]:
    """Every word of one language by ``placeholder.code``."""
    lines = (FOLDER / f"words.{language}.txt").read_text("utf-8").splitlines()
    pairs = (line.partition(" = ") for line in lines if line.strip())
    return {code: word for code, _, word in pairs}
