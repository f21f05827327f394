"""Deleting the personal data of one complaint, with the raw messages in which it came in.

``tickets.erasing`` says what goes and what stays. Of an email that came in only its row stays, so that it is known when
a mailbox offers it once more; a stored POST of WhatsApp, which may bring several people's words, is written anew
without this one's. Who is known on WhatsApp is forgotten with the last complaint that needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import selectinload

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.forgetting import FORGOTTEN, posts_since, without_messages
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.situation import addresses_of
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, NotFound
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.whatsapp.contact import Contact, ContactIdentity, IdentityKind
from helpdesk.messaging.whatsapp.staff_telephone import StaffTelephone
from helpdesk.registry.complainant import Identifier, IdentifierKind
from helpdesk.tickets.erased_files import note_erased
from helpdesk.tickets.erasing import Basis, erase_ticket, forget_messages, must_be_at_rest
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket

_CHANGED = _l("Something came in for it at this moment. Please try again.")


@dataclass(frozen=True)
class Emptied:
    """What becomes of the bytes of one raw message: *old* and *new* are digests of the storage."""

    old: str
    new: str
    size: int


def prepare(ticket_id: int) -> dict[int, Emptied]:
    """Write the raw messages of a ticket anew without what is its own, by their ids in the inbox; nothing is named yet.

    Slow, and therefore before the unit of work that calls ``erase``. Where that one never comes, what was written here
    goes again: others may have said what is left in it. Opens a unit.
    """
    emptied = {}
    for row in db.session.scalars(select(Inbound).where(Inbound.ticket_id == ticket_id)):
        emptied[row.id] = _put(row, b"")
    messages = _messages_of(ticket_id, _forgettable(ticket_id))
    brought_first = {message.inbox_id for message in messages}
    for inbox_id, provider_ids in _told(messages).items():
        row = db.session.get_one(Inbound, inbox_id)
        try:
            raw = raw_of(row)
        except NotFound:  # lost from the storage before
            raw = b""
        left = without_messages(raw, provider_ids)
        if left != raw or inbox_id in brought_first:
            emptied[inbox_id] = _put(row, left)
    unit_of_work(lambda: note_erased(one.new for one in emptied.values()))
    return emptied


def _told(messages: Iterable[WhatsAppMessage]) -> dict[int, set[str]]:
    """Which of the *messages* each POST may hold: the one that brought them, and those that brought them once more."""
    brought: dict[int, set[str]] = {}
    for message in messages:
        brought.setdefault(message.inbox_id, set()).add(message.provider_id)
    told: dict[int, set[str]] = {}
    for first_id, provider_ids in brought.items():
        for inbox_id in posts_since(first_id):
            told.setdefault(inbox_id, set()).update(provider_ids)
    return told


def erase(
    ticket: Ticket,
    emptied: dict[int, Emptied],
    basis: Basis,
    reason: str = "",
    *,
    by: Actor,
) -> TicketEvent:
    """Delete the personal data of *ticket*, locked, inside the caller's unit of work; *emptied* is of ``prepare``.

    Raises Conflict where that is not possible now, Invalid without a reason, Refused.
    """
    _must_be_decided(ticket.id)
    contacts = _forgettable(ticket.id)
    files = _forget_said(ticket.id, contacts, emptied)
    for contact in contacts:
        files |= _forget_contact(contact)
    db.session.flush()
    files |= _name_emptied(ticket.id, emptied)
    return erase_ticket(ticket, basis, reason, by=by, also=files)


def erase_by_rule(ticket_id: int) -> None:
    """The same because of its age, by the worker. Opens its own units; what another worker did meanwhile is left."""
    _must_be_decided(ticket_id)
    emptied = prepare(ticket_id)
    db.session.rollback()
    unit_of_work(partial(_erase_by_rule, ticket_id, emptied))


def _erase_by_rule(ticket_id: int, emptied: dict[int, Emptied]) -> None:
    ticket = db.session.scalars(locked_tickets(Ticket.id == ticket_id)).one()
    if ticket.erased_at is None and not ticket.is_held:
        erase(ticket, emptied, Basis.RETENTION, by=Actor.system())


def _must_be_decided(ticket_id: int) -> None:
    """Raise Conflict while somebody has yet to decide about an email that names the ticket."""
    waiting = exists().where(Inbound.ticket_id == ticket_id, Inbound.fate == Fate.QUARANTINED.value)
    if db.session.scalar(select(waiting)):
        raise Conflict(_l("An email in quarantine names it. Decide about that one first."))


def _put(row: Inbound, content: bytes) -> Emptied:
    return Emptied(old=row.raw_digest, new=get_storage().put(content), size=len(content))


def _name_emptied(ticket_id: int, emptied: dict[int, Emptied]) -> set[str]:
    """Let the rows name the emptied bytes; gives the digests of what they named before."""
    came_in = db.session.scalars(select(Inbound.id).where(Inbound.ticket_id == ticket_id))
    if not set(came_in) <= emptied.keys():
        raise Conflict(_CHANGED)
    rows = select(Inbound).where(Inbound.id.in_(sorted(emptied))).order_by(Inbound.id)
    for row in db.session.scalars(rows.with_for_update()):
        if row.raw_digest != emptied[row.id].old:
            raise Conflict(_CHANGED)
        row.raw_digest, row.size = emptied[row.id].new, emptied[row.id].size
        row.sender = row.subject = row.error = ""
    return {one.old for one in emptied.values() if one.old != one.new}


def _messages_of(ticket_id: int, contacts: Sequence[Contact]) -> list[WhatsAppMessage]:
    """What was said on WhatsApp for the ticket, and all else that those who are forgotten said."""
    theirs = WhatsAppMessage.contact_id.in_([contact.id for contact in contacts])
    said = select(WhatsAppMessage).where(or_(WhatsAppMessage.ticket_id == ticket_id, theirs))
    return [one for one in db.session.scalars(said) if one.provider_id]


def _forget_said(
    ticket_id: int, contacts: Sequence[Contact], emptied: dict[int, Emptied]
) -> set[str]:
    messages = _messages_of(ticket_id, contacts)
    must_be_at_rest(WhatsAppMessage, WhatsAppMessage.id.in_([one.id for one in messages]))
    files = set()
    for message in messages:
        if message.inbox_id not in emptied:
            raise Conflict(_CHANGED)
        files |= {message.shown_digest, message.original_digest} - {None}
        message.text, message.facts, message.provider_id = "", {}, ""
        message.transcript = message.reply_to = message.media_id = message.media = None
        message.shown_digest = message.original_digest = None
        message.media_state = message.media_error = ""
        message.ticket_id = message.event_id = message.look_at = None
        message.fate, message.reason = FORGOTTEN, ""
    talks = select(Conversation).where(
        Conversation.contact_id.in_({one.contact_id for one in messages}),
        Conversation.ticket_id == ticket_id,
    )
    for talk in db.session.scalars(talks.with_for_update()):
        talk.ticket_id = None
    return {file for file in files if file}


def _forgettable(ticket_id: int) -> list[Contact]:
    """Who spoke for the ticket on WhatsApp, or is written to there, and is known for nothing else."""
    ticket = db.session.get_one(Ticket, ticket_id)
    spoke = select(WhatsAppMessage.contact_id).where(WhatsAppMessage.ticket_id == ticket_id)
    written_to = select(ContactIdentity.contact_id).where(
        ContactIdentity.kind.in_([kind.value for kind in IdentityKind]),
        ContactIdentity.value == (ticket.reply_address.removeprefix("+") or None),
    )
    found = select(Contact).where(or_(Contact.id.in_(spoke), Contact.id.in_(written_to)))
    rows = db.session.scalars(found.options(selectinload(Contact.identities))).all()
    return [one for one in rows if not _is_needed_elsewhere(one, ticket_id)]


def _is_needed_elsewhere(contact: Contact, ticket_id: int) -> bool:
    """Is another complaint theirs, are they told something as staff, or does the talk with them still go on?"""
    spoke = exists().where(
        WhatsAppMessage.contact_id == contact.id,
        or_(
            and_(WhatsAppMessage.ticket_id.is_not(None), WhatsAppMessage.ticket_id != ticket_id),
            WhatsAppMessage.handled_at.is_(None),
        ),
    )
    left = exists().where(
        Identifier.kind.in_([kind.value for kind in IdentifierKind]),
        Identifier.value.in_(addresses_of(contact)),
        Ticket.complainant_id == Identifier.complainant_id,
        Ticket.id != ticket_id,
    )
    tells_staff = exists().where(
        StaffTelephone.contact_id == contact.id,
        User.id == StaffTelephone.user_id,
        User.is_active,
    )
    if any(db.session.scalar(select(one)) for one in (spoke, left, tells_staff)):
        return True
    talk = db.session.scalar(select(Conversation).where(Conversation.contact_id == contact.id))
    return talk is not None and bool(
        talk.look_at or talk.person_wanted_at or talk.gathered.get("story")
    )


def _forget_contact(contact: Contact) -> set[str]:
    """The talk with them, what we said in it, and by what they were known. The row stays for their messages."""
    files = set()
    talks = select(Conversation).where(Conversation.contact_id == contact.id).with_for_update()
    for talk in db.session.scalars(talks):
        files |= forget_messages(("conversation", talk.id))
        db.session.delete(talk)
    for identity in contact.identities:
        db.session.delete(identity)
    contact.profile_name, contact.window_until = "", None
    return files
