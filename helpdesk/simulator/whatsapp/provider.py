"""The provider between the house and the telephones."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from helpdesk.lib import clock
from helpdesk.simulator.whatsapp import payloads
from helpdesk.simulator.whatsapp.catalogue import LOOKED_AT_FOR, Template, TemplateCatalogue
from helpdesk.simulator.whatsapp.chats import Chats, Message, Owner, Way
from helpdesk.simulator.whatsapp.file import PhoneFile, Switch
from helpdesk.simulator.whatsapp.payloads import Account
from helpdesk.simulator.whatsapp.posts import PostQueue
from helpdesk.simulator.whatsapp.refusals import GraphRefusal
from helpdesk.simulator.whatsapp.sending import Request
from helpdesk.simulator.whatsapp.shelf import Media, MediaShelf

DELIVERED_AFTER = 1.0  # seconds
LATEST = 5.0  # seconds by which things overtake each other
_UNDELIVERABLE = 131026


@dataclass
class Provider:
    """Everything the provider has, for one *account*."""

    account: Account
    file: PhoneFile
    chats: Chats = field(init=False)
    shelf: MediaShelf = field(init=False)
    catalogue: TemplateCatalogue = field(init=False)
    posts: PostQueue = field(init=False)

    def __post_init__(self) -> None:
        self.chats = Chats(self.file)
        self.shelf = MediaShelf(self.file)
        self.catalogue = TemplateCatalogue(self.file)
        self.posts = PostQueue(self.file)

    @classmethod
    def at(cls, path: Path, account: Account) -> Provider:
        """With its file at *path*."""
        return cls(account, PhoneFile(path))

    def send(self, request: Request) -> Message:
        """Bring a message of the house to a telephone. Raises GraphRefusal."""
        owner = self.chats.owner_of(request.address)
        if owner is None:
            raise GraphRefusal(_UNDELIVERABLE, "There is no such user id.")
        content, category = request.content, "service"
        if not request.is_free_form:
            content, category = self._filled(request.content)
        elif not self.chats.is_window_open(owner.key):
            raise GraphRefusal(
                131047,
                "Message failed to send because more than 24 hours have passed since the customer last"
                " replied to this number.",
            )
        message = self.chats.add(
            owner.key,
            Way.IN,
            request.kind,
            {request.kind: content},
            reply_to=request.reply_to,
            our_data=request.our_data,
            category=category,
        )
        self._report(owner, message)
        return message

    def take_from(self, owner: Owner, message: Message) -> None:
        """Bring to the house what *owner* did on the telephone; that opens the window."""
        self.chats.hear(owner.key, message.at)
        value = payloads.message_value(self.account, owner, message, with_number=self._shows_number)
        self._post(value, wamid=message.wamid)

    def note_read(self, owner: Owner, messages: Iterable[Message]) -> None:
        """*owner* looks at the chat: whatever is new in it counts as read."""
        for message in messages:
            if message.way is Way.IN and self.chats.climb(message.wamid, "read"):
                self._status(owner, message, "read", clock.now(), after=DELIVERED_AFTER)

    def hand_in(self, wanted: dict[str, Any]) -> Template:
        """Take a template, and tell when it is approved. Raises GraphRefusal."""
        template = self.catalogue.hand_in(wanted)
        value = payloads.template_value(template.id, template.name, template.language)
        body = payloads.post_of(self.account, value, "message_template_status_update")
        self.posts.put(body, after=LOOKED_AT_FOR.total_seconds())
        return template

    def fetchable(self, media_id: str) -> Media | None:
        """A file that the house may have."""
        expired = self.file.is_on(Switch.MEDIA_EXPIRED)
        return None if expired else self.shelf.fetchable(media_id)

    @property
    def _shows_number(self) -> bool:
        return not self.file.is_on(Switch.NO_NUMBER)

    def _filled(self, content: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """A template as the telephone shows it, and what it costs as. Raises GraphRefusal."""
        name, language = content["name"], content["language"]["code"]
        found = [one for one in self.catalogue.named(name) if one.language == language]
        status = found[0].status if found else ""
        if status in ("PAUSED", "DISABLED"):
            raise GraphRefusal(132015 if status == "PAUSED" else 132016)
        if status != "APPROVED":
            raise GraphRefusal(132001, f"template name ({name}) does not exist in {language}")
        words = found[0].filled(content.get("components", []))
        shown = {"name": name, "language": language, "body": words}
        buttons = [
            {"text": str(button.get("text", "")), "payload": str(button.get("text", ""))}
            for part in found[0].components
            if str(part.get("type", "")).upper() == "BUTTONS"
            for button in part.get("buttons") or []
            if str(button.get("type", "")).upper() == "QUICK_REPLY"
        ]
        return {**shown, "buttons": buttons}, found[0].category.lower()

    def _report(self, owner: Owner, message: Message) -> None:
        now = clock.now()
        if owner.is_absent:
            self.chats.fail(message.wamid)
            refusal = GraphRefusal(_UNDELIVERABLE, "Message undeliverable.")
            fault = {**refusal.body["error"], "title": refusal.title}
            self._status(owner, message, "failed", now, fault=fault)
            return
        self._status(owner, message, "sent", now)
        self.chats.climb(message.wamid, "delivered")
        self._status(owner, message, "delivered", now, after=DELIVERED_AFTER)

    def _status(
        self,
        owner: Owner,
        message: Message,
        status: str,
        at: datetime,
        *,
        after: float = 0.0,
        fault: dict[str, Any] | None = None,
    ) -> None:
        value = payloads.status_value(
            self.account, owner, message, status, at, with_number=self._shows_number, fault=fault
        )
        self._post(value, after=after)

    def _post(self, value: dict[str, Any], *, wamid: str = "", after: float = 0.0) -> None:
        """Into the queue, with whatever a visitor lets go wrong on the way."""
        on = self.file.switched_on()
        body = payloads.post_of(self.account, value)
        if Switch.OUT_OF_ORDER in on:
            after += random.uniform(0.0, LATEST)
        self.posts.put(body, wamid=wamid, after=after)
        if Switch.DUPLICATE in on:
            # once more the same bytes, and once the same message in other bytes
            self.posts.put(body, wamid=wamid, after=after)
            self.posts.put(json.dumps(json.loads(body)).encode(), wamid=wamid, after=after)
