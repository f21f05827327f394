"""The history of a ticket as it is drawn: what happened, where, and the files that show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.tickets.joined import Follower
from helpdesk.tickets.picture import Picture
from helpdesk.tickets.records import Attachment, TicketEvent


@dataclass(frozen=True)
class Entry:
    """One event of the thread. *joined_on* is the joined complaint on which it happened, None for the ticket's own."""

    event: TicketEvent
    joined_on: Follower | None
    files: list[Attachment]


def entries_of(picture: Picture) -> Iterator[Entry]:
    """The thread of *picture*, newest first."""
    for event in picture.thread:
        yield Entry(event, picture.follower_of(event), picture.files(event))
