"""What could not be delivered to the complainant: seen on the ticket, and remembered of the address."""

from __future__ import annotations

import logging

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict
from helpdesk.lib.mail.message import Bounce
from helpdesk.messaging import bounces
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.postman import Undelivered
from helpdesk.messaging.sending_again import send_again
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import note_undeliverable
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.moves import Move
from helpdesk.tickets.reaching import Why, contacts_of, is_by_another_road, want_call
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance

log = logging.getLogger(__name__)


def note_undelivered(failure: Undelivered) -> TicketEvent | None:
    """Write the *failure* on the ticket that the message was about, inside the caller's unit of work.

    The desk must know that the complainant has not heard. What staff did not get on WhatsApp goes by email instead; of
    the rest the administrator's outbox tells. Returns None for those.
    """
    message = failure.message
    if message.recipient_kind == "staff" and message.channel == "whatsapp":
        _tell_otherwise(message)
    if message.subject_kind != "ticket" or message.recipient_kind != "complainant":
        return None
    ticket = db.session.scalar(locked_tickets(Ticket.id == message.subject_id))
    if ticket is None or ticket.erased_at is not None:
        return None
    kind = kind_of_address(message)
    if failure.is_address_dead and kind is not None:
        note_undeliverable(kind, message.address, failure.reason)
    is_theirs = message.address in contacts_of(ticket)  # it may have been corrected since
    event = advance(
        ticket,
        Move.UNDELIVERED,
        by=Actor.system(),
        details={
            "message_id": message.id,
            "notice": message.event,
            "channel": message.channel,
            "reason": failure.reason,
            "is_address_dead": failure.is_address_dead and is_theirs,
        },
    )
    is_dead_end = message.channel == "email" and failure.is_address_dead
    if is_theirs and (is_dead_end or is_by_another_road(message)):
        want_call(ticket, message, Why.REFUSED, by=Actor.system())
    return event


def _tell_otherwise(message: OutboxMessage) -> None:
    try:
        send_again(message, by=Actor.system())
    except Conflict:  # it went again already, or they have left: nobody misses it
        log.info("not told by another road", extra={"message_id": message.id})


def kind_of_address(message: OutboxMessage) -> IdentifierKind | None:
    """As what the registry knows the address of *message*; None for a channel without addresses of people."""
    if message.channel == "email":
        return IdentifierKind.EMAIL
    return IdentifierKind.on_whatsapp(message.address) if message.channel == "whatsapp" else None


def note_bounce(outbox_id: int, bounce: Bounce) -> TicketEvent | None:
    """A mail of ours came back: settle its message and write it on its ticket, inside the caller's unit of work."""
    failure = bounces.note_bounce(outbox_id, bounce)
    return note_undelivered(failure) if failure is not None else None
