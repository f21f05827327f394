"""Doing what the dialogue decided, in the unit of work that answers: the verbs of tickets, and the words that follow.

The dialogue names a ticket only when it is the contact's own; it is fetched again here, locked, and a verb that has
come too late is said so instead of done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from helpdesk.accounts.actor import Actor
from helpdesk.intake.inbound import Fate
from helpdesk.intake.mail_belonging import fetch_claimed
from helpdesk.intake.whatsapp import alerts, contents, telling
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue import menus, talk, ticket_sentences
from helpdesk.intake.whatsapp.dialogue.talk import Deed, Say, Situation
from helpdesk.intake.whatsapp.keys_typed import open_with_pin
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.situation import is_same_person
from helpdesk.intake.whatsapp.standing import standing_of
from helpdesk.lib import clock
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.tickets.closing import confirm_solved, object_to_answer, rate_handling
from helpdesk.tickets.objecting import can_object
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel, Identity, Status
from helpdesk.tickets.ticket import Ticket

BAD_SCORE = 2


@dataclass
class Scene:
    """One turn while it is carried out: who talks, where, and the messages of this breath."""

    conversation: Conversation
    contact: Contact
    situation: Situation
    breath: Sequence[WhatsAppMessage]

    @property
    def language(self) -> str:
        """The language of the contact."""
        return self.contact.language


def carry_out(deed: Deed, scene: Scene) -> list[Say]:
    """Do one *deed*, inside the caller's unit of work; what is to be said about it."""
    return _DOING[type(deed)](deed, scene)


def _say(deed: Say, _scene: Scene) -> list[Say]:
    return [deed]


def _open(deed: talk.Open, scene: Scene) -> list[Say]:
    return telling.open_ticket(deed, scene.conversation, scene.contact, scene.situation)


def _add(deed: talk.Add, scene: Scene) -> list[Say]:
    messages = _messages(deed.message_ids, scene)

    def verb(ticket: Ticket, by: Actor) -> list[Say]:
        was_asked = ticket.is_waiting
        event = add_message(
            ticket,
            contents.text_of(messages),
            by=by,
            files=contents.files_of(messages),
            details=_details(messages),
        )
        _note_added(messages, ticket, event, "by_chat")
        answered = was_asked and not ticket.is_waiting
        return [
            Say(ticket_sentences.added(number_of(ticket), was_asked=answered), ticket_id=ticket.id)
        ]

    return _on(deed.ticket_id, scene, verb) if messages else []


def _object(deed: talk.Object, scene: Scene) -> list[Say]:
    messages = _messages(deed.message_ids, scene)

    def verb(ticket: Ticket, by: Actor) -> list[Say]:
        event = object_to_answer(
            ticket,
            contents.text_of(messages),
            by=by,
            files=contents.files_of(messages),
            details=_details(messages),
        )
        _note_added(messages, ticket, event, "objection")
        # Whoever can be written to is told by the reopening itself, with the new deadline.
        told = ticket_sentences.added(number_of(ticket), was_asked=False)
        return [] if ticket.can_be_written_to else [Say(told, ticket_id=ticket.id)]

    return _on(deed.ticket_id, scene, verb)


def _confirm(deed: talk.Confirm, scene: Scene) -> list[Say]:
    def verb(ticket: Ticket, by: Actor) -> list[Say]:
        confirm_solved(ticket, by=by)
        return [Say(ticket_sentences.how_was_it(), menus.ratings(ticket.id), ticket.id)]

    return _on(deed.ticket_id, scene, verb)


def _rate(deed: talk.Rate, scene: Scene) -> list[Say]:
    def verb(ticket: Ticket, by: Actor) -> list[Say]:
        rate_handling(ticket, deed.score, "", by=by)
        is_unhappy = deed.score <= BAD_SCORE and can_object(ticket)
        choices = menus.not_yet(ticket.id) if is_unhappy else None
        return [Say(ticket_sentences.thanks_for_rating(), choices, ticket.id)]

    return _on(deed.ticket_id, scene, verb)


