"""A chat as the telephone draws it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from helpdesk.simulator.whatsapp.chats import Message, Way
from helpdesk.simulator.whatsapp.telephone import choices_of

_FILES = ("image", "video", "audio", "document")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
# As WhatsApp does it: a mark stands at the edge of a word, and holds on one line.
_MARK = re.compile(r"(?<![\w*/])(?P<mark>[*_])(?! )(?P<inside>[^*_\n]+?)(?<! )(?P=mark)(?![\w*])")
_DRAWN = {"*": Markup("<b>{}</b>"), "_": Markup("<i>{}</i>")}
_QUOTED_LENGTH = 80


@dataclass(frozen=True)
class Bubble:
    """One message as it is drawn. *how* is ``buttons`` or ``list`` where *choices* can be tapped."""

    id: int
    is_mine: bool
    kind: str
    at: datetime
    status: str
    words: Markup
    quoted: str
    reaction: str
    is_deleted: bool
    choices: Sequence[dict[str, str]] = ()
    how: str = ""
    list_button: str = ""
    file: dict[str, Any] = field(default_factory=dict)


def bubbles_of(chat: Sequence[Message]) -> list[Bubble]:
    """Every message that has a bubble; what it answers is quoted in it."""
    by_wamid = {one.wamid: one for one in chat}
    return [_bubble(one, by_wamid.get(one.reply_to or "")) for one in chat]


def quote_of(message: Message) -> str:
    """The beginning of a message, to say which one is meant."""
    words = words_of(message) or _file_in(message).get("filename") or message.kind
    line = " ".join(str(words).split())
    return line if len(line) <= _QUOTED_LENGTH else f"{line[: _QUOTED_LENGTH - 1]}…"


def words_of(message: Message) -> str:
    """What can be read in a message."""
    held = message.content.get(message.kind, {})
    if message.kind == "interactive":
        tapped = held.get(str(held.get("type")), {}).get("title")
        return str(tapped or held.get("body", {}).get("text", ""))
    if message.kind == "location":
        return ", ".join(filter(None, (held.get("name"), held.get("address"))))
    return str(held.get("body") or held.get("caption") or held.get("text") or "")


def as_shown(text: str) -> Markup:
    """Words with WhatsApp's bold and italics, and links that can be followed."""
    shown, end = Markup(), 0
    for link in _LINK.finditer(text):
        shown += _marked(text[end : link.start()])
        shown += Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(link[0])
        end = link.end()
    return shown + _marked(text[end:])


def _bubble(message: Message, answered: Message | None) -> Bubble:
    interactive = message.content.get("interactive", {})
    is_list = message.way is Way.IN and interactive.get("type") == "list"
    return Bubble(
        id=message.id,
        is_mine=message.way is Way.OUT,
        kind=message.kind,
        at=message.at,
        status=message.status,
        words=as_shown(words_of(message)),
        quoted=quote_of(answered) if answered is not None else "",
        reaction=message.reaction,
        is_deleted=message.is_deleted,
        choices=choices_of(message),
        how="list" if is_list else "buttons",
        list_button=str(interactive["action"]["button"]) if is_list else "",
        file=_file_in(message),
    )


def _file_in(message: Message) -> dict[str, Any]:
    held: dict[str, Any] = message.content.get(message.kind, {}) if message.kind in _FILES else {}
    return held


def _marked(text: str) -> Markup:
    shown, end = Markup(), 0
    for found in _MARK.finditer(text):
        shown += text[end : found.start()]  # escaped by being added
        shown += _DRAWN[found["mark"]].format(found["inside"])
        end = found.end()
    return shown + text[end:]
