"""Conversations on WhatsApp as scripts: people say something, and hear what we answer.

Everything goes the real way: signed bytes through the hook, the worker's jobs, the outbox. Only the clock is ours: each
word takes the time after which the guide answers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select

from helpdesk.intake import understanding
from helpdesk.intake.whatsapp import forgetting, talking
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.conversations import QUIET
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.receipts import kept_reference
from helpdesk.messaging.templates import render_message
from helpdesk.messaging.whatsapp.contacts import contact_at
from helpdesk.tickets.ticket import Ticket
from tests.support.webhooks import message, post, signed

HOOK = "/hooks/whatsapp"
_people = itertools.count(1)
_ours = itertools.count(1)


@dataclass
class Chat:
    """The hook, the worker and the clock, for everybody who talks."""

    client: FlaskClient
    traveller: time_machine.Traveller

    def person(self, name: str = "Rina", **facts: Any) -> Person:
        """Somebody with a telephone of their own."""
        number = facts.pop("wa_id", f"62812345{next(_people):05d}")
        return Person(self, name, number, **facts)

    def wait(self, lasts: timedelta) -> None:
        """Let time pass, and the worker look at what is due then."""
        self.traveller.shift(lasts)
        talking.answer_due(clock.now())
        forgetting.forget_due(clock.now())

    def receive(self, raw: bytes) -> None:
        """One POST, and the worker's turn when the person has been silent for a while."""
        answer = self.client.post(HOOK, data=raw, headers=signed(raw))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        understanding.understand_due(clock.now())
        self.wait(QUIET)


@dataclass
class Person:
    """Somebody who writes to us. *heard* is what we said to them, in order."""

    chat: Chat
    name: str
    wa_id: str | None
    user_id: str | None = None
    _read_up_to: int = field(default=0, repr=False)

    @property
    def address(self) -> str:
        """Where they are written to."""
        return f"+{self.wa_id}" if self.wa_id else str(self.user_id)

    def says(self, *texts: str, answering: str = "") -> list[str]:
        """Say something, one message for each of *texts*; what came back."""
        context: dict[str, Any] = {"context": {"id": answering}} if answering else {}
        return self._send(*(self._message(text={"body": text}, **context) for text in texts))

    def sends(self, kind: str, count: int = 1, **held: Any) -> list[str]:
        """Send *count* photographs, voice notes or whatever *kind* is; what came back."""
        return self._send(*(self._media(kind, **held) for _number in range(count)))

    def taps(self, code: str) -> list[str]:
        """Tap what was offered under this *code*, newest first: ``send``, or ``resolved`` for ``resolved:12``."""
        found = [one for one in reversed(self._offered()) if one["id"].startswith(code)]
        assert found, f"nothing called {code!r} was offered to {self.name}"
        return self.taps_id(found[0]["id"])

    def taps_id(self, choice: str) -> list[str]:
        """Send the id of a button, whether or not it was ever offered."""
        reply = {"type": "button_reply", "button_reply": {"id": choice, "title": "?"}}
        return self._send(self._message("interactive", interactive=reply))

    def does(self, kind: str, **held: Any) -> list[str]:
        """Send a message of any other *kind*."""
        return self._send(self._message(kind, **held))

    def hears(self) -> list[str]:
        """What came to their telephone since they last listened."""
        fresh = [one for one in self._messages() if one.id > self._read_up_to]
        self._read_up_to = max((one.id for one in fresh), default=self._read_up_to)
        return [render_message(one).body for one in fresh]

    @property
    def offered(self) -> list[str]:
        """The codes of what may be tapped below the last message."""
        return [one["id"] for one in _choices(self._messages()[-1])]

    @property
    def conversation(self) -> Conversation:
        """The talk as it stands."""
        db.session.rollback()
        db.session.expire_all()
        contact = contact_at(self.address)
        assert contact is not None
        by_contact = select(Conversation).where(Conversation.contact_id == contact.id)
        return db.session.scalars(by_contact).one()

    @property
    def tickets(self) -> list[Ticket]:
        """The tickets whose answers come to them, oldest first."""
        db.session.rollback()
        db.session.expire_all()
        theirs = select(Ticket).where(Ticket.reply_address == self.address).order_by(Ticket.id)
        found = list(db.session.scalars(theirs))
        for one in found:
            db.session.expunge(one)
        return found

    def reference_of_last(self, length: int = 0) -> str:
        """As if the last message had reached their telephone: the provider's id of it, at least of that *length*."""
        newest = self._messages()[-1].id
        reference = f"wamid.OURS{next(_ours)}".ljust(length, "x")

        def settle() -> None:
            one = db.session.get_one(OutboxMessage, newest)
            one.provider_ref = kept_reference(reference)
            one.status, one.sent_at = "sent", clock.now()

        unit_of_work(settle)
        return reference

    def _send(self, *messages: dict[str, Any]) -> list[str]:
        self.hears()
        self.chat.receive(post(*messages, name=self.name))
        return self.hears()

    def _message(self, kind: str = "text", **held: Any) -> dict[str, Any]:
        return message(kind, wa_id=self.wa_id, user_id=self.user_id, **held)

    def _media(self, kind: str, **held: Any) -> dict[str, Any]:
        media = {"id": f"media-{next(_ours)}", "mime_type": "image/jpeg", "sha256": "", **held}
        return self._message(kind, **{kind: media})

    def _messages(self) -> list[OutboxMessage]:
        db.session.rollback()
        said = select(OutboxMessage).where(
            OutboxMessage.channel == "whatsapp", OutboxMessage.address == self.address
        )
        return list(db.session.scalars(said.order_by(OutboxMessage.id)))

    def _offered(self) -> list[dict[str, str]]:
        return [choice for one in self._messages() for choice in _choices(one)]


def ours(words: Callable[..., str], *values: object, language: str = "id", **named: object) -> str:
    """What we say, in the language in which they hear it."""
    with force_locale(language):
        return words(*values, **named)


def _choices(one: OutboxMessage) -> list[dict[str, str]]:
    offered: dict[str, Any] = one.choices or {}
    return list(offered.get("buttons") or offered.get("list", {}).get("rows") or [])
