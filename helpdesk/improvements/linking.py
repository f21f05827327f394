"""The tickets that an improvement came from. Nobody sees through it a ticket that they may not see otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, Row, Select, bindparam, select

from helpdesk.accounts.actor import Actor
from helpdesk.improvements.access import may_link, visible_to
from helpdesk.improvements.improvement import (
    OPEN,
    Improvement,
    ImprovementEvent,
    ImprovementTicket,
)
from helpdesk.improvements.noting import note
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, NotFound, Refused
from helpdesk.tickets import access
from helpdesk.tickets.rows import HEADING
from helpdesk.tickets.ticket import Ticket

SHOWN = 50  # the newest of them on its page; of one problem there are rarely more
OFFERED = 30


def link_ticket(improvement: Improvement, ticket: Ticket, *, by: Actor) -> None:
    """Let a ticket that *by* sees belong to the improvement. Raises Refused, and Conflict where it does already."""
    if not may_link(by, improvement):
        raise Refused
    if db.session.get(ImprovementTicket, (improvement.id, ticket.id)) is not None:
        raise Conflict(_l("This complaint belongs to the improvement already."))
    db.session.add(ImprovementTicket(improvement_id=improvement.id, ticket_id=ticket.id))
    note(improvement, "link", by=by, ticket_id=ticket.id)


def unlink_ticket(improvement: Improvement, ticket: Ticket, *, by: Actor) -> None:
    """Let the ticket belong to it no more. Raises NotFound where it never did."""
    if not may_link(by, improvement):
        raise Refused
    link = db.session.get(ImprovementTicket, (improvement.id, ticket.id))
    if link is None:
        raise NotFound
    db.session.delete(link)
    note(improvement, "unlink", by=by, ticket_id=ticket.id)


def tickets_of(improvement: Improvement, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """The newest of its tickets that *actor* may see; one statement."""
    query = (
        select(
            *HEADING,
            Ticket.grade,
            Ticket.status,
            Ticket.received_on,
        )
        .join(ImprovementTicket, ImprovementTicket.ticket_id == Ticket.id)
        .where(ImprovementTicket.improvement_id == improvement.id, access.visible_to(actor))
    )
    return db.session.execute(query.order_by(Ticket.id.desc()).limit(SHOWN)).all()


def improvements_of(ticket: Ticket, actor: Actor) -> Sequence[Improvement]:
    """What *ticket* belongs to, as far as *actor* may see it; one statement."""
    return db.session.scalars(_behind(actor), {"ticket_id": ticket.id}).all()


@lru_cache(maxsize=256)
def _behind(actor: Actor) -> Select[Improvement]:
    """Built once for each reader: to build it costs more than to run it."""
    return (
        select(Improvement)
        .join(ImprovementTicket, ImprovementTicket.improvement_id == Improvement.id)
        .where(
            ImprovementTicket.ticket_id == bindparam("ticket_id", type_=Integer()),
            visible_to(actor),
        )
        .order_by(Improvement.id)
    )


def offered_for(ticket: Ticket, actor: Actor) -> list[Improvement]:
    """The open improvements to which *actor* may add *ticket*, those about its category first."""
    linked = select(ImprovementTicket.improvement_id).where(
        ImprovementTicket.ticket_id == ticket.id
    )
    query = (
        select(Improvement)
        .where(
            Improvement.state.in_(sorted(OPEN)), Improvement.id.not_in(linked), visible_to(actor)
        )
        .order_by(Improvement.due_on, Improvement.id)
    )
    found = [one for one in db.session.scalars(query) if may_link(actor, one)]
    return sorted(found, key=lambda one: one.category_id != ticket.category_id)[:OFFERED]


def history_of(improvement: Improvement, actor: Actor) -> list[tuple[ImprovementEvent, Any]]:
    """What happened, the newest first, each with its ticket if it is about one; two statements at most.

    What is about a ticket that *actor* may not see is left out.
    """
    query = select(ImprovementEvent).where(ImprovementEvent.improvement_id == improvement.id)
    events = db.session.scalars(query.order_by(ImprovementEvent.id.desc())).all()
    named = {event.details["ticket_id"] for event in events if "ticket_id" in event.details}
    numbers = select(Ticket.id, Ticket.number_year, Ticket.number_seq)
    seen = numbers.where(Ticket.id.in_(named), access.visible_to(actor))
    tickets = {row.id: row for row in db.session.execute(seen)} if named else {}
    told = ((event, event.details.get("ticket_id")) for event in events)
    return [
        (event, tickets.get(ticket_id))
        for event, ticket_id in told
        if ticket_id is None or ticket_id in tickets
    ]
