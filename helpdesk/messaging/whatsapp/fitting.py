"""Words in the measure of one message, or of several."""

from __future__ import annotations

import re

from helpdesk.messaging.whatsapp.saying import TEXT_LENGTH
from helpdesk.messaging.wordbook import say

_END_OF_SENTENCE = re.compile(r"[.!?…]['\")\]]*(?=\s)|\n")
CUT = " …"
_MARK_LENGTH = len("(9/9)\n")
LONGEST = 8000  # characters that go in pieces: from two to four, for each may end in its middle


def fitted(text: str, link: str = "", language: str = "id") -> str:
    """*text*, cut at the end of a sentence where it is longer than one message, and the *link* to how things stand."""
    text = text.strip()
    if len(text) <= TEXT_LENGTH:
        return text
    ending = f"{CUT}\n\n{say('whatsapp', 'cut', language)}\n{link}" if link else CUT
    head = text[: TEXT_LENGTH - len(ending)]
    return head[: _end_in(head)].rstrip() + ending


def in_pieces(text: str) -> list[str]:
    """*text* in as many messages as it needs, each ending with a paragraph or a sentence; several are numbered."""
    rest = text.strip()
    if len(rest) <= TEXT_LENGTH:
        return [rest]
    pieces = []
    while rest:
        head = rest[: TEXT_LENGTH - _MARK_LENGTH]
        at = len(head) if head == rest else _end_in(head)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [f"({number}/{len(pieces)})\n{one}" for number, one in enumerate(pieces, 1)]


def _end_in(head: str) -> int:
    """Where to end in the second half of *head*: after a paragraph, else after a sentence, else where it must be."""
    half = len(head) // 2
    if (paragraph := head.rfind("\n\n")) > half:
        return paragraph
    ends = [found.end() for found in _END_OF_SENTENCE.finditer(head)]
    return ends[-1] if ends and ends[-1] > half else len(head)
