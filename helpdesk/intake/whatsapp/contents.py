"""Messages as the content of a ticket: their words, the files that are there, and where they went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from helpdesk.intake.inbound import Fate
from helpdesk.intake.submission import Submission, Wish
from helpdesk.intake.whatsapp import hearing
from helpdesk.intake.whatsapp.message import LOST, REFUSED, TAKEN, WANTED, WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.uploads import Received
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import address_of
from helpdesk.tickets.opening import BACKDATING_NEEDS_REASON
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel
from helpdesk.tickets.ticket import Ticket

_MISSING = {WANTED: "media_waiting", LOST: "media_lost", REFUSED: "media_refused"}


def messages_of(contact_id: int, ids: Iterable[int]) -> list[WhatsAppMessage]:
    """These messages of one contact, in the order in which they were said; anybody else's are left out."""
    wanted = select(WhatsAppMessage).where(
        WhatsAppMessage.id.in_(list(ids)), WhatsAppMessage.contact_id == contact_id
    )
    ordered = wanted.order_by(WhatsAppMessage.said_at, WhatsAppMessage.id)
    # Locked: whoever fetches a file meanwhile either brings it before, or finds the ticket afterwards.
    locked = ordered.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def text_of(messages: Sequence[WhatsAppMessage]) -> str:
    """What was written; where nothing was, what came instead."""
    words = hearing.words_of(messages)
    if words:
        return words
    if any(hearing.is_voice(message) for message in messages):
        return str(gettext("(A voice message. Please listen to it.)"))
    return str(gettext("(A photo or file without words.)"))


def files_of(messages: Iterable[WhatsAppMessage]) -> list[Received]:
    """What was fetched already; the rest joins the ticket when it is."""
    return [
        Received(**message.media)
        for message in messages
        if message.media_state == TAKEN and message.media
    ]


def as_facts(received: Received) -> dict[str, Any]:
    """A file as ``WhatsAppMessage.media`` keeps it."""
    return asdict(received)


def event_facts(messages: Sequence[WhatsAppMessage]) -> dict[str, Any]:
    """What a ticket's event keeps of the messages it came from."""
    facts: dict[str, Any] = {"ids": [message.id for message in messages]}
    for became, said in _MISSING.items():
        missing = sum(bool(m.media_id) and m.media_state == became for m in messages)
        if missing:
            facts[said] = missing
    if any(hearing.is_voice(message) for message in messages):
        facts["has_voice"] = True
    if any("edited_at" in message.facts for message in messages):
        facts["is_edited"] = True
    return facts


def submission_of(
    messages: Sequence[WhatsAppMessage], contact: Contact, wish: Wish, *, why_late: str
) -> Submission:
    """The messages as a complaint of *contact*, received when they said it; *why_late* where that asks for a reason."""
    now = clock.now()
    received_at = min(messages[0].said_at, now)
    return Submission(
        text=text_of(messages),
        channel=Channel.WHATSAPP,
        language=contact.language,
        wish=wish,
        name=contact.profile_name,
        whatsapp=address_of(contact),
        received_at=received_at,
        late_reason=why_late if now - received_at > BACKDATING_NEEDS_REASON else "",
        files=files_of(messages),
        key=f"whatsapp/{messages[0].reference}",
        session_id="whatsapp",
        facts={"whatsapp": event_facts(messages)},
    )


def note_opened(messages: Iterable[WhatsAppMessage], reason: str, ticket: Ticket) -> None:
    """Write on the messages that *ticket* was made of them."""
    events = select(TicketEvent.id).where(TicketEvent.ticket_id == ticket.id)
    first = db.session.scalar(events.order_by(TicketEvent.id).limit(1))
    note_on_ticket(messages, Fate.OPENED, reason, ticket.id, first or 0)


def note_on_ticket(
    messages: Iterable[WhatsAppMessage], fate: Fate, reason: str, ticket_id: int, event_id: int
) -> None:
    """Write on the messages where they went."""
    for message in messages:
        message.fate, message.reason = fate.value, reason
        message.ticket_id, message.event_id = ticket_id, event_id
        message.handled_at = message.handled_at or clock.now()
