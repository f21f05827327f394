"""What is known about a contact at the moment at which they are answered: their tickets, our hours, our patience."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from helpdesk.accounts.organisation import (
    EVERYWHERE,
    Organisation,
    local_zone,
    number_prefix,
    organisation,
)
from helpdesk.intake.mail_belonging import why_anew
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue.talk import Known, Situation
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import address_of
from helpdesk.messaging.whatsapp.saying import CHANNEL
from helpdesk.registry.complainant import ON_WHATSAPP, Identifier
from helpdesk.registry.matching import normal_name
from helpdesk.sla import calendars
from helpdesk.sla.calendar import NoOpenHours
from helpdesk.tickets.number import TicketNumber
from helpdesk.tickets.objecting import can_object
from helpdesk.tickets.opening import first_words, number_of
from helpdesk.tickets.states import Access, Channel, Identity, Status
from helpdesk.tickets.ticket import Ticket

MOST_AN_HOUR = 20  # answers of the guide to one contact
MOST_A_DAY = 60
TALKED_OF_FOR = timedelta(minutes=30)
MOST_TICKETS = 200
TALK_KEY = "talk/"  # the guide's answers in the outbox, as against what staff write
_HINT_LENGTH = 48


def situation_of(conversation: Conversation, contact: Contact) -> Situation:
    """Everything that the dialogue may know, inside the caller's unit of work."""
    now, here, line = clock.now(), organisation(), lines.line()
    base = current_settings().base_url
    year = now.astimezone(local_zone()).year
    silent_until = conversation.silent_until
    is_taken = conversation.taken_by_id is not None
    spoke_at = conversation.spoke_at
    return Situation(
        now=now,
        house=here.name if here else "",
        prefix=number_prefix(),
        tickets=tuple(_known(ticket, contact) for ticket in tickets_of(contact)),
        years=(year, year - 1),
        emergency=(line.emergency_contact if line else "")
        or (here.emergency_phone if here else "")
        or EVERYWHERE,
        emergency_steps=_emergency_steps(here, contact.language),
        person_at=person_at(now, contact.language),
        form_url=f"{base}/keluhan",
        is_silent=is_taken or (silent_until is not None and silent_until > now),
        is_taken=is_taken,
        is_fresh=spoke_at is not None and now - spoke_at < TALKED_OF_FOR,
        replies_left=_replies_left(address_of(contact), now),
    )


def tickets_of(contact: Contact) -> list[Ticket]:
    """The tickets whose answers go to this contact, the newest first: theirs, and perhaps their family's."""
    addresses = addresses_of(contact)
    people = select(Identifier.complainant_id).where(
        Identifier.kind.in_(ON_WHATSAPP), Identifier.value.in_(addresses)
    )
    theirs = (
        select(Ticket)
        .where(
            Ticket.complainant_id.in_(people),
            Ticket.reply_channel.in_((CHANNEL, "phone")),
            Ticket.reply_address.in_(addresses),
            Ticket.status != Status.SPAM.value,
        )
        .order_by(Ticket.id.desc())
        .limit(MOST_TICKETS)
        .options(joinedload(Ticket.complainant), selectinload(Ticket.dispositions))
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(theirs).unique()) if addresses else []


def addresses_of(contact: Contact) -> list[str]:
    """Every address by which this very contact is or was known; what another took over is not among them."""
    return [one.address for one in contact.identities]


def is_same_person(ticket: Ticket, contact: Contact) -> bool:
    """Does the name on the ticket fit who writes? A family shares a telephone, and one need not know of the other's."""
    named = normal_name((ticket.complainant.name if ticket.complainant else None) or "")
    called = normal_name(contact.profile_name)
    return not named or (bool(called) and _shares_a_word(named, called))


def person_at(now: datetime, language: str) -> str:
    """When a person answers again, in words; '' while the desk is open, or where nobody has said when it is."""
    try:
        calendar = calendars.default_calendar()
        if calendar.is_open(now):
            return ""
        return moment_in_words(calendar.next_opening(now), local_zone(), language)
    except (calendars.NoCalendar, NoOpenHours):
        return ""


def _emergency_steps(here: Organisation | None, language: str) -> str:
    """What the public pages tell people to do, in the language of the talk."""
    steps: str = getattr(here, f"emergency_{language}", "")
    return steps.strip()


def _known(ticket: Ticket, contact: Contact) -> Known:
    state = ticket.state
    is_answered = state in (Status.ANSWERED, Status.CLOSED)
    return Known(
        id=ticket.id,
        number=TicketNumber(ticket.number_year or 0, ticket.number_seq or 0),
        shown=number_of(ticket),
        hint=_hint(ticket, contact),
        is_open=ticket.is_open,
        is_answered=is_answered,
        waits_for_confirmation=state is Status.ANSWERED,
        may_object=is_answered and can_object(ticket),
        is_asked=ticket.is_waiting,
        takes_messages=why_anew(ticket) is None,
    )


def _hint(ticket: Ticket, contact: Contact) -> str:
    """By which they know it again: its day, and its first words where they typed them here themselves."""
    day = ticket.received_on.strftime("%d-%m-%Y")
    is_told_here = (
        ticket.channel == Channel.WHATSAPP
        and ticket.identity == Identity.NAMED
        and ticket.access == Access.ORDINARY
        and is_same_person(ticket, contact)
    )
    return f"{day} · {first_words(ticket.text)[:_HINT_LENGTH]}" if is_told_here else day


def _shares_a_word(named: str, called: str) -> bool:
    """*Rina* and *Rina Marlina*: the shorter name stands within the longer."""
    shorter, longer = sorted((named.split(), called.split()), key=len)
    return all(word in longer for word in shorter)


def _replies_left(address: str, now: datetime) -> int:
    said = _said_times(address, now - timedelta(days=1))
    this_hour = sum(at > now - timedelta(hours=1) for at in said)
    return min(MOST_AN_HOUR - this_hour, MOST_A_DAY - len(said))


def _said_times(address: str, since: datetime) -> Sequence[datetime]:
    """When the guide spoke to them since then; by the newest first, and no more than count."""
    said = (
        select(OutboxMessage.created_at)
        .where(
            OutboxMessage.channel == CHANNEL,
            OutboxMessage.address == address,
            OutboxMessage.created_at > since,
            OutboxMessage.dedupe_key.startswith(TALK_KEY),
        )
        .limit(MOST_A_DAY)
    )
    return db.session.scalars(said).all()
