"""Where a complaint stands, in plain words: for whoever asks in the chat. Never what it is about."""

from __future__ import annotations

from datetime import datetime

from helpdesk.accounts.organisation import local_zone
from helpdesk.intake.whatsapp.dialogue.sentences import _
from helpdesk.lib import clock
from helpdesk.lib.words import moment_in_words
from helpdesk.tickets import keys
from helpdesk.tickets.hearers import leading_of
from helpdesk.tickets.objecting import can_contest, can_contest_until, can_object, can_object_until
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import Kind, Status
from helpdesk.tickets.ticket import Ticket


def standing_of(ticket: Ticket, language: str, *, with_link: bool) -> str:
    """State, next deadline and, for who may open it, the link; one message."""
    parts = [
        _("Complaint *%(number)s*: %(state)s", number=number_of(ticket), state=_state(ticket)),
        _promise(ticket, language),
    ]
    if with_link:
        parts.append(_("Read more here: %(link)s", link=keys.link_of(ticket)))
    return "\n\n".join(part for part in parts if part)


def in_words(moment: datetime, language: str) -> str:
    """``Selasa, 24 November 2026 pukul 10.00 WIB``."""
    return moment_in_words(moment, local_zone(), language)


def _state(ticket: Ticket) -> str:
    match ticket.state:
        case Status.RECEIVED:
            return _("received; our staff read it first.")
        case Status.TRIAGED:
            return _("read and checked; we are passing it on to the unit concerned.")
        case Status.IN_PROGRESS:
            return _("the unit concerned is working on it.")
        case Status.IN_REVIEW:
            return _("the answer is being checked.")
        case Status.ANSWERED:
            return _("answered. Please tell us whether it is solved.")
        case Status.CLOSED:
            return _("closed.")
        case Status.MERGED:
            return _("handled together with other complaints about the same matter.")
        case Status.WITHDRAWN:
            return _("withdrawn, as you wished.")
        case Status.NOT_OURS:
            return _("not ours to handle; the reason stands on its page.")
    return _("filed; the reason stands on its page.")


def _promise(ticket: Ticket, language: str) -> str:
    """The moment that matters next; the deadline of the common matter where it was joined to another."""
    leading = leading_of(ticket)
    judged = leading or ticket
    if ticket.is_waiting:
        return _("We are waiting for your answer to our question.")
    if judged.state.is_worked_on:
        return _answer_by(judged, language)
    until = can_object_until(ticket) if leading is None else None
    if until is not None and can_object(ticket):
        return _("If it is not solved, tell us by %(until)s.", until=in_words(until, language))
    until = can_contest_until(ticket)
    if until is not None and can_contest(ticket):
        until_when = in_words(until, language)
        return _("If you do not agree, tell us on its page by %(until)s.", until=until_when)
    return ""


def _answer_by(ticket: Ticket, language: str) -> str:
    if Kind(ticket.kind).is_thanked or ticket.due_at is None:
        return ""
    if ticket.due_at <= clock.now():
        return _(
            "Our answer is late, and we are sorry. Those who are responsible have been reminded."
        )
    return _("We answer by %(due)s at the latest.", due=in_words(ticket.due_at, language))
