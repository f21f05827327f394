"""What customer care does in a talk on WhatsApp: take it over, answer, make a ticket of it, hand it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from helpdesk.accounts.actor import Actor
from helpdesk.intake.admission import admit
from helpdesk.intake.inbound import Fate
from helpdesk.intake.naming_tickets import ticket_named
from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp import contents, hearing
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.talking import HEARD
from helpdesk.intake.whatsapp.talks import at_desk, find_message
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.messaging import outbox
from helpdesk.messaging.events import CHAT
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.told_keys import family_of
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import address_of
from helpdesk.messaging.whatsapp.fitting import LONGEST, in_pieces
from helpdesk.messaging.whatsapp.saying import say
from helpdesk.messaging.whatsapp.window import is_open
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.follow_ups import write_note
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.states import Channel, Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.trying_again import send_words_again

TRANSCRIPT_LENGTH = 4000
BY_HAND = "by_hand"  # why a message went where it went: a person decided


def take_over(conversation_id: int, *, by: Actor) -> None:
    """From now on a person answers and the guide keeps silent; inside the caller's unit of work.

    Raises Conflict when somebody else has it already.
    """
    _take(_locked(conversation_id, by), by)


def reply(conversation_id: int, text: str, *, key: str, by: Actor) -> list[OutboxMessage]:
    """Say *text* in one's own words, inside the caller's unit of work; whoever answers has taken the talk over.

    What is too long for one message goes in several. What was said before counts as dealt with. Raises Invalid (field
    ``text``) for no words or too many, Conflict once the 24 hours are over, in which the provider lets us write freely.
    """
    conversation = _locked(conversation_id, by)
    contact = _contact(conversation)
    text = text.strip()
    if not text:
        raise Invalid({"text": _l("Write something first.")})
    if len(text) > LONGEST:
        raise Invalid({"text": _l("Use at most %(count)s characters.", count=LONGEST)})
    if not is_open(address_of(contact), clock.now()):
        raise Conflict(
            _l(
                "They have not written for 24 hours, so WhatsApp takes no free words. Answer on their ticket: a "
                "notice goes out as an approved template."
            )
        )
    _take(conversation, by)
    conversation.person_wanted_at, conversation.wanted_because = None, ""
    conversation.spoke_at = clock.now()
    _deal_with(hearing.unanswered(contact.id))
    return [
        say(
            contact,
            piece,
            dedupe_key=f"staff/{key}/{number}",
            language=contact.language,
            subject=("conversation", conversation.id),
            answers="" if number else hearing.newest_of(contact.id),
        )
        for number, piece in enumerate(in_pieces(text))
    ]


def send_again(conversation_id: int, message_id: int, *, by: Actor) -> OutboxMessage:
    """Say once more what did not arrive, inside the caller's unit of work.

    Raises NotFound for anything but words of this talk (what is about a ticket is sent again there), Conflict where
    ``trying_again`` does.
    """
    conversation = _locked(conversation_id, by)
    message = outbox.find_message(message_id)
    is_of_talk = (message.subject_kind, message.subject_id) == ("conversation", conversation.id)
    if not is_of_talk or message.event != CHAT or family_of(message):
        raise NotFound
    return send_words_again(message, by=by)


def hand_back(conversation_id: int, *, by: Actor) -> None:
    """Let the guide speak again, from the beginning; inside the caller's unit of work."""
    conversation = _locked(conversation_id, by)
    conversation.taken_by_id = conversation.silent_until = conversation.person_wanted_at = None
    conversation.wanted_because = conversation.step = ""
    conversation.gathered, conversation.misunderstood = {}, 0
    conversation.version += 1
    _deal_with(hearing.unanswered(conversation.contact_id))


