"""The number that a complaint has in the system it was forwarded from: SP4N-LAPOR!, BPJS Kesehatan, another agency.

It leads to the complainant there. So of somebody who is not named only customer care reads it, and who took it down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_, select, true

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import ORIGIN_NUMBER_LENGTH, Ticket


def read_origin_number(typed: str) -> str:
    """The number as it was typed, without the spaces around it and the ``#`` that some write before it."""
    return " ".join(typed.split()).removeprefix("#").strip()


def knows_origin(actor: Actor, ticket: Ticket) -> bool:
    """May this person read the number of a ticket that is visible to them?"""
    is_named = ticket.identity == Identity.NAMED
    return is_named or actor.may(Permission.TRIAGE) or ticket.recorded_by_id == actor.user_id


def has_origin_number(typed: str, actor: Actor) -> ColumnElement[bool]:
    """The condition that a ticket has the number *typed* there, in capitals or not, and that *actor* may read it."""
    number = read_origin_number(typed)
    if not number or len(number) > ORIGIN_NUMBER_LENGTH:
        return false()
    is_named = Ticket.identity == Identity.NAMED.value
    may_read = or_(is_named, Ticket.recorded_by_id == actor.user_id)
    return (Ticket.origin_number == number) & (true() if actor.may(Permission.TRIAGE) else may_read)


def find_by_origin(actor: Actor, typed: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Ids and numbers of the two newest tickets that *actor* may see and that have the number *typed* there."""
    asked = select(Ticket.id, Ticket.number_year, Ticket.number_seq)
    found = asked.where(has_origin_number(typed, actor), visible_to(actor))
    return db.session.execute(found.order_by(Ticket.id.desc()).limit(2)).all()
