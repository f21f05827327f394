"""How the complainant is reached, put right by themselves on the page of their complaint.

Whoever holds its PIN or its link can do that, and would get all news from then on. So it stands in the history, whoever
was reached there until now is told of it, and it is done a few times a day at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib.errors import Conflict
from helpdesk.messaging.outbox import has_arrived_at
from helpdesk.tickets.amending import CONTACTS, facts_of, put_right, read_correction
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import can_change_contacts
from helpdesk.tickets.reaching import contacts_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.telling import tell_other
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.timeline import times_lately
from helpdesk.tickets.workflow import require

TOO_LATE = _l("How we reach you can no longer be changed here.")
MOST_A_DAY = 3  # each tells two people something
_WRITTEN = ("whatsapp", "email")


class Contact(NamedTuple):
    """One way in which the complainant is reached. *is_first*: we take it before the others."""

    road: str
    address: str
    is_first: bool
    is_dead: bool  # what was sent there came back for good


def contacts_shown(ticket: Ticket) -> list[Contact]:
    """What we know, the first one first. Needs ``complainant.identifiers`` loaded; reads nothing more."""
    facts, dead = facts_of(ticket), _dead(ticket)
    known = [
        Contact(road, facts[road], road == facts["reply_by"], facts[road] in dead)
        for road in CONTACTS
        if facts[road]
    ]
    return sorted(known, key=lambda one: not one.is_first)


def is_out_of_reach(ticket: Ticket) -> bool:
    """Did our last word not reach them where we write to, as far as we know?"""
    is_unread = ticket.can_be_written_to and ticket.call_wanted_at is not None
    return is_unread or ticket.reply_address in _dead(ticket)


def change_contacts(ticket: Ticket, correction: Mapping[str, str], *, by: Actor) -> TicketEvent:
    """Put right the contacts that *correction* names, inside the caller's unit of work; what is empty is taken away.

    The PIN stays, for they may have it from the receipt; links that were sent to a contact which goes do not. Raises
    Invalid for what cannot be read, Conflict where it is too late or was done too often.
    """
    require(ticket, Move.CHANGE_CONTACTS, by=by)
    if not can_change_contacts(ticket):
        raise Conflict(TOO_LATE)
    if times_lately(ticket, Move.CHANGE_CONTACTS) >= MOST_A_DAY:
        raise Conflict(
            _l(
                "This was changed three times since yesterday. Try again tomorrow, or ask our complaint desk."
            )
        )
    given: dict[str, str] = {road: correction[road] for road in CONTACTS if road in correction}
    right = read_correction(ticket, {**given, "reply_by": _first_road(ticket, given)})
    worked = [road for road in _WRITTEN if _works(ticket, road, right.before[road])]
    event = put_right(ticket, right, Move.CHANGE_CONTACTS, by=by)
    for road in worked:
        if _is_to_hear(ticket, event, road, right.before):
            tell_other("contact_changed", ticket, event, road, right.before[road])
    return event


def _first_road(ticket: Ticket, given: Mapping[str, str]) -> str:
    """WhatsApp where they give it now, as on the first form; email where nothing reaches them so far."""
    if given.get("whatsapp"):
        return "whatsapp"
    is_lost = is_out_of_reach(ticket) or not ticket.can_be_written_to
    return "email" if given.get("email") and is_lost else ticket.reply_channel


def _works(ticket: Ticket, road: str, address: str) -> bool:
    """Did something arrive there, and has nothing come back for good since?"""
    return bool(address) and address not in _dead(ticket) and has_arrived_at(road, address)


def _is_to_hear(ticket: Ticket, event: TicketEvent, road: str, before: Mapping[str, str]) -> bool:
    """Is it gone, or was it where we wrote to, and does it not get the new link as it is?"""
    address = before[road]
    if address not in contacts_of(ticket):
        return True
    gets_link = event.details["is_new"] and address == ticket.reply_address
    return road == before["reply_by"] and not gets_link


def _dead(ticket: Ticket) -> set[str]:
    known = ticket.complainant.identifiers if ticket.complainant else []
    return {one.value for one in known if one.undeliverable_at is not None}
