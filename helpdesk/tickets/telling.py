"""What a message about a ticket says, and the row in the outbox: one for each person who is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import force_locale, gettext

from helpdesk.accounts.actor import ActorKind
from helpdesk.accounts.organisation import house_name, local_zone, number_prefix, whom_to_call
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category
from helpdesk.lib.database import db
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import moment_in_words, name_in
from helpdesk.messaging.events import EVENTS
from helpdesk.messaging.outbox import OwnWords, queue, queue_for
from helpdesk.messaging.templates import EARLIER, FILES
from helpdesk.messaging.whatsapp.catalogue import has_template
from helpdesk.messaging.whatsapp.following import MATTERS
from helpdesk.tickets import keys
from helpdesk.tickets.hearers import desk_of, hearing_today
from helpdesk.tickets.number import format_number
from helpdesk.tickets.objecting import can_object_until
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Kind
from helpdesk.tickets.ticket import Disposition, Ticket


def tell_complainant(
    template: str, ticket: Ticket, event: TicketEvent, *, own_words: OwnWords | None = None
) -> None:
    """Queue a message to whoever complained, where they left an address that can be written to.

    Who left a telephone alone is to be called with what matters.
    """
    if ticket.can_only_be_called and template in _MUST_BE_CALLED:
        ticket.call_wanted_at = ticket.call_wanted_at or event.recorded_at
        tell_staff("call_wanted", desk_of(ticket), ticket, event, None)
    if not ticket.can_be_written_to:
        return
    queue(
        template,
        dedupe_key=f"event/{event.id}/{template}",
        channel=ticket.reply_channel,
        address=ticket.reply_address,
        language=ticket.language,
        recipient_kind="complainant",
        recipient_id=ticket.complainant_id,
        subject=("ticket", ticket.id),
        values=_values_for_complainant(ticket, event),
        own_words=own_words,
        choices=_choices(template, ticket),
    )


def tell_other(
    template: str, ticket: Ticket, event: TicketEvent, channel: str, address: str
) -> None:
    """Queue a message to an address at which the complainant is not answered: nothing that opens the complaint."""
    queue(
        template,
        dedupe_key=f"event/{event.id}/{template}/{channel}",
        channel=channel,
        address=address,
        language=ticket.language,
        recipient_kind="complainant",
        recipient_id=None,
        subject=("ticket", ticket.id),
        values={**_common(ticket), "emergency": whom_to_call(ticket.language)},
    )


def can_say(template: str, ticket: Ticket) -> bool:
    """On WhatsApp only what its provider has approved surely arrives."""
    return ticket.reply_channel != "whatsapp" or has_template(template, ticket.language)


def worded_for(template: str, ticket: Ticket) -> str:
    """The same message in the words for a question, where it is one and those words surely arrive."""
    asked = f"asked_{template}"
    is_worded = ticket.kind == Kind.INFORMATION and asked in EVENTS
    return asked if is_worded and can_say(asked, ticket) else template


def _choices(template: str, ticket: Ticket) -> dict[str, Any] | None:
    """*Selesai* or *belum* to tap, where WhatsApp asks; the ids are those of ``intake.whatsapp.dialogue.taps``."""
    if ticket.reply_channel != "whatsapp" or template not in _ASKS_WHETHER_SOLVED:
        return None
    with force_locale(ticket.language):
        titles = {"resolved": gettext("Solved"), "not_yet": gettext("Not solved yet")}
    return {
        "buttons": [{"id": f"{act}:{ticket.id}", "title": title} for act, title in titles.items()]
    }


_ASKS_WHETHER_SOLVED = frozenset(
    {"answered", "confirm_reminder", "asked_answered", "asked_confirm_reminder"}
)
# What follows from a call or a talk in which they heard it is no reason to call once more.
_MUST_BE_CALLED = MATTERS - {
    "confirm_reminder",
    "closed_confirmed",
    "closed_assumed",
    "asked_confirm_reminder",
    "asked_closed_confirmed",
    "asked_closed_assumed",
    "closed_on_the_spot",
}


def tell_staff(
    template: str,
    people: Iterable[User],
    ticket: Ticket,
    event: TicketEvent,
    disposition: Disposition | None,
    *,
    who_knew: bool = False,
) -> None:
    """Queue a message to those of *people* who may know of *ticket*, but never about their own act.

    Somebody else is told for whoever is away. *who_knew*: these *people* know of it, or knew until now, and so nobody
    is told in their place.
    """
    for user in people if who_knew else hearing_today(ticket, people, disposition):
        if event.actor_kind == ActorKind.STAFF and event.actor_id == user.id:
            continue  # nobody is told of their own act
        queue_for(
            user,
            template,
            occasion=f"event/{event.id}/{template}",
            subject=("ticket", ticket.id),
            values=_values_for_staff(ticket, event, disposition, user.locale),
        )


def _values_for_complainant(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    def say(moment: datetime | None) -> str:
        return moment_in_words(moment, local_zone(), ticket.language) if moment else "-"

    return {
        **_common(ticket),
        "link": keys.link_of(ticket),
        "due": say(ticket.due_at),
        "until": say(event.moment("due_at") or ticket.due_at),
        "object_until": say(can_object_until(ticket)),
        FILES: event.details.get(FILES, 0),
        EARLIER: event.details.get(EARLIER, ""),
        "emergency": whom_to_call(ticket.language),
    }


def _values_for_staff(
    ticket: Ticket, event: TicketEvent, disposition: Disposition | None, language: str
) -> dict[str, Any]:
    # Of a restricted ticket the message says only that there is something: others see lock screens and the outbox.
    says_all = not ticket.is_restricted
    unit = db.session.get(Unit, disposition.unit_id) if disposition else None
    category = db.session.get(Category, ticket.category_id) if ticket.category_id else None
    due = disposition.due_at if disposition and disposition.due_at else ticket.due_at
    said = event.moment("due_at")
    base = current_settings().base_url
    return {
        **_common(ticket),
        "link": f"{base}/kerja/tiket/{_number(ticket)}",
        "unit": name_in(unit, language) or "-" if says_all else _UNSAID,
        "category": name_in(category, language) or "-" if says_all else _UNSAID,
        "grade": ticket.grade or "-",
        "clock": event.details.get("clock", ""),
        "due": moment_in_words(due, local_zone(), language) if due else "-",
        # A step of the ladder happens later than the deadline it is about.
        "was_due": moment_in_words(said or event.at, local_zone(), language),
        "wanted_by": moment_in_words(said, local_zone(), language) if said else "-",
    }


_UNSAID = "?"  # "-" would say that there is none


def _common(ticket: Ticket) -> dict[str, Any]:
    return {"number": _number(ticket), "organisation": house_name()}


def _number(ticket: Ticket) -> str:
    return format_number(number_prefix(), ticket.number_year or 0, ticket.number_seq or 0)