def make_ticket(
    conversation_id: int, message_ids: Iterable[int], *, wish: Wish, by: Actor
) -> Ticket:
    """Make the chosen messages a complaint of their sender's, inside the caller's unit of work.

    It was received when they said it; they get number and link. Raises Invalid (field ``messages``) for none, or one
    that is on a ticket already.
    """
    conversation = _locked(conversation_id, by)
    contact = _contact(conversation)
    messages = _chosen(conversation, message_ids)
    why_late = str(_("It waited in the conversation on WhatsApp."))
    submission = contents.submission_of(messages, contact, wish, why_late=why_late)
    ticket = admit(replace(submission, recorded_by_id=by.user_id), by=by).ticket
    contents.note_opened(messages, BY_HAND, ticket)
    conversation.ticket_id = ticket.id
    _answered(conversation)
    return ticket


def add_to_ticket(
    conversation_id: int, message_ids: Iterable[int], number: str, *, by: Actor
) -> Ticket:
    """Put the chosen messages on the ticket with this number as its complainant's words, inside the caller's unit.

    Raises Invalid for no message, one that is on a ticket already, and a number that is none or more than one.
    """
    conversation = _locked(conversation_id, by)
    messages = _chosen(conversation, message_ids)
    ticket = ticket_named(number, by)
    if ticket.identity == Identity.ANONYMOUS:
        raise Invalid(
            {
                "number": _l(
                    "Its complainant chose to stay anonymous: nothing may lead back to a telephone."
                )
            }
        )
    event = add_message(
        ticket,
        contents.text_of(messages),
        by=by,
        files=contents.files_of(messages),
        channel=Channel.WHATSAPP,
        details={"whatsapp": contents.event_facts(messages)},
    )
    contents.note_on_ticket(messages, Fate.ADDED, BY_HAND, ticket.id, event.id)
    conversation.ticket_id = ticket.id
    _answered(conversation)
    return ticket


def transcribe(conversation_id: int, message_id: int, text: str, *, by: Actor) -> None:
    """Write down what was heard in a voice message, inside the caller's unit of work; on its ticket too, where it is.

    There for customer care alone: it is the complainant's own words and may say who they are; units read their copy.
    Raises NotFound for a message that is no voice, Invalid (field ``text``) for nothing written.
    """
    _locked(conversation_id, by)
    message = find_message(by, conversation_id, message_id)
    if not hearing.is_voice(message):
        raise NotFound
    text = text.strip()
    if not text:
        raise Invalid({"text": _l("Write what you heard.")})
    if text == message.transcript:
        return
    message.transcript = text[:TRANSCRIPT_LENGTH]
    if message.ticket_id is not None:
        ticket = find_to_change(by, number_of(db.session.get_one(Ticket, message.ticket_id)))
        heard = str(_("Voice message, as heard: %(text)s", text=text))
        write_note(ticket, heard, by=by, for_care_only=True)


def _locked(conversation_id: int, by: Actor) -> Conversation:
    at_desk(by)
    rows = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    found = db.session.scalar(rows.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _take(conversation: Conversation, by: Actor) -> None:
    if conversation.taken_by_id not in (None, by.user_id):
        raise Conflict(_l("A colleague has taken this conversation over."))
    conversation.taken_by_id = by.user_id
    conversation.version += 1


def _answered(conversation: Conversation) -> None:
    conversation.person_wanted_at, conversation.wanted_because = None, ""
    conversation.version += 1


def _contact(conversation: Conversation) -> Contact:
    return db.session.get_one(
        Contact, conversation.contact_id, options=[selectinload(Contact.identities)]
    )


def _chosen(conversation: Conversation, message_ids: Iterable[int]) -> Sequence[WhatsAppMessage]:
    messages = contents.messages_of(conversation.contact_id, message_ids)
    if not messages:
        raise Invalid({"messages": _l("Choose the messages that belong to it.")})
    if any(message.ticket_id is not None for message in messages):
        raise Invalid({"messages": _l("One of these messages is on a ticket already.")})
    return messages


def _deal_with(messages: Iterable[WhatsAppMessage]) -> None:
    now = clock.now()
    for message in messages:
        message.handled_at = now
        message.fate = message.fate or HEARD
