"""Reading the talks on WhatsApp: which wait for a person, and what was said in one, by them, by the guide and by us.

For customer care. What belongs to a guarded complaint is shown to whoever may see that complaint, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import selectinload

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue.talk import Why
from helpdesk.intake.whatsapp.forgetting import FORGOTTEN
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound, Refused
from helpdesk.messaging.events import CHAT
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.sending_again import ids_left_failed
from helpdesk.messaging.templates import render_message
from helpdesk.messaging.told_keys import NAMELESS_KEY, NAMELESS_TOLD, without_key
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import identity_at
from helpdesk.messaging.whatsapp.saying import CHANNEL
from helpdesk.tickets import keys
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.ticket import Ticket

MOST_COUNTED = 99


@dataclass(frozen=True)
class Entry:
    """One conversation in the list, with the contact whose it is."""

    conversation: Conversation
    contact: Contact


@dataclass(frozen=True)
class Beside:
    """The talk with a complainant, for the page of their ticket. They may be written to freely until *window_until*."""

    talk_id: int
    window_until: datetime | None

    def is_open(self, at: datetime) -> bool:
        """May they be written to freely at that moment?"""
        return self.window_until is not None and at < self.window_until


@dataclass(frozen=True)
class Line:
    """One thing that was said. *message* is theirs, *sent* ours; *text* is empty where the reader may not know it.

    *is_hidden*: it belongs to a complaint that the reader may not see. *is_left*: it failed, and nobody sent it again.
    """

    at: datetime
    text: str
    message: WhatsAppMessage | None = None
    sent: OutboxMessage | None = None
    ticket: Ticket | None = None
    is_hidden: bool = False
    is_left: bool = False

    @property
    def is_ours(self) -> bool:
        """Did we say it?"""
        return self.sent is not None


def at_desk(actor: Actor) -> Actor:
    """The talks are customer care's: raises Refused for anybody else."""
    if not actor.may(Permission.TRIAGE):
        raise Refused(_l("Conversations are for customer care."))
    return actor


def waiting(*, limit: int) -> list[Entry]:
    """The conversations in which a person is wanted: emergencies, then whoever waits longest first."""
    rows = select(Conversation, Contact).join(Contact, Contact.id == Conversation.contact_id)
    wanted = rows.where(Conversation.person_wanted_at.is_not(None))
    is_calmer = Conversation.wanted_because != Why.EMERGENCY.value
    ordered = wanted.order_by(is_calmer, Conversation.person_wanted_at, Conversation.id)
    return _entries(ordered.limit(limit))


def latest(*, before: tuple[datetime, int] | None = None, limit: int) -> list[Entry]:
    """The others, the latest heard first; the next page: with moment and id of the last as *before*."""
    rows = select(Conversation, Contact).join(Contact, Contact.id == Conversation.contact_id)
    others = rows.where(Conversation.person_wanted_at.is_(None))
    if before is not None:
        at, id_ = before
        is_same = (Conversation.heard_at == at) & (Conversation.id < id_)
        others = others.where(Conversation.heard_at <= at, or_(Conversation.heard_at < at, is_same))
    return _entries(
        others.order_by(Conversation.heard_at.desc(), Conversation.id.desc()).limit(limit)
    )


def how_many_wait() -> ScalarSelect[int]:
    """In how many a person is wanted, exact to 99; part of a statement."""
    some = select(Conversation.id).where(Conversation.person_wanted_at.is_not(None))
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())
    return counted.scalar_subquery()


def find_talk(conversation_id: int) -> Entry:
    """The conversation; raises NotFound."""
    rows = select(Conversation, Contact).join(Contact, Contact.id == Conversation.contact_id)
    found = _entries(rows.where(Conversation.id == conversation_id))
    if not found:
        raise NotFound
    return found[0]


def talk_at(address: str) -> Beside | None:
    """The talk with whoever is at *address* now; None where they never wrote. One statement."""
    found = db.session.execute(
        select(Conversation.id, Contact.window_until)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Contact.id == identity_at(address).scalar_subquery())
    ).one_or_none()
    return Beside(*found) if found else None


def talk_of(actor: Actor, message_id: int) -> int:
    """The conversation in which the message was said; raises NotFound, also where they may not read it."""
    rows = select(Conversation.id).join(
        WhatsAppMessage, WhatsAppMessage.contact_id == Conversation.contact_id
    )
    readable = rows.where(WhatsAppMessage.id == message_id, _may_be_read_by(actor))
    found = db.session.scalar(readable)
    if found is None:
        raise NotFound
    return found


