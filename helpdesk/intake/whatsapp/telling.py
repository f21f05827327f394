"""A story becomes a ticket, and its keys go back in one message.

Whoever chose to be anonymous leaves no trace on the ticket, and what they said is removed from the talk
(``forgetting``). The keys stand in the outbox only until they have arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext

from helpdesk.accounts.actor import Actor
from helpdesk.intake.admission import Admitted, admit
from helpdesk.intake.mail_belonging import fetch_claimed, why_anew
from helpdesk.intake.submission import Submission, Wish
from helpdesk.intake.whatsapp import contents, forgetting
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue import sentences
from helpdesk.intake.whatsapp.dialogue.talk import Open, Say, Situation
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.standing import in_words
from helpdesk.lib import clock
from helpdesk.lib.settings import current_settings
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.tickets import keys
from helpdesk.tickets.arrivals import Link, link_tickets
from helpdesk.tickets.ticket import Ticket


def open_ticket(
    deed: Open, conversation: Conversation, contact: Contact, situation: Situation
) -> list[Say]:
    """Open it inside the caller's unit of work; the one message with number, PIN, deadline and link.

    Nothing at all is left to open where everything was taken back meanwhile.
    """
    messages = contents.messages_of(contact.id, deed.message_ids)
    if not messages:
        return [Say(sentences.cancelled())]
    is_anonymous = deed.wish is Wish.ANONYMOUS
    submission = _submission(deed, messages, contact)
    admitted = admit(_nameless(submission) if is_anonymous else submission)
    ticket = admitted.ticket
    contents.note_opened(messages, "new", ticket)
    if deed.earlier_id is not None and not is_anonymous:
        _refer(ticket, deed.earlier_id)
    if is_anonymous:
        forgetting.forget_talk(conversation, messages)
        return [_anonymous_keys(admitted, contact)]
    conversation.ticket_id = ticket.id
    conversation.gathered = {**conversation.gathered, "sent": ticket.id}  # for who taps again
    return [_keys(admitted, deed, contact, situation)]


def _submission(deed: Open, messages: Sequence[WhatsAppMessage], contact: Contact) -> Submission:
    why_late = str(gettext("The message reached us late over WhatsApp."))
    submission = contents.submission_of(messages, contact, deed.wish, why_late=why_late)
    facts = {"is_told": True, **submission.facts}
    return replace(submission, kind=deed.kind, has_consented=True, facts=facts)


def _nameless(submission: Submission) -> Submission:
    """Nothing that leads back: no name, no number, no key by which the message could be found."""
    return replace(
        submission, name="", whatsapp="", key="", has_consented=False, facts={"is_told": True}
    )


def _refer(ticket: Ticket, earlier_id: int) -> None:
    fresh, earlier = fetch_claimed(ticket.id), fetch_claimed(earlier_id)
    link_tickets(fresh, earlier, why_anew(earlier) or Link.QUOTED, by=Actor.system())


def _keys(admitted: Admitted, deed: Open, contact: Contact, situation: Situation) -> Say:
    ticket = admitted.ticket
    text = sentences.received(
        deed.kind,
        admitted.number,
        admitted.pin,
        keys.link_of(ticket),
        due=_due(ticket, contact.language),
        person_at=situation.person_at,
    )
    return Say(text, ticket_id=ticket.id, is_key=True)


def _anonymous_keys(admitted: Admitted, contact: Contact) -> Say:
    base = current_settings().base_url
    due = _due(admitted.ticket, contact.language)
    text = sentences.received_anonymously(admitted.number, admitted.pin, f"{base}/lacak", due=due)
    return Say(text, is_key=True)


def _due(ticket: Ticket, language: str) -> str:
    """The deadline in words; '' where it is past, or where nothing is promised."""
    is_ahead = ticket.due_at is not None and ticket.due_at > clock.now() + timedelta(minutes=1)
    return in_words(ticket.due_at, language) if ticket.due_at and is_ahead else ""
