"""Canned texts as the form of an act offers them, filled in for the ticket."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from helpdesk.tickets.canned_texts import filled_for, offered_for
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.typed import whole_number


@dataclass(frozen=True)
class Canned:
    """A text as it is offered: *text* is filled in, *url* opens the page of the act with it in place."""

    name: str
    text: str
    url: str


def offers(ticket: Ticket, endpoint: str) -> list[Canned]:
    """The texts for *ticket*, for the act at *endpoint*."""
    number = number_of(ticket)
    return [
        Canned(
            one.name,
            filled_for(ticket, one),
            url_for(endpoint, number=number, teks=one.id),
        )
        for one in offered_for(ticket)
    ]


def chosen_text(ticket: Ticket) -> str:
    """The text that the address asks for: without script a text is chosen by following its link."""
    wanted = whole_number(request.args.get("teks"))
    if wanted is None:
        return ""
    chosen = next((one for one in offered_for(ticket) if one.id == wanted), None)
    return filled_for(ticket, chosen) if chosen else ""
