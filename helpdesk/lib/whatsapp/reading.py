"""The bytes of one POST to a ReadPost. Whatever arrives, something comes out.

The envelope: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from helpdesk.lib import clock
from helpdesk.lib.whatsapp import plain_json
from helpdesk.lib.whatsapp.fields import moment, part, parts, text, user_id, wa_id
from helpdesk.lib.whatsapp.kinds import content_of
from helpdesk.lib.whatsapp.line_news import NEWS, news_of
from helpdesk.lib.whatsapp.payload import Fault, LineNews, ReadPost, Receipt, Said

MOST_BYTES = 3 * 1024 * 1024  # the provider's own limit for one POST
MOST_PARTS = 5000  # messages and receipts of one POST; the provider sends up to 1,000 changes
MOST_TROUBLES = 20
ID_LENGTH = 255
_ERRORS = 10
_CONTEXT = ("forwarded", "frequently_forwarded")


def read_post(raw: bytes, *, arrived_at: datetime | None = None) -> ReadPost:
    """Understand one POST; never raises. *arrived_at* (now, unless told) stands in for moments that cannot be.

    Fields that nobody knows are passed over; types that nobody knows are kept whole.
    """
    if len(raw) > MOST_BYTES:
        return ReadPost(troubles=("too_large",), is_readable=False)
    try:
        whole = plain_json.parse(raw)
    except plain_json.NotJson:
        return ReadPost(troubles=("not_json",), is_readable=False)
    if not isinstance(part(whole, "entry"), list):
        return ReadPost(troubles=("no_envelope",), is_readable=False)
    reading = _Reading(arrived_at or clock.now())
    reading.walk(whole)
    return ReadPost(
        tuple(reading.messages),
        tuple(reading.statuses),
        tuple(reading.changes),
        tuple(reading.troubles[:MOST_TROUBLES]),
    )


@dataclass
class _Reading:
    """One POST while it is read."""

    arrived_at: datetime
    messages: list[Said] = field(default_factory=list)
    statuses: list[Receipt] = field(default_factory=list)
    changes: list[LineNews] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def walk(self, whole: Any) -> None:
        for place, account_id, change in self._changes_in(whole):
            name, value = text(change, "field", most=60), part(change, "value")
            if name == "messages":
                self._take_messages(place, value)
            elif name in NEWS and isinstance(value, dict):
                self.changes.append(news_of(name, account_id, value, self.arrived_at))

    def _changes_in(self, whole: Any) -> Iterator[tuple[str, str, Any]]:
        for number, entry in enumerate(parts(whole, "entry")):
            if not isinstance(entry, dict):
                self.troubles.append(f"entry/{number}")
                continue
            for place, change in enumerate(parts(entry, "changes")):
                if isinstance(change, dict):
                    yield f"{number}/{place}", text(entry, "id", most=60), change
                else:
                    self.troubles.append(f"change/{number}/{place}")

    def _take_messages(self, place: str, value: Any) -> None:
        if not isinstance(value, dict):
            self.troubles.append(f"value/{place}")
            return
        for error in parts(value, "errors")[:_ERRORS]:  # not about any one message
            self.changes.append(
                LineNews("errors", self.arrived_at, event=text(error, "code", most=20))
            )
        for message in parts(value, "messages"):
            said = self._said(value, message)
            self._keep(self.messages, said, f"message/{place}")
        for status in parts(value, "statuses"):
            self._keep(self.statuses, self._receipt(value, status), f"status/{place}")

    def _keep(self, shelf: list[Any], found: Said | Receipt | None, trouble: str) -> None:
        if found is None or len(self.messages) + len(self.statuses) >= MOST_PARTS:
            self.troubles.append(trouble)
        else:
            shelf.append(found)

    def _said(self, value: dict[str, Any], message: Any) -> Said | None:
        """None for what nobody said: without a sender there is nobody to answer."""
        if not isinstance(message, dict):
            return None
        sender = _sender_of(value, message)
        if sender is None:
            return None
        kind = text(message, "type", most=30) or "unknown"
        content = content_of(message, kind)
        at = self._moment(message, content.facts)
        content.facts |= _facts_of_any(message)
        return Said(
            provider_id=_id_of(message),
            phone_number_id=text(value, "metadata", "phone_number_id", most=60),
            wa_id=sender[0],
            user_id=sender[1],
            profile_name=_profile_name(value, *sender),
            said_at=at,
            kind=kind,
            text=content.text,
            media=content.media,
            choice_id=content.choice_id,
            reply_to=content.about or text(message, "context", "id") or None,
            facts=content.facts,
        )

    def _receipt(self, value: dict[str, Any], status: Any) -> Receipt | None:
        provider_id, word = text(status, "id", most=ID_LENGTH), text(status, "status", most=20)
        if not provider_id or not word:
            return None
        return Receipt(
            provider_id=provider_id,
            phone_number_id=text(value, "metadata", "phone_number_id", most=60),
            status=word.lower(),
            at=self._moment(status, {}),
            recipient=text(status, "recipient_id", most=160)
            or text(status, "recipient_user_id", most=160),
            errors=tuple(_faults(status)),
            pricing_category=text(status, "pricing", "category", most=40).lower(),
            our_data=text(status, "biz_opaque_callback_data", most=512),
        )

    def _moment(self, value: Any, facts: dict[str, Any]) -> datetime:
        told = text(value, "timestamp", most=40)
        at = moment(told, self.arrived_at)
        if at is None:
            facts["told_at"] = told
        return at or self.arrived_at


def _sender_of(
    value: dict[str, Any], message: dict[str, Any]
) -> tuple[str | None, str | None] | None:
    """Number and user id of who said it, one of which may be missing. None: neither is there.

    A message names its sender; the contacts beside it may know the other half of who that is.
    """
    told = [text(message, name) for name in ("from", "from_user_id")]
    number = next((one for name in told if (one := wa_id(name))), None)
    person = next((one for name in told if (one := user_id(name))), None)
    cards = [card for card in parts(value, "contacts") if isinstance(card, dict)]
    for card in cards:
        card_number, card_person = wa_id(text(card, "wa_id")), user_id(text(card, "user_id"))
        is_theirs = (number and card_number == number) or (person and card_person == person)
        if is_theirs or (number is None and person is None and len(cards) == 1):
            number, person = number or card_number, person or card_person
    return (number, person) if number or person else None


def _profile_name(value: dict[str, Any], number: str | None, person: str | None) -> str:
    for card in parts(value, "contacts"):
        names = (wa_id(text(card, "wa_id")), user_id(text(card, "user_id")))
        if (number and names[0] == number) or (person and names[1] == person):
            return " ".join(text(card, "profile", "name", most=400).split())
    return ""


def _id_of(message: dict[str, Any]) -> str:
    """The provider's id; without one, or with one that is too long, the digest of what was said names it."""
    told = text(message, "id")
    if told and len(told) <= ID_LENGTH:
        return told
    whole = json.dumps(plain_json.kept(message), sort_keys=True).encode()
    return f"digest.{hashlib.sha256(whole).hexdigest()}"


def _facts_of_any(message: dict[str, Any]) -> dict[str, Any]:
    """What a message of every type may bring."""
    facts: dict[str, Any] = {}
    if any(part(message, "context", name) is True for name in _CONTEXT):
        facts["forwarded"] = True
    if errors := list(_faults(message)):
        facts["errors"] = [{"code": one.code, "title": one.title} for one in errors]
    if isinstance(part(message, "referral"), dict):
        facts["referral"] = plain_json.kept(part(message, "referral"))
    if group := text(message, "group_id", most=160):
        facts["group_id"] = group
    return facts


def _faults(value: Any) -> Iterator[Fault]:
    for error in parts(value, "errors")[:_ERRORS]:
        code = text(error, "code", most=20)
        title = text(error, "title", most=200) or text(error, "message", most=200)
        if isinstance(error, dict):
            yield Fault(int(code) if code.isascii() and code.isdigit() else 0, title)
