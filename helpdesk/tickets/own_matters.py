"""What somebody wrote on a complaint, and customer care made a complaint of its own: the words, and who links to whom.

Nothing is moved: words and files stay where they came in. The two name each other by a link (``arrivals``), which also
says in which event the words stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.arrivals import Link
from helpdesk.tickets.files import FROM_COMPLAINANT
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel, Status
from helpdesk.tickets.ticket import Ticket


@dataclass(frozen=True)
class Said:
    """What the complainant said in one *event* of a *ticket*."""

    ticket: Ticket
    event: TicketEvent

    @property
    def text(self) -> str:
        """Their words."""
        return self.ticket.text if self.event.kind == Move.OPEN else self.event.text

    @property
    def unit_text(self) -> str | None:
        """The units' copy of these very words, where one was made."""
        return self.ticket.unit_text if self.event.kind == Move.OPEN else None

    @property
    def channel(self) -> Channel:
        """How these words reached us; without a word about it they were written on the track page."""
        if self.event.kind == Move.OPEN:
            return Channel(self.ticket.channel)
        is_theirs = self.event.actor_kind == ActorKind.COMPLAINANT
        return Channel(
            self.event.details.get("channel") or (Channel.WEB if is_theirs else self.ticket.channel)
        )


def find_said(ticket: Ticket, event_id: int) -> Said:
    """What was said in this event of *ticket*, with its files. Raises NotFound where the complainant said nothing."""
    wanted = select(TicketEvent).where(
        TicketEvent.id == event_id, TicketEvent.ticket_id == ticket.id
    )
    event = db.session.scalar(wanted.options(selectinload(TicketEvent.attachments)))
    if event is None or not can_stand_alone(event, ticket):
        raise NotFound
    return Said(ticket, event)


def can_stand_alone(event: TicketEvent, ticket: Ticket) -> bool:
    """Is it something that the complainant said, of which a complaint of its own could be made?"""
    if ticket.erased_at is not None or ticket.state is Status.SPAM:
        return False
    has_content = event.kind == Move.OPEN or event.text or event.attachments
    return event.kind in FROM_COMPLAINANT and bool(has_content)


def made_of(story: Iterable[TicketEvent]) -> dict[int, Mapping[str, Any]]:
    """By the id of the event in which the words stand, the link to the complaint that was made of them."""
    return {
        event.details["event_id"]: event.details
        for event in story
        if _is_own_matter(event) and not event.details["refers"]
    }


def links_of(ticket_id: int) -> list[TicketEvent]:
    """Every link of the ticket, oldest first."""
    links = select(TicketEvent).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.kind == Move.LINK.value
    )
    return list(db.session.scalars(links.order_by(TicketEvent.id)))


def set_apart_from(ticket_id: int) -> dict[int, str]:
    """Numbers, by their ids, of the complaints made of this one's words, or of whose words this one was made."""
    return {
        event.details["ticket_id"]: event.details["number"]
        for event in links_of(ticket_id)
        if _is_own_matter(event)
    }


def visible_links(story: Iterable[TicketEvent], actor: Actor) -> frozenset[int]:
    """Ids of the tickets to which a *story* links, as far as *actor* may see them; most stories cost no query."""
    linked = {event.details["ticket_id"] for event in story if event.kind == Move.LINK}
    if not linked:
        return frozenset()
    seen = select(Ticket.id).where(Ticket.id.in_(sorted(linked)), visible_to(actor))
    return frozenset(db.session.scalars(seen))


def _is_own_matter(event: TicketEvent) -> bool:
    return event.kind == Move.LINK and event.details["why"] == Link.OWN_MATTER
