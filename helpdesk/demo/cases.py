"""Tickets that a visitor may follow as the person who complained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.demo.marks import LOADED
from helpdesk.lib.database import db
from helpdesk.tickets import keys
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket


@dataclass(frozen=True)
class Case:
    """A ticket with its keys, as the receipt of the person who complained shows them. *link* is a path."""

    title: str
    status: str
    is_waiting: bool
    number: str
    pin: str
    link: str


def cases() -> list[Case]:
    """The tickets whose PIN the demo knows, as they stand now."""
    details = db.session.scalars(
        select(AuditEntry.details).where(AuditEntry.act == LOADED).limit(1)
    ).first()
    ids: Mapping[str, int] = (details or {}).get("cases", {})
    found = ((key, db.session.get(Ticket, ticket_id)) for key, ticket_id in ids.items())
    return [_case(ticket, key) for key, ticket in found if ticket is not None]


def _case(ticket: Ticket, key: str) -> Case:
    return Case(
        title=ticket.title,
        status=ticket.status,
        is_waiting=ticket.is_waiting,
        number=number_of(ticket),
        pin=keys.pin_from_key(key),
        link=f"/k/{keys.link_token(ticket)}",
    )
