"""What the page of a complaint shows to its complainant: the row, and the public part of its story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import joinedload

from helpdesk.audit import trail
from helpdesk.lib.database import db, read_rows
from helpdesk.lib.errors import NotFound
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.ticket import Disposition, Ticket


class File(NamedTuple):
    """A file that the complainant may open."""

    id: int
    name: str
    size: int  # bytes
    shown_digest: str
    original_digest: str | None


@dataclass(frozen=True)
class Told:
    """A public event, with its files but for evidence, which only staff see."""

    kind: str
    at: datetime
    actor_kind: str
    unit_id: int | None
    text: str
    details: Mapping[str, Any]
    files: tuple[File, ...] = ()


def find_own(ticket_id: int) -> Ticket:
    """A complainant's own ticket with its place, its person and the units that it was sent to; for reading.

    Raises NotFound when there is no such ticket.
    """
    rows = db.session.execute(_OWN, {"ticket_id": ticket_id})
    found = rows.unique().one_or_none()
    if found is None:
        raise NotFound
    trail.keep_edition(found.edition)
    ticket: Ticket = found.Ticket
    return ticket


def public_story_of(ticket: Ticket) -> list[Told]:
    """What the complainant reads of what happened, oldest first; one statement."""
    story: dict[int, Told] = {}
    for event_id, *row in read_rows(_STORY, {"id": ticket.id}):
        told = story.get(event_id) or Told(*row[:_FACTS])
        file = File(*row[_FACTS:])
        if file.id is not None:
            told = replace(told, files=(*told.files, file))
        story[event_id] = told
    return list(story.values())


_OWN = (
    select(Ticket, trail.EDITION)
    .where(Ticket.id == bindparam("ticket_id"))
    .options(
        joinedload(Ticket.place),
        joinedload(Ticket.complainant).joinedload(Complainant.identifiers),
        joinedload(Ticket.dispositions).joinedload(Disposition.unit),
    )
    .execution_options(populate_existing=True)
)
_FACTS = 6  # columns of the event itself, after its id
_STORY = (
    select(
        TicketEvent.id,
        TicketEvent.kind,
        TicketEvent.at,
        TicketEvent.actor_kind,
        TicketEvent.unit_id,
        TicketEvent.text,
        TicketEvent.details,
        Attachment.id,
        Attachment.name,
        Attachment.size,
        Attachment.shown_digest,
        Attachment.original_digest,
    )
    .outerjoin(
        Attachment, and_(Attachment.event_id == TicketEvent.id, Attachment.is_evidence.is_(False))
    )
    .where(TicketEvent.ticket_id == bindparam("id"), TicketEvent.audience == "public")
    .order_by(TicketEvent.at, TicketEvent.id, Attachment.id)
)
