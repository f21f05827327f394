"""One stored POST of the provider becomes messages, receipts and news of the number; once, in one unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.mail_outcome import SENDER_LENGTH, Outcome, Reason
from helpdesk.intake.whatsapp import conversations
from helpdesk.intake.whatsapp.forgetting import forget_again
from helpdesk.intake.whatsapp.message import WANTED, WhatsAppMessage
from helpdesk.intake.whatsapp.traces import leave_traces
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.whatsapp.payload import Kind, ReadPost, Receipt, Said
from helpdesk.lib.whatsapp.reading import read_post
from helpdesk.messaging.receipts import digest_of
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import (
    address_of,
    change_identity,
    contact_of,
    open_window,
)
from helpdesk.messaging.whatsapp.news import take_news
from helpdesk.messaging.whatsapp.receipts import subject_of, take_receipt
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import note_reached
from helpdesk.tickets.new_numbers import follow_to
from helpdesk.tickets.undelivered import note_undelivered

TRACE = "trace"  # the reason on what is never answered
_AT_ONCE = 500  # references in one statement
# What is no word of the person to us, and so opens no window.
_OPENS_NOTHING = frozenset({Kind.REACTION, Kind.EDIT, Kind.REVOKE, Kind.SYSTEM})


def read_posted(row: Inbound) -> ReadPost:
    """What the POST of *row* holds. Raises NotFound when its bytes are gone."""
    return read_post(raw_of(row), arrived_at=row.arrived_at)


def receive_post(row: Inbound, post: ReadPost) -> Outcome:
    """Take in everything that the POST of *row* holds, inside the caller's unit of work.

    What is for another number than ours, or cannot be read, keeps the POST in quarantine; the rest of it is taken in
    all the same, and each message is one row however often it comes.
    """
    line = lines.line()
    ours = [said for said in post.messages if line and said.phone_number_id == line.phone_number_id]
    row.sender = _sender(post)[:SENDER_LENGTH]
    fresh = _take_messages(row, ours)
    for receipt in post.statuses:
        take_receipt(receipt, note_undelivered)
    if line is not None:
        for news in post.changes:
            take_news(news, line)
        lines.note_heard(row.arrived_at)
    if not post.is_readable:
        return Outcome.aside(Reason.UNREADABLE)
    if len(ours) < len(post.messages):
        return Outcome.aside(Reason.OTHER_NUMBER)
    if post.troubles:
        return Outcome.aside(Reason.PARTLY_READ)
    is_receipts = not post.messages and not post.changes
    return Outcome(
        Fate.SPLIT, _what_it_was(post, fresh), _one_ticket(post.statuses) if is_receipts else None
    )


def reference_of(provider_id: str) -> str:
    """By which a message of the provider is one row: its id may be longer than a key."""
    return digest_of(provider_id)


def _one_ticket(receipts: Iterable[Receipt]) -> int | None:
    """The ticket that all of them are about, so that they are deleted with it: they tell a number."""
    subjects = {subject_of(receipt) for receipt in receipts}
    kind, subject_id = (subjects.pop() if len(subjects) == 1 else None) or ("", None)
    return subject_id if kind == "ticket" else None


def _what_it_was(post: ReadPost, fresh: int) -> Reason:
    if post.messages:
        return Reason.MESSAGES if fresh else Reason.SAME_MESSAGES
    if post.statuses:
        return Reason.RECEIPTS
    return Reason.LINE_NEWS if post.changes else Reason.NOTHING_FOR_US


def _take_messages(row: Inbound, messages: list[Said]) -> int:
    """In the order in which they were said; how many we did not have yet."""
    wanted = {reference_of(said.provider_id): said for said in messages}
    standing = _standing(wanted)
    forget_again(row, standing)
    for reference in standing:
        del wanted[reference]
    contacts: dict[tuple[str | None, str | None], Contact] = {}
    last: dict[int, tuple[Contact, Said]] = {}
    to_answer, has_changed = set[int](), False
    for reference, said in sorted(wanted.items(), key=lambda one: one[1].said_at):
        contact = contacts.get((said.wa_id, said.user_id)) or _contact_of(said)
        contacts[said.wa_id, said.user_id] = contact
        _take_message(row, reference, said, contact)
        if _changes_number(said):  # two of them may be one now
            contacts.clear()
            has_changed = True
        last[contact.id] = (contact, said)
        if not said.is_trace:
            to_answer.add(contact.id)
    for contact_id, (contact, said) in last.items():
        if contact.identities:
            _note_spoken(contact, said, is_to_answer=has_changed or contact_id in to_answer)
    return len(wanted)


def _standing(references: Iterable[str]) -> set[str]:
    """Those that are rows already."""
    every, found = list(references), set[str]()
    for first in range(0, len(every), _AT_ONCE):
        some = WhatsAppMessage.reference.in_(every[first : first + _AT_ONCE])
        found.update(db.session.scalars(select(WhatsAppMessage.reference).where(some)))
    return found


def _contact_of(said: Said) -> Contact:
    return contact_of(
        said.wa_id,
        said.user_id,
        said.profile_name,
        said.said_at,
        when_joined=conversations.join,
        # What is written about a complaint follows the account, never the number into other hands.
        when_taken=follow_to,
    )


def _take_message(row: Inbound, reference: str, said: Said, contact: Contact) -> None:
    now = clock.now()
    message = WhatsAppMessage(
        reference=reference,
        provider_id=said.provider_id,
        inbox_id=row.id,
        contact_id=contact.id,
        kind=said.kind,
        said_at=said.said_at,
        arrived_at=row.arrived_at,
        text=said.text,
        facts=_facts(said),
        reply_to=reference_of(said.reply_to) if said.reply_to else None,
    )
    if said.media is not None:
        message.media_id, message.media_state, message.look_at = said.media.id, WANTED, now
    if said.is_trace:
        message.handled_at, message.fate, message.reason = now, Fate.AUTOMATIC.value, TRACE
    db.session.add(message)
    db.session.flush()
    leave_traces(message)
    if _changes_number(said):
        _change_number(contact, said)
    if said.kind not in _OPENS_NOTHING:
        open_window(contact, said.said_at)


def _facts(said: Said) -> dict[str, Any]:
    facts = dict(said.facts)
    if said.choice_id:
        facts["choice_id"] = said.choice_id
    if said.media is not None:
        facts["media"] = {
            "mime_type": said.media.mime_type,
            "sha256": said.media.sha256,
            "name": said.media.name,
            "is_voice": said.media.is_voice,
        }
    return facts


def _changes_number(said: Said) -> bool:
    is_change = said.kind == Kind.SYSTEM and "changed" in str(said.facts.get("what", ""))
    return is_change and bool(said.facts.get("new_wa_id") or said.facts.get("new_user_id"))


def _change_number(contact: Contact, said: Said) -> None:
    new_number, new_id = said.facts.get("new_wa_id"), said.facts.get("new_user_id")
    old = address_of(contact)
    change_identity(
        contact,
        new_number,
        new_id,
        said.said_at,
        when_joined=conversations.join,
        when_taken=follow_to,
    )
    new = address_of(contact)
    if old and new and new != old:
        follow_to(old, new)


def _note_spoken(contact: Contact, said: Said, *, is_to_answer: bool) -> None:
    """The conversation is due, and an address that was given up for dead has shown that it is none."""
    quiet = conversations.QUIET_AFTER_TAP if said.choice_id else conversations.QUIET
    conversations.note_heard(
        contact, said.said_at, clock.now(), quiet=quiet if is_to_answer else None
    )
    address = address_of(contact)
    note_reached(IdentifierKind.on_whatsapp(address), address)


def _sender(post: ReadPost) -> str:
    """For lists: who said the first of it."""
    first = next(iter(post.messages), None)
    if first is None:
        return ""
    return f"+{first.wa_id}" if first.wa_id else first.user_id or ""
