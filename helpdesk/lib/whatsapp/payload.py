"""One POST of the provider, as the rest of the house knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The provider's types of message that we know; any other is kept under its own name."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    AUDIO = "audio"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"  # a card out of somebody's address book
    INTERACTIVE = "interactive"  # a tap on one of our buttons or rows, or an answered form
    BUTTON = "button"  # a tap on the button of a template
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"  # deleted for everybody
    SYSTEM = "system"  # such as: the number changed
    ORDER = "order"
    REQUEST_WELCOME = "request_welcome"  # the chat was opened, and nothing said yet
    # A poll, something that is seen once: the provider does not hand it on
    UNSUPPORTED = "unsupported"


# What tells something about another message or about the account, and is no message by itself.
TRACES = frozenset({Kind.REACTION, Kind.EDIT, Kind.REVOKE, Kind.SYSTEM, Kind.STICKER})


@dataclass(frozen=True)
class Media:
    """A file that a message names; its bytes are fetched by *id*. *sha256* is hexadecimal, '' when none was told."""

    id: str
    mime_type: str = ""
    sha256: str = ""
    name: str = ""
    is_voice: bool = False


@dataclass(frozen=True)
class Said:
    """One message of a person. *wa_id* is the number without plus, *user_id* the business-scoped id: one of the two.

    *provider_id* is unique for ever. *said_at* is aware UTC, never later than the arrival. *text* is what can be read:
    words, a caption, the title of what was tapped, a place. *choice_id* is our own id of what was tapped, the only part
    of a tap to be believed. *reply_to* is the provider's id of the message that this one is about.

    *facts* is what the kind brings, in JSON: ``media``, ``location``, ``cards``, ``errors``, ``words`` (of an edit),
    ``emoji`` (of a reaction; None: taken back), ``new_wa_id``/``new_user_id`` (of a change), ``answers`` (of a form),
    ``forwarded``, ``told_at`` (a timestamp that cannot be), and ``raw`` for a type that we do not know.
    """

    provider_id: str
    phone_number_id: str
    wa_id: str | None
    user_id: str | None
    profile_name: str
    said_at: datetime
    kind: str
    text: str = ""
    media: Media | None = None
    choice_id: str = ""
    reply_to: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_trace(self) -> bool:
        """Does it say something about another message, or nothing that could be answered?"""
        return self.kind in TRACES


@dataclass(frozen=True)
class Fault:
    """An error of the provider. The codes: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes"""

    code: int
    title: str


@dataclass(frozen=True)
class Receipt:
    """How far one message of ours got. *our_data* is what we sent along with it (the id in the outbox)."""

    provider_id: str
    phone_number_id: str
    status: str
    at: datetime
    recipient: str = ""
    errors: tuple[Fault, ...] = ()
    pricing_category: str = ""
    our_data: str = ""


@dataclass(frozen=True)
class LineNews:
    """Something about our number, its account or a template. *what* is the provider's field.

    *event* is the provider's word in lower case (``approved``, ``flagged``, ``high``), *name* and *language* are those
    of the template.
    """

    what: str
    at: datetime
    account_id: str = ""
    event: str = ""
    name: str = ""
    language: str = ""
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadPost:
    """All that one POST holds, in its order. *troubles* are the parts that could not be read, as codes with a place.

    *is_readable* is false when it is not the provider's envelope at all.
    """

    messages: tuple[Said, ...] = ()
    statuses: tuple[Receipt, ...] = ()
    changes: tuple[LineNews, ...] = ()
    troubles: tuple[str, ...] = ()
    is_readable: bool = True
