"""What stands beside a ticket on its page: clocks, messages, other complaints. Rows, and no entities."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Row, Select, String, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import read_rows
from helpdesk.messaging.message import OutboxMessage
from helpdesk.registry.complainant import Complainant, Identifier
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.ticket import Ticket

AnyRow = Row[*tuple[Any, ...]]
OTHERS = 5  # earlier complaints of the same person that are named


def clocks_of(ticket_id: int) -> Sequence[AnyRow]:
    """Every promise that was made about the ticket, oldest first."""
    return read_rows(_CLOCKS, {"ticket_id": ticket_id})


def messages_about(ticket_id: int) -> Sequence[AnyRow]:
    """What was sent about the ticket, newest first."""
    return read_rows(_MESSAGES, {"ticket_id": ticket_id})


def others_of(ticket: Ticket, actor: Actor) -> Sequence[AnyRow]:
    """The newest other complaints of the same name and contact, as far as *actor* may see them."""
    person = ticket.complainant
    if person is None or not person.name:
        return ()
    same = {"complainant_id": person.id, "name": person.name.lower(), "ticket_id": ticket.id}
    return read_rows(_others_for(actor), same)


# Built once: to build a statement and to recognise it costs more than to run it.
_TICKET_ID = bindparam("ticket_id", type_=Integer())
_CLOCKS = (
    select(
        SlaClock.id,
        SlaClock.kind,
        SlaClock.cycle,
        SlaClock.grade,
        SlaClock.disposition_id,
        SlaClock.limit_amount,
        SlaClock.limit_unit,
        SlaClock.fixed_due_at,
        SlaClock.is_pausable,
        SlaClock.started_at,
        SlaClock.due_at,
        SlaClock.stopped_at,
        SlaClock.verdict,
    )
    .where(SlaClock.ticket_id == _TICKET_ID)
    .order_by(SlaClock.id)
)
_MESSAGES = (
    select(
        OutboxMessage.id,
        OutboxMessage.event,
        OutboxMessage.channel,
        OutboxMessage.address,
        OutboxMessage.recipient_kind,
        OutboxMessage.recipient_id,
        OutboxMessage.status,
        OutboxMessage.created_at,
        OutboxMessage.sent_at,
    )
    .where(OutboxMessage.subject_kind == "ticket", OutboxMessage.subject_id == _TICKET_ID)
    .order_by(OutboxMessage.id.desc())
)

_OWN, _SHARED = aliased(Identifier), aliased(Identifier)
# A card for each time something else was left beside them (``registry.matching``)
_SAME_PERSON = (
    select(Complainant.id)
    .join(_SHARED, _SHARED.complainant_id == Complainant.id)
    .join(_OWN, and_(_OWN.kind == _SHARED.kind, _OWN.value == _SHARED.value))
    .where(
        _OWN.complainant_id == bindparam("complainant_id", type_=Integer()),
        func.lower(Complainant.name) == bindparam("name", type_=String()),
    )
)


@lru_cache(maxsize=256)
def _others_for(actor: Actor) -> Select[int | None, int | None, str, str]:
    return (
        select(Ticket.number_year, Ticket.number_seq, Ticket.title, Ticket.status)
        .where(Ticket.complainant_id.in_(_SAME_PERSON), Ticket.id != _TICKET_ID)
        .where(visible_to(actor))
        .order_by(Ticket.id.desc())
        .limit(OTHERS)
    )
