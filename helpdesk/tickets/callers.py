"""Finding the tickets of somebody who calls, by what they left: a telephone, an email address, a record number.

For customer care alone, who may know everybody that complained: a unit would learn who it was by trying numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, and_, or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db
from helpdesk.registry.complainant import Identifier, IdentifierKind
from helpdesk.registry.identifiers import (
    parse_email,
    parse_medical_record,
    parse_phone,
    read_or_empty,
)
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.ticket import Ticket

_SHORTEST_RECORD = 3
_PARSERS: dict[IdentifierKind, Callable[[str], str]] = {
    IdentifierKind.PHONE: parse_phone,
    IdentifierKind.EMAIL: parse_email,
    IdentifierKind.MEDICAL_RECORD: parse_medical_record,
}


def tickets_left_with(typed: str, actor: Actor) -> list[Select[Any]]:
    """Statements of the ids of tickets whose complainant left *typed*, or of the patient it names, by index.

    Empty where *typed* can be no such thing, or *actor* may not know who complained. Whether *actor* may see those
    tickets is not asked here.
    """
    left = _meanings(typed) if actor.may(Permission.TRIAGE) else {}
    if not left:
        return []
    is_left = (and_(Identifier.kind == kind, Identifier.value == left[kind]) for kind in left)
    people = select(Identifier.complainant_id).where(or_(*is_left))
    statements = [select(Ticket.id).where(Ticket.complainant_id.in_(people))]
    record = left.get(IdentifierKind.MEDICAL_RECORD)
    if record:
        statements.append(select(Ticket.id).where(Ticket.affected_record == record))
    return statements


def was_left(typed: str, actor: Actor) -> bool:
    """Does *actor* see a ticket of whoever left *typed*? Then it may be more than a ticket's number."""
    return any(
        db.session.scalar(ids.where(visible_to(actor)).limit(1)) is not None
        for ids in tickets_left_with(typed, actor)
    )


def _meanings(typed: str) -> dict[IdentifierKind, str]:
    read = {kind: read_or_empty(parse, typed) for kind, parse in _PARSERS.items()}
    record = read[IdentifierKind.MEDICAL_RECORD]
    if len(record) < _SHORTEST_RECORD or not any(char.isdigit() for char in record):
        del read[IdentifierKind.MEDICAL_RECORD]
    return {kind: value for kind, value in read.items() if value}
