"""Words in the measure of one message."""

from __future__ import annotations

import re

from helpdesk.messaging.whatsapp.saying import TEXT_LENGTH

_END_OF_SENTENCE = re.compile(r"[.!?…]['\")\]]*(?=\s)|\n")
CUT = " …"


def fitted(text: str, link: str = "") -> str:
    """*text*, cut at the end of a sentence where it is longer than one message; the *link* to the rest stays."""
    text = text.strip()
    if len(text) <= TEXT_LENGTH:
        return text
    ending = f"{CUT}\n\n{link}" if link else CUT
    head = text[: TEXT_LENGTH - len(ending)]
    if link and link in head:
        ending = CUT
    ends = [found.end() for found in _END_OF_SENTENCE.finditer(head)]
    # A text without sentences is cut where it must be.
    at = ends[-1] if ends and ends[-1] > len(head) // 2 else len(head)
    return head[:at].rstrip() + ending
