"""What somebody can do on a telephone in the chat with the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpdesk.simulator.whatsapp.chats import Message, Owner, Way
from helpdesk.simulator.whatsapp.provider import Provider

VOICE_TYPE = "audio/ogg; codecs=opus"
_KINDS = {"image": "image", "video": "video", "audio": "audio"}


@dataclass(frozen=True)
class Telephone:
    """The telephone of *owner*. Each act is seen in the chat at once and is on its way to the house."""

    provider: Provider
    owner: Owner

    def write(self, text: str, *, reply_to: str | None = None) -> Message:
        """Send words."""
        return self._say("text", {"text": {"body": text}}, reply_to=reply_to)

    def send_file(
        self,
        content: bytes,
        media_type: str,
        name: str = "",
        *,
        caption: str = "",
        is_voice: bool = False,
        reply_to: str | None = None,
    ) -> Message:
        """Send a picture, a film, a sound or a document."""
        kind = _KINDS.get(media_type.partition("/")[0], "document")
        media = self.provider.shelf.put(content, media_type, name)
        held: dict[str, Any] = {
            "id": media.id,
            "mime_type": media_type,
            "sha256": media.sha256_in_base64,
        }
        if kind == "document":
            held["filename"] = name
        if kind == "audio":
            held["voice"] = is_voice
        elif caption:
            held["caption"] = caption
        return self._say(kind, {kind: held}, reply_to=reply_to)

    def send_place(self, latitude: float, longitude: float, name: str, address: str) -> Message:
        """Send where something is."""
        place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
        return self._say("location", {"location": place})

    def tap(self, message: Message, choice_id: str) -> Message | None:
        """Tap a button or a row of *message*; None where it has no such choice."""
        if message.kind == "template":
            return self._tap_template(message, choice_id)
        choice = next((one for one in choices_of(message) if one["id"] == choice_id), None)
        if choice is None:
            return None
        how = f"{message.content['interactive']['type']}_reply"
        return self._say(
            "interactive", {"interactive": {"type": how, how: choice}}, reply_to=message.wamid
        )

    def react(self, message: Message, emoji: str) -> None:
        """Put a reaction under a message; the same once more takes it back."""
        reaction: dict[str, Any] = {"message_id": message.wamid}
        if emoji != message.reaction:
            reaction["emoji"] = emoji
        self.provider.chats.react(message.wamid, reaction.get("emoji", ""))
        self._tell("reaction", {"reaction": reaction})

    def delete(self, message: Message) -> None:
        """Take back, for everybody, what they said themselves."""
        self.provider.chats.delete(message.wamid)
        self._tell("revoke", {"revoke": {"original_message_id": message.wamid}})

    def look(self) -> list[Message]:
        """Open the chat: what is new counts as read."""
        chat = self.provider.chats.chat_of(self.owner.key)
        self.provider.note_read(self.owner, chat)
        return [one for one in chat if one.kind not in ("reaction", "revoke")]

    def _tap_template(self, message: Message, choice_id: str) -> Message | None:
        buttons = message.content["template"]["buttons"]
        found = next((one for one in buttons if one["payload"] == choice_id), None)
        return self._say("button", {"button": found}, reply_to=message.wamid) if found else None

    def _say(self, kind: str, content: dict[str, Any], *, reply_to: str | None = None) -> Message:
        chats = self.provider.chats
        message = chats.add(self.owner.key, Way.OUT, kind, content, reply_to=reply_to)
        self.provider.take_from(self.owner, message)
        return message

    def _tell(self, kind: str, content: dict[str, Any]) -> None:
        """About another message: no bubble of its own."""
        self._say(kind, content)


def choices_of(message: Message) -> list[dict[str, str]]:
    """What there is to tap under a message: ``id``, ``title`` and, of a row, ``description``."""
    if message.kind == "template":
        buttons = message.content["template"]["buttons"]
        return [{"id": one["payload"], "title": one["text"]} for one in buttons]
    if message.kind != "interactive" or message.way is Way.OUT:
        return []
    action = message.content["interactive"]["action"]
    buttons = [one["reply"] for one in action.get("buttons", [])]
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    return [{name: str(value) for name, value in one.items()} for one in (*buttons, *rows)]
