"""Reaching a complainant who does not read WhatsApp: by email, else somebody calls them. Each step is on the timeline.

A promise of an answer is kept only when the person learned of it. So what matters (an answer, a question, the end) is
looked at when the provider gave it up, or when nobody had read it for as long as the administrator allows. Receipts of
reading can be switched off; whoever wrote to us since is known to be there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.one_by_one import each_due
from helpdesk.messaging import outbox
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import OwnWords
from helpdesk.messaging.sending_again import sent_again_as
from helpdesk.messaging.whatsapp.contacts import contact_at
from helpdesk.registry.complainant import Complainant, IdentifierKind
from helpdesk.registry.undeliverable import undelivered_at
from helpdesk.tickets import keys
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require

JOB = "follow up unread messages"
ROUND = 100
AFTER_A_FAULT = timedelta(minutes=30)
_BY_ANOTHER_ROAD = "instead-of/"


class Why(StrEnum):
    """Why another road is taken."""

    REFUSED = "refused"
    UNREAD = "unread"


class CallOutcome(StrEnum):
    """How the call went."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"  # somebody must try again
    IMPOSSIBLE = "impossible"  # a wrong number, calls in vain, or they do not wish to be called


def follow_up_unread(at: datetime, limit: int = ROUND) -> int:
    """Take another road for what mattered and was not read by *at*; returns how many messages were looked at.

    Opens a unit for each message, so that one of them never holds up the others.
    """
    return each_due(
        "message", OutboxMessage.id, OutboxMessage.check_at, at, limit, _look_at, AFTER_A_FAULT
    )


def want_call(ticket: Ticket, message: OutboxMessage, why: Why, *, by: Actor) -> TicketEvent | None:
    """Nothing that we write reaches them: somebody must call, inside the caller's unit of work.

    None where no number is known, or where a call is wanted already.
    """
    if ticket.call_wanted_at is not None or not number_to_call(ticket):
        return None
    ticket.call_wanted_at = clock.now()
    facts = {"message_id": message.id, "notice": message.event, "why": why.value}
    return advance(ticket, Move.CALL_WANTED, by=by, details=facts)


def note_call(ticket: Ticket, outcome: CallOutcome, text: str, *, by: Actor) -> TicketEvent:
    """Write down how the call went, inside the caller's unit of work; who was not reached is to be called again.

    Raises Invalid (field ``text``) where nothing says what was told, or why no call is possible; Conflict where no
    call is wanted any more.
    """
    require(ticket, Move.CALLED, by=by)
    require_call_wanted(ticket)
    if outcome is not CallOutcome.NOT_REACHED and not text.strip():
        raise Invalid({"text": _l("Write what was said, or why they cannot be called.")})
    if outcome is not CallOutcome.NOT_REACHED:
        ticket.call_wanted_at = None
    facts = {"outcome": outcome.value}
    return advance(ticket, Move.CALLED, by=by, text=text.strip(), details=facts)


def require_call_wanted(ticket: Ticket) -> None:
    """Raises Conflict where nobody need call: whoever is not to be called may have left no number at all."""
    if ticket.call_wanted_at is None:
        raise Conflict(
            _l("This complainant need not be called now. Perhaps a colleague was faster.")
        )


def could_know_answer(ticket: Ticket) -> bool:
    """Did they leave a way to be told? Where that is a telephone alone, somebody must have spoken with them since."""
    if not ticket.can_only_be_called:
        return ticket.can_be_reached
    calls = select(TicketEvent.details).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.kind == Move.CALLED.value,
        TicketEvent.at >= ticket.answered_at,
    )
    return any(one["outcome"] == CallOutcome.REACHED for one in db.session.scalars(calls))


def number_to_call(ticket: Ticket) -> str:
    """The telephone number of the complainant, E.164; '' when none is known.

    Who left another one beside that for WhatsApp is called there: our messages did not reach the first.
    """
    own = ticket.reply_address if ticket.reply_address.startswith("+") else ""
    person = None if ticket.can_only_be_called else _person(ticket)
    left = person.identifiers if person else []
    phones = (one.value for one in left if one.kind == IdentifierKind.PHONE)
    return next((number for number in phones if number != own), own)


def contacts_of(ticket: Ticket) -> set[str]:
    """Every address at which the complainant is, as far as is known today."""
    person = _person(ticket)
    known = [one.value for one in person.identifiers] if person else []
    return {ticket.reply_address, *known} - {""}


def _look_at(message_id: int, at: datetime) -> None:
    message = db.session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.check_at <= at)
        .with_for_update()
    )
    if message is None:
        return  # another worker was faster
    message.check_at = None
    ticket = _ticket_of(message)
    if ticket is None or _was_reached(message):
        return
    why = Why.REFUSED if message.status == "failed" else Why.UNREAD
    if not _write_by_email(ticket, message, why):
        want_call(ticket, message, why, by=Actor.system())


def _was_reached(message: OutboxMessage) -> bool:
    """Read, sent again by somebody who looked, or answered: whoever writes to us has our words before their eyes."""
    if message.status == "read" or sent_again_as(message) is not None:
        return True
    if message.status not in ("sent", "delivered") or message.sent_at is None:
        return False
    contact = contact_at(message.address)
    return (
        contact is not None and contact.heard_at is not None and contact.heard_at > message.sent_at
    )


def _write_by_email(ticket: Ticket, message: OutboxMessage, why: Why) -> bool:
    """Queue the same words to their email address, with the link of today; False where they left none that works."""
    person = _person(ticket)
    address = person.email if person else None
    if not address or undelivered_at(IdentifierKind.EMAIL, address) is not None:
        return False
    queued = outbox.queue(
        message.event,
        dedupe_key=f"{_BY_ANOTHER_ROAD}{message.id}",
        channel="email",
        address=address,
        language=message.language,
        recipient_kind=message.recipient_kind,
        recipient_id=message.recipient_id,
        subject=(message.subject_kind, message.subject_id),
        values={**message.values, **keys.link_of_today(message)},
        own_words=OwnWords(message.text) if message.text else None,
    )
    if queued is not None:
        facts = {"message_id": queued, "notice": message.event, "why": why.value}
        advance(ticket, Move.OTHER_ROAD, by=Actor.system(), details=facts)
    return True


def is_by_another_road(message: OutboxMessage) -> bool:
    """Was it sent because WhatsApp did not reach the person?"""
    return message.dedupe_key.startswith(_BY_ANOTHER_ROAD)


def _ticket_of(message: OutboxMessage) -> Ticket | None:
    if message.subject_kind != "ticket":
        return None
    return db.session.scalar(locked_tickets(Ticket.id == message.subject_id))


def _person(ticket: Ticket) -> Complainant | None:
    return db.session.get(Complainant, ticket.complainant_id) if ticket.complainant_id else None
