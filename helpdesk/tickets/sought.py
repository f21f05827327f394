"""What is known of a matter that may be here already: of what is being typed, or of a ticket that was recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from helpdesk.lib import clock
from helpdesk.registry.identifiers import parse_email, parse_phone, read_or_empty
from helpdesk.tickets.own_matters import set_apart_from
from helpdesk.tickets.ticket import Ticket


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is known of the matter that may be here already. *beside* is its own ticket, where it has one.

    *apart*: ids of tickets that share words with it because one was made of the other's, and are about something else.
    """

    text: str = ""
    contacts: frozenset[str] = frozenset()
    complainant_id: int | None = None
    origin_number: str = ""
    place_id: int | None = None
    category_id: int | None = None
    at: datetime
    beside: int | None = None
    apart: frozenset[int] = frozenset()


def sought_by(
    text: str,
    *,
    phone: str = "",
    email: str = "",
    origin_number: str = "",
    place_id: int | None,
    category_id: int | None,
) -> Sought:
    """What somebody is typing just now; a contact that cannot be read yet is left out."""
    contacts = {read_or_empty(parse_phone, phone), read_or_empty(parse_email, email)}
    return Sought(
        text=text,
        contacts=frozenset(contacts - {""}),
        origin_number=origin_number,
        place_id=place_id,
        category_id=category_id,
        at=clock.now(),
    )


def sought_of(ticket: Ticket) -> Sought:
    """What is known of a ticket that was recorded."""
    return Sought(
        text=ticket.text,
        contacts=frozenset({ticket.reply_address} - {""}),
        complainant_id=ticket.complainant_id,
        origin_number=ticket.origin_number,
        place_id=ticket.place_id,
        category_id=ticket.category_id,
        at=ticket.received_at,
        beside=ticket.id,
        apart=frozenset(set_apart_from(ticket.id)),
    )


def sought_apart(typed: Sought, ticket: Ticket) -> Sought:
    """What is *typed* as a complaint of its own, of whoever wrote it on *ticket*."""
    same = sought_of(ticket)
    return replace(
        typed,
        contacts=same.contacts,
        complainant_id=same.complainant_id,
        apart=same.apart | {ticket.id},
    )
