"""What reaches a ticket and is not its complainant's word: somebody else's mail, a machine's, another ticket.

Customer care alone reads of these; of the link to what it made of their own words, the complainant and units too. None
of them starts, stops or answers anything, and none is ever taken for the complainant's: whoever was shown a mail can
answer it, and whoever heard a number can quote it. But a danger to life is believed whoever writes of it: see
``urgent_words``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from helpdesk.accounts.actor import Actor
from helpdesk.lib.uploads import Received
from helpdesk.tickets.files import attach
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Audience
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance


class Link(StrEnum):
    """Why a new ticket is linked to an earlier one."""

    QUOTED = "quoted"  # somebody else named its number
    TOO_LATE = "too_late"  # it was answered, and the time to object has passed
    LEFT = "left"  # it left by an exit
    OWN_MATTER = "own_matter"  # customer care made it of what was written there


def take_from_other(
    ticket: Ticket,
    text: str,
    *,
    sender: str,
    by: Actor,
    files: Sequence[Received] = (),
    details: Mapping[str, Any],
) -> TicketEvent:
    """Somebody who is not the complainant wrote about the ticket; *sender* is how they call themselves."""
    facts = {"sender": sender, **details}
    event = advance(ticket, Move.OTHER_WROTE, by=by, text=text.strip(), details=facts)
    attach(event, files)
    return event


def take_from_machine(
    ticket: Ticket, text: str, *, sender: str, by: Actor, details: Mapping[str, Any] | None = None
) -> TicketEvent:
    """A machine answered one of our messages, such as an out-of-office note: kept, and nobody is told."""
    facts = {"sender": sender, **(details or {})}
    return advance(ticket, Move.MACHINE_WROTE, by=by, text=text.strip(), details=facts)


def link_tickets(ticket: Ticket, earlier: Ticket, why: Link, *, by: Actor) -> None:
    """Say on both that *ticket* refers to *earlier*; what is to follow from it is for customer care to decide."""
    _link(ticket, earlier, why, by, is_later=True)
    _link(earlier, ticket, why, by, is_later=False)


def link_own_matter(own: Ticket, source: Ticket, event_id: int, *, by: Actor) -> None:
    """Say on both that *own* was made of what stands in this event of *source*, also to the complainant there.

    Units and leadership read of it with the words themselves, as long as nothing of the two is kept from them.
    """
    _link(own, source, Link.OWN_MATTER, by, is_later=True, audience="staff", event_id=event_id)
    _link(source, own, Link.OWN_MATTER, by, is_later=False, audience="public", event_id=event_id)


def _link(
    ticket: Ticket,
    other: Ticket,
    why: Link,
    by: Actor,
    *,
    is_later: bool,
    audience: Audience | None = None,
    **more: Any,
) -> None:
    facts = {
        **more,
        "ticket_id": other.id,
        "number": number_of(other),
        "why": why.value,
        "refers": is_later,
    }
    advance(ticket, Move.LINK, by=by, details=facts, audience=audience)
