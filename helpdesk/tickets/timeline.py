"""The story of a ticket as each reader may hear it. Facts only; words live in ``templates/timeline``."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from helpdesk.lib.database import db
from helpdesk.tickets.access import Scope
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket

_QUIET = {"redact", "guard", "new_pin"}  # customer care's own business
_OWN_UNIT_ONLY = {"assign", "submit", "send_back", "return_answer", "recall"}


def story_of(
    ticket: Ticket, scope: Scope, *, unit_ids: frozenset[int] = frozenset()
) -> list[TicketEvent]:
    """Every event that a member of staff of this *scope* may read, newest first, with its files."""
    events = db.session.scalars(_NEWEST_FIRST, {"ticket_id": ticket.id})
    return [event for event in events if may_read(event, scope, unit_ids)]


def public_story_of(ticket: Ticket) -> list[TicketEvent]:
    """What the complainant reads on the track page, oldest first, with the files of public events."""
    return list(db.session.scalars(_PUBLIC, {"ticket_id": ticket.id}))


_OF_TICKET = (
    select(TicketEvent)
    .where(TicketEvent.ticket_id == bindparam("ticket_id"))
    .options(selectinload(TicketEvent.attachments))
)
_NEWEST_FIRST = _OF_TICKET.order_by(TicketEvent.at.desc(), TicketEvent.id.desc())
_PUBLIC = _OF_TICKET.where(TicketEvent.audience == "public").order_by(TicketEvent.at, TicketEvent.id)


def may_read(event: TicketEvent, scope: Scope, unit_ids: frozenset[int]) -> bool:
    """May a member of staff of this *scope*, at work in *unit_ids*, read the event and open its files?"""
    if scope is Scope.CARE:
        return True
    if event.audience == "care" or event.kind in _QUIET:
        return False
    if scope is Scope.UNIT:
        return event.kind not in _OWN_UNIT_ONLY or event.unit_id in unit_ids
    if scope is Scope.RECORDER:
        return event.audience == "public"
    return True
