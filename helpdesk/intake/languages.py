"""In which of our two languages somebody writes, told by the little words. Pure."""

from __future__ import annotations

import re

LOOKED_AT = 5_000  # characters
_WORD = re.compile(r"[a-z']+")


def word_set(text: str) -> frozenset[str]:
    """The words of *text*, each once."""
    return frozenset(text.split())


_ENGLISH = word_set(
    "the and is are was were not you your have has had with for from this that they my we our but could would "
    "please at in she he her his mother father wife husband hours waited waiting need where how why who can did "
    "very still because after any been there what when which of to it i me"
)
_INDONESIAN = word_set(
    "aja ya kok gimana apa mau tolong rs dokter min kak bu pak yang dan di ke dari saya kami tidak dengan untuk "
    "ini itu sudah belum akan bisa ada anak ibu bapak mohon karena juga atau pada sy yg tdk gak nggak udah sdh blm dgn "
    "utk bgt"
)


def language_of(text: str) -> str:
    """``en`` where the text is clearly English, else ``id``: most people here write Indonesian, however it is spelt."""
    english, indonesian = _count(text)
    return "en" if english >= 4 and english > 3 * indonesian else "id"


def language_after(text: str, before: str) -> str:
    """The language to answer in, given the one spoken *before*: a few words more do not change it."""
    if language_of(text) == "en":
        return "en"
    english, indonesian = _count(text)
    if english >= 2 and not indonesian and english * 3 >= len(text.split()):
        return "en"  # *my wife is bleeding heavily*: too short for a mail, long enough for a chat
    return "id" if indonesian >= 2 and indonesian > english else before


def _count(text: str) -> tuple[int, int]:
    words = _WORD.findall(text.lower()[:LOOKED_AT])
    return sum(word in _ENGLISH for word in words), sum(word in _INDONESIAN for word in words)