def find_message(actor: Actor, conversation_id: int, message_id: int) -> WhatsAppMessage:
    """A message of the talk that *actor* may read; raises NotFound."""
    entry = find_talk(conversation_id)
    found = db.session.scalar(
        select(WhatsAppMessage).where(
            WhatsAppMessage.id == message_id,
            WhatsAppMessage.contact_id == entry.contact.id,
            _may_be_read_by(actor),
        )
    )
    if found is None:
        raise NotFound
    return found


def lines_of(entry: Entry, actor: Actor, *, limit: int) -> list[Line]:
    """The last *limit* things that each side said, in the order in which they were said."""
    theirs = _newest_of_theirs(entry.contact, limit)
    ours = _newest_of_ours(entry.contact, limit)
    about = {one.ticket_id for one in theirs} | {
        one.subject_id for one in ours if one.subject_kind == "ticket"
    }
    tickets = _visible(about - {None}, actor)
    lines = [_their_line(one, tickets) for one in reversed(theirs)]
    left = ids_left_failed(ours)
    lines += [_our_line(one, tickets, is_left=one.id in left) for one in reversed(ours)]
    # The provider knows whole seconds: within one, theirs go before ours, each in the order in which they came.
    return sorted(lines, key=lambda line: line.at)[-limit:]


def _may_be_read_by(actor: Actor) -> ColumnElement[bool]:
    is_of_visible = exists().where(Ticket.id == WhatsAppMessage.ticket_id, visible_to(actor))
    return or_(WhatsAppMessage.ticket_id.is_(None), is_of_visible)


def _their_line(message: WhatsAppMessage, tickets: dict[int, Ticket]) -> Line:
    ticket = tickets.get(message.ticket_id or 0)
    is_hidden = message.ticket_id is not None and ticket is None
    text = "" if is_hidden else str(message.facts.get("edited_words") or message.text)
    return Line(message.said_at, text, message=message, ticket=ticket, is_hidden=is_hidden)


def _our_line(sent: OutboxMessage, tickets: dict[int, Ticket], *, is_left: bool) -> Line:
    is_about_ticket = sent.subject_kind == "ticket"
    ticket = tickets.get(sent.subject_id) if is_about_ticket else None
    is_hidden = is_about_ticket and ticket is None
    text = "" if is_hidden else words_of(sent)
    at = sent.sent_at or sent.created_at
    return Line(at, text, sent=sent, ticket=ticket, is_hidden=is_hidden, is_left=is_left)


def words_of(sent: OutboxMessage) -> str:
    """What we said, for staff: without the link that opens the complaint, and without a PIN on its way."""
    words = without_key(sent) if sent.event == CHAT else render_message(sent).body
    return keys.without_links(words)


def _newest_of_theirs(contact: Contact, limit: int) -> Sequence[WhatsAppMessage]:
    # What was forgotten shows not even its moment: it is that of an anonymous complaint.
    rows = select(WhatsAppMessage).where(
        WhatsAppMessage.contact_id == contact.id, WhatsAppMessage.fate != FORGOTTEN
    )
    newest = rows.order_by(WhatsAppMessage.said_at.desc(), WhatsAppMessage.id.desc()).limit(limit)
    return db.session.scalars(newest).all()


def _newest_of_ours(contact: Contact, limit: int) -> Sequence[OutboxMessage]:
    """What went to the addresses that are theirs now; not what they are told as staff, who are no complainants."""
    addresses = {one.address for one in contact.identities if one.is_current}
    rows = select(OutboxMessage).where(
        OutboxMessage.channel == CHANNEL,
        OutboxMessage.address.in_(addresses),
        OutboxMessage.recipient_kind != "staff",
        OutboxMessage.created_at >= contact.created_at,  # the number may have been somebody else's
        ~OutboxMessage.dedupe_key.startswith(NAMELESS_KEY),
        ~OutboxMessage.dedupe_key.startswith(NAMELESS_TOLD),
    )
    return db.session.scalars(rows.order_by(OutboxMessage.id.desc()).limit(limit)).all()


def _visible(ids: set[int | None], actor: Actor) -> dict[int, Ticket]:
    if not ids:
        return {}
    found = db.session.scalars(select(Ticket).where(Ticket.id.in_(ids), visible_to(actor)))
    return {ticket.id: ticket for ticket in found}


def _entries(rows: Select[Conversation, Contact]) -> list[Entry]:
    found = db.session.execute(rows.options(selectinload(Contact.identities)))
    return [Entry(conversation, contact) for conversation, contact in found]
