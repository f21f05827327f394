"""Whose telephones there are in the simulator, and what people have at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from helpdesk.simulator.whatsapp import graph
from helpdesk.simulator.whatsapp.chats import Owner
from helpdesk.simulator.whatsapp.provider import Provider

PHOTO, DOCUMENT, VOICE = "photo", "document", "voice"
# Three seconds of nobody's voice, made by an oscillator
VOICE_NOTE = Path(__file__).with_name("voice.ogg")
_EXTENSION = "telephones"


@dataclass(frozen=True)
class Sample:
    """A file to send with one tap."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Place:
    """Where somebody is when they send their location."""

    latitude: float
    longitude: float
    name: str
    address: str


@dataclass(frozen=True)
class Telephones:
    """The owners with a few words about each; *samples* are under PHOTO, DOCUMENT and VOICE."""

    provider: Provider
    people: Sequence[tuple[Owner, Any]]
    samples: Mapping[str, Sample]
    place: Place

    def know_in(self, app: Flask) -> None:
        """Let *app* be where these telephones, and their provider, are."""
        app.extensions[_EXTENSION] = self
        app.extensions[graph.EXTENSION] = self.provider
        for owner, _about in self.people:
            self.provider.chats.know(owner)

    def others(self) -> list[tuple[Owner, Any]]:
        """Everybody else who has a chat, in the same shape."""
        known = {owner.key for owner, _about in self.people}
        keys = [key for key in self.provider.chats.owners() if key not in known]
        found = [self.provider.chats.owner_of(key) for key in keys]
        return [(owner, "") for owner in found if owner is not None]

    def about(self, key: str) -> Any:
        """The few words about somebody; empty for others."""
        return next((about for owner, about in self.people if owner.key == key), "")


def telephones_in(app: Flask) -> Telephones | None:
    """Those of the simulator, if it has any."""
    found: Telephones | None = app.extensions.get(_EXTENSION)
    return found


def telephones_here() -> Telephones:
    """Those of the present application, which has them."""
    found: Telephones = current_app.extensions[_EXTENSION]
    return found