def _withdraw(deed: talk.Withdraw, scene: Scene) -> list[Say]:
    messages = _messages(deed.message_ids, scene)
    text = contents.text_of(messages) if messages else str(gettext("(Withdraws the complaint.)"))

    def verb(ticket: Ticket, by: Actor) -> list[Say]:
        facts = {**_details(messages), "wish": "withdraw"}
        event = add_message(ticket, text, by=by, details=facts, may_answer=False)
        _note_added(messages, ticket, event, "withdrawal")
        return [Say(ticket_sentences.withdrawal_noted(number_of(ticket)), ticket_id=ticket.id)]

    return _on(deed.ticket_id, scene, verb)


def _tell_status(deed: talk.TellStatus, scene: Scene) -> list[Say]:
    ticket = fetch_claimed(deed.ticket_id)
    with_link = is_same_person(ticket, scene.contact)
    choices = None
    if with_link and ticket.state is Status.ANSWERED:
        choices = menus.of_confirmation(ticket.id)
    return [Say(standing_of(ticket, scene.language, with_link=with_link), choices, ticket.id)]


def _try_pin(deed: talk.TryPin, scene: Scene) -> list[Say]:
    ticket = open_with_pin(deed, scene.conversation, scene.situation, scene.breath)
    if ticket is None:
        return [Say(ticket_sentences.not_opened())]
    # Not noted as being about the ticket: whose number this is, it need not be the complainant's.
    # Of an anonymous one nothing stays that would lead from it to this telephone.
    is_anonymous = ticket.identity == Identity.ANONYMOUS
    return [Say(standing_of(ticket, scene.language, with_link=True), is_key=is_anonymous)]


def _call_person(deed: talk.CallPerson, scene: Scene) -> list[Say]:
    alerts.call_person(scene.conversation, deed.why, clock.now(), is_silent=deed.is_silent)
    return []


def _set_aside(deed: talk.SetAside, scene: Scene) -> list[Say]:
    for message in scene.breath:
        message.fate, message.reason = Fate.QUARANTINED.value, deed.reason
    return []


_DOING: dict[type, Callable[[Any, Scene], list[Say]]] = {
    talk.Say: _say,
    talk.Open: _open,
    talk.Add: _add,
    talk.Object: _object,
    talk.Confirm: _confirm,
    talk.Rate: _rate,
    talk.Withdraw: _withdraw,
    talk.TellStatus: _tell_status,
    talk.TryPin: _try_pin,
    talk.CallPerson: _call_person,
    talk.SetAside: _set_aside,
}


def _on(ticket_id: int, scene: Scene, verb: Callable[[Ticket, Actor], list[Say]]) -> list[Say]:
    """Let the complainant act on their ticket; where it has moved on, say where it stands now."""
    if scene.situation.ticket(ticket_id) is None:
        return [Say(ticket_sentences.not_opened())]
    ticket = fetch_claimed(ticket_id)
    try:
        return verb(ticket, Actor.complainant(ticket_id))
    except (Conflict, Refused, Invalid):
        return [
            Say(ticket_sentences.moved_on(number_of(ticket)), ticket_id=ticket_id),
            *_tell_status(talk.TellStatus(ticket_id), scene),
        ]


def _messages(ids: Sequence[int], scene: Scene) -> list[WhatsAppMessage]:
    return contents.messages_of(scene.contact.id, ids)


def _details(messages: Sequence[WhatsAppMessage]) -> dict[str, Any]:
    return {"whatsapp": contents.event_facts(messages), "channel": Channel.WHATSAPP.value}


def _note_added(
    messages: Sequence[WhatsAppMessage], ticket: Ticket, event: TicketEvent, reason: str
) -> None:
    contents.note_on_ticket(messages, Fate.ADDED, reason, ticket.id, event.id)
