"""The history of a ticket as it is drawn: what happened, where, and the files that show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.tickets.joined import Follower
from helpdesk.tickets.moves import Move
from helpdesk.tickets.own_matters import can_stand_alone, made_of
from helpdesk.tickets.picture import Picture
from helpdesk.tickets.records import Attachment, TicketEvent


@dataclass(frozen=True)
class Entry:
    """One event of the thread. *joined_on* is the joined complaint on which it happened, None for the ticket's own.

    *number* is of the ticket on which it happened. *made* links to the complaint that was made of what it says;
    *can_stand_alone*: this reader may make one.
    """

    event: TicketEvent
    number: str
    joined_on: Follower | None
    files: list[Attachment]
    made: Mapping[str, Any] | None
    can_stand_alone: bool

    @property
    def is_beginning(self) -> bool:
        """Does it stand for the complaint's own words?"""
        return self.event.kind == Move.OPEN and self.joined_on is None


def entries_of(picture: Picture) -> list[Entry]:
    """The thread of *picture*, newest first."""
    thread = picture.thread
    made, entries = made_of(thread), []
    for event in thread:
        joined_on = picture.follower_of(event)
        ticket = joined_on.ticket if joined_on else picture.ticket
        entry = Entry(
            event,
            joined_on.number if joined_on else picture.number,
            joined_on,
            picture.files(event),
            made.get(event.id),
            picture.is_care and can_stand_alone(event, ticket),
        )
        entries.append(entry)
    return entries
