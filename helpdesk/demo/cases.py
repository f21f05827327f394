"""Tickets that a visitor may follow as the person who complained."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.demo.showcase import SCENES
from helpdesk.lib import once
from helpdesk.lib.database import db
from helpdesk.tickets import keys
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket


@dataclass(frozen=True)
class Case:
    """A ticket with its keys, as the receipt of the person who complained shows them."""

    title: str
    number: str
    pin: str
    link: str
    is_waiting: bool


def open_cases() -> list[Case]:
    """The tickets whose PIN belongs to the demo, as they stand now."""
    found = []
    for scene in SCENES:
        ticket_id = once.result_of(f"complaint/demo/{scene.key}") if scene.key else None
        ticket = db.session.get(Ticket, int(ticket_id)) if ticket_id else None
        if ticket is not None:
            found.append(_case(ticket, keys.pin_from_key(f"demo/{scene.key}")))
    return found


def _case(ticket: Ticket, pin: str) -> Case:
    link = f"/k/{keys.link_token(ticket)}"
    return Case(ticket.title, number_of(ticket), pin, link, ticket.is_waiting)
