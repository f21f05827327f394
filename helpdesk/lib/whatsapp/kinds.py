"""What each type of message holds: its words, its file, what was tapped, and the rest as facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helpdesk.lib.whatsapp import plain_json
from helpdesk.lib.whatsapp.fields import number, part, parts, sha256_hex, text, user_id, wa_id
from helpdesk.lib.whatsapp.payload import Kind, Media

LONGEST_TEXT = 100_000  # characters; the provider's own limit is 4,096
MEDIA_ID_LENGTH = 190
# It becomes part of an address of the provider's: nothing that would make another address of it.
_MEDIA_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{MEDIA_ID_LENGTH}}}")
_NAME_LENGTH = 200
_CHOICE_LENGTH = 256
_CARDS = 20
_LINES = 60


@dataclass
class Content:
    """What one message holds, whoever said it; see ``payload.Said``."""

    text: str = ""
    media: Media | None = None
    choice_id: str = ""
    about: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def content_of(message: dict[str, Any], kind: str) -> Content:
    """What *message* holds. A type that we do not know is kept whole."""
    reader = _READERS.get(kind)
    if reader is None:
        return Content(
            text=text(message, kind, "body", most=LONGEST_TEXT),
            facts={"raw": plain_json.kept(message)},
        )
    return reader(message)


def _text(message: dict[str, Any]) -> Content:
    return Content(text(message, "text", "body", most=LONGEST_TEXT))


def _media(name: str) -> Callable[[dict[str, Any]], Content]:
    def read(message: dict[str, Any]) -> Content:
        held = part(message, name)
        caption = text(held, "caption", most=LONGEST_TEXT)
        media_id = text(held, "id")
        if not _MEDIA_ID.fullmatch(media_id):
            return Content(caption, facts={"raw": plain_json.kept(held)})
        media = Media(
            id=media_id,
            mime_type=text(held, "mime_type", most=100),
            sha256=sha256_hex(text(held, "sha256")),
            name=text(held, "filename", most=_NAME_LENGTH),
            is_voice=part(held, "voice") is True,
        )
        return Content(caption, media)

    return read


def _sticker(message: dict[str, Any]) -> Content:
    """Seen, not fetched: it is a picture out of a shop, nothing that somebody shows us."""
    return Content(facts={"is_animated": part(message, "sticker", "animated") is True})


def _location(message: dict[str, Any]) -> Content:
    """A line that people can read in any language, and the coordinates."""
    place = part(message, "location")
    names = [text(place, name, most=_NAME_LENGTH).strip() for name in ("name", "address")]
    latitude, longitude = number(place, "latitude"), number(place, "longitude")
    facts: dict[str, Any] = {"name": names[0], "address": names[1]}
    said = ", ".join(name for name in names if name)
    if latitude is not None and longitude is not None and _is_on_earth(latitude, longitude):
        facts |= {"latitude": latitude, "longitude": longitude}
        said = f"{said} ({latitude:.5f}, {longitude:.5f})".strip()
    return Content(f"📍 {said}".strip(), facts={"location": facts})


def _is_on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _contacts(message: dict[str, Any]) -> Content:
    cards, lines = [], []
    for card in parts(message, "contacts")[:_CARDS]:
        told = (
            text(phone, "phone", most=40) or text(phone, "wa_id", most=40)
            for phone in parts(card, "phones")[:_CARDS]
        )
        name, phones = (
            text(card, "name", "formatted_name", most=_NAME_LENGTH),
            [*filter(None, told)],
        )
        cards.append({"name": name, "phones": phones})
        lines.append("👤 " + ", ".join(filter(None, [name, *phones])))
    return Content("\n".join(lines), facts={"cards": cards})


def _interactive(message: dict[str, Any]) -> Content:
    held = part(message, "interactive")
    how = text(held, "type", most=40)
    if how == "nfm_reply":
        return _form_reply(held)
    reply = part(held, how)
    if how not in ("list_reply", "button_reply"):
        return Content(facts={"raw": plain_json.kept(held)})
    return Content(
        text(reply, "title", most=_NAME_LENGTH),
        choice_id=text(reply, "id", most=_CHOICE_LENGTH),
        facts={"how": how, "description": text(reply, "description", most=_NAME_LENGTH)},
    )


def _form_reply(held: Any) -> Content:
    """An answered form: its values come as JSON inside a text."""
    try:
        answers = plain_json.parse(text(held, "nfm_reply", "response_json").encode())
    except plain_json.NotJson:
        answers = None
    kept = plain_json.kept(answers) if isinstance(answers, dict) else {}
    token = str(kept.pop("flow_token", ""))[:_CHOICE_LENGTH]
    plain = [(name, said) for name, said in kept.items() if isinstance(said, str | int | float)]
    lines = "\n".join(f"{name}: {said}" for name, said in plain[:_LINES])
    return Content(
        lines[:LONGEST_TEXT] or text(held, "nfm_reply", "body", most=_NAME_LENGTH),
        choice_id=token,
        facts={"how": "nfm_reply", "answers": kept},
    )


def _button(message: dict[str, Any]) -> Content:
    return Content(
        text(message, "button", "text", most=_NAME_LENGTH),
        choice_id=text(message, "button", "payload", most=_CHOICE_LENGTH),
    )


def _reaction(message: dict[str, Any]) -> Content:
    emoji = text(message, "reaction", "emoji", most=40)
    about = text(message, "reaction", "message_id") or None
    return Content(emoji, about=about, facts={"emoji": emoji or None})


def _edit(message: dict[str, Any]) -> Content:
    """The new words are facts: what was said first stays what it was."""
    instead = part(message, "edit", "message")
    kind = text(instead, "type", most=30)
    inner = _READERS.get(kind, _text) if kind not in (Kind.EDIT, Kind.REVOKE) else _text
    words = inner(instead).text if isinstance(instead, dict) else ""
    about = text(message, "edit", "original_message_id") or None
    return Content(about=about, facts={"words": words})


def _revoke(message: dict[str, Any]) -> Content:
    return Content(about=text(message, "revoke", "original_message_id") or None)


def _system(message: dict[str, Any]) -> Content:
    """Mostly a change of the number; the id that our business sees changes with it."""
    held = part(message, "system")
    new_number = text(held, "wa_id") or text(held, "new_wa_id")
    new_user = text(held, "user_id") or text(held, "new_user_id")
    return Content(
        text(held, "body", most=_NAME_LENGTH),
        facts={
            "what": text(held, "type", most=40),
            "new_wa_id": wa_id(new_number),
            "new_user_id": user_id(new_user),
        },
    )


def _order(message: dict[str, Any]) -> Content:
    facts = {"order": plain_json.kept(part(message, "order"))}
    return Content(text(message, "order", "text", most=LONGEST_TEXT), facts=facts)


def _unsupported(message: dict[str, Any]) -> Content:
    return Content(facts={"unsupported": text(message, "unsupported", "type", most=40)})


def _nothing(_message: dict[str, Any]) -> Content:
    return Content()


_READERS: dict[str, Callable[[dict[str, Any]], Content]] = {
    Kind.TEXT: _text,
    Kind.IMAGE: _media("image"),
    Kind.VIDEO: _media("video"),
    Kind.DOCUMENT: _media("document"),
    Kind.AUDIO: _media("audio"),
    Kind.STICKER: _sticker,
    Kind.LOCATION: _location,
    Kind.CONTACTS: _contacts,
    Kind.INTERACTIVE: _interactive,
    Kind.BUTTON: _button,
    Kind.REACTION: _reaction,
    Kind.EDIT: _edit,
    Kind.REVOKE: _revoke,
    Kind.SYSTEM: _system,
    Kind.ORDER: _order,
    Kind.REQUEST_WELCOME: _nothing,
    Kind.UNSUPPORTED: _unsupported,
}
