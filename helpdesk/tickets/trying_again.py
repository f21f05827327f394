"""A message that failed is sent once more, by somebody who has looked why it failed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging import sending_again
from helpdesk.messaging.events import CHAT
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import find_message
from helpdesk.messaging.sending_again import PIN_IS_GONE
from helpdesk.messaging.told_keys import is_removed
from helpdesk.messaging.whatsapp.window import is_open
from helpdesk.registry.complainant import Identifier
from helpdesk.registry.undeliverable import note_reached, undelivered_at
from helpdesk.tickets import keys
from helpdesk.tickets.moves import Move
from helpdesk.tickets.reaching import contacts_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.undelivered import kind_of_address
from helpdesk.tickets.workflow import advance, require


def can_be_sent_again(message: OutboxMessage) -> bool:
    """Did it fail, and has nobody sent it again?"""
    return message.status == "failed" and sending_again.sent_again_as(message) is None


def why_doubted(message: OutboxMessage) -> Identifier | None:
    """The complainant's address, where what was sent there came back for good; None when nothing speaks against it."""
    kind = kind_of_address(message)
    if message.recipient_kind != "complainant" or kind is None:
        return None
    return undelivered_at(kind, message.address)


def why_not_again(message: OutboxMessage) -> Any:
    """Why a message that failed cannot be sent again, as a sentence to read; None where it can."""
    if is_removed(message):
        return PIN_IS_GONE
    if message.event == CHAT and not is_open(message.address, clock.now()):
        return _l(
            "They have not written for 24 hours, so WhatsApp takes no free words. Answer on their ticket: a "
            "notice goes out as an approved template."
        )
    if _went_to_somebody_else(message):
        return _l(
            "This contact is not the complainant's: it was corrected since. Send the link again."
        )
    return None


def _went_to_somebody_else(message: OutboxMessage) -> bool:
    """Would the link of today, which opens the complaint, go to a contact that turned out not to be theirs?"""
    if not keys.link_of_today(message):
        return False
    ticket = db.session.get_one(Ticket, message.subject_id)
    return message.address not in contacts_of(ticket)


def send_again(ticket: Ticket, message_id: int, *, by: Actor, is_sure: bool = False) -> TicketEvent:
    """Send a failed message to the complainant of *ticket* again, inside the caller's unit of work.

    *is_sure*: somebody made sure that an address from which mail came back is right; it is believed from then on.
    Raises NotFound for a message about something else, Invalid (field ``is_sure``) for a doubted address, Conflict
    when it did not fail or was sent again already, and for what ``why_not_again`` says.
    """
    require(ticket, Move.SEND_AGAIN, by=by)
    message = find_to_complainant(ticket, message_id)
    was_doubted = why_doubted(message) is not None
    fresh = _send(message, by=by, is_sure=is_sure)
    return advance(
        ticket,
        Move.SEND_AGAIN,
        by=by,
        details={
            "message_id": fresh.id,
            "notice": message.event,
            "channel": message.channel,
            "is_sure": was_doubted,
        },
    )


def find_to_complainant(ticket: Ticket, message_id: int) -> OutboxMessage:
    """A message to the complainant of *ticket*; raises NotFound for any other."""
    message = find_message(message_id)
    about = (message.subject_kind, message.subject_id, message.recipient_kind)
    if about != ("ticket", ticket.id, "complainant"):
        raise NotFound
    return message


def send_words_again(message: OutboxMessage, *, by: Actor) -> OutboxMessage:
    """The same in a talk: whoever wrote to us within the day is where they are written to."""
    return _send(message, by=by, is_sure=True)


def send_any_again(message_id: int, *, by: Actor, is_sure: bool = False) -> OutboxMessage:
    """The same for the administrator of the outbox, whatever the message is about; the audit trail alone tells of it.

    Raises Refused for anybody else.
    """
    if not by.may(Permission.ADMINISTER):
        raise Refused(_l("The outbox is for administrators."))
    return _send(find_message(message_id), by=by, is_sure=is_sure)


def _send(message: OutboxMessage, *, by: Actor, is_sure: bool) -> OutboxMessage:
    why_not = why_not_again(message)
    if why_not is not None:
        raise Conflict(why_not)
    if why_doubted(message) is not None:
        if not is_sure:
            raise Invalid({"is_sure": _l("Make sure of the address first, then tick this box.")})
        if (kind := kind_of_address(message)) is not None:
            note_reached(kind, message.address)
    return sending_again.send_again(message, by=by, values=keys.link_of_today(message))
