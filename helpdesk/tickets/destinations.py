"""Where a ticket can be sent: each unit with its people, what it already has, and by when it would have to answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import UNIT_ROLES, Role
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import Grant, User
from helpdesk.lib.database import db
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.circle import circle_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.promises import unit_deadlines
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import WITH_UNIT, Channel
from helpdesk.tickets.ticket import Disposition, Ticket


@dataclass(frozen=True)
class Person:
    """Somebody who works in a unit."""

    id: int
    name: str
    is_head: bool


@dataclass(frozen=True)
class Destination:
    """One unit. *open_count* is what it has that the asker may see; *due_at* what the policy would give it."""

    unit_id: int
    name_id: str
    name_en: str
    people: tuple[Person, ...]
    open_count: int
    due_at: datetime | None

    @property
    def heads(self) -> tuple[str, ...]:
        """Who answers for the unit (PJ)."""
        return tuple(person.name for person in self.people if person.is_head)


def suggested_unit_id(ticket: Ticket) -> int | None:
    """The unit for which the address stands that the complaint was written to; None where it stands for none."""
    if ticket.channel != Channel.EMAIL:
        return None
    opening = select(TicketEvent.details).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.kind == Move.OPEN.value
    )
    details = db.session.scalar(opening) or {}
    unit_id: int | None = details.get("suggested_unit_id")
    return unit_id


def destinations_for(ticket: Ticket, actor: Actor, at: datetime) -> list[Destination]:
    """Every active unit that could receive the ticket now, the usual unit of its category first.

    Units that have it already are left out, and on a restricted ticket the reported units and people. Needs
    ``category`` and ``dispositions`` of the ticket.
    """
    circle = circle_of(ticket)
    taken = {one.unit_id for one in ticket.dispositions if one.status in WITH_UNIT}
    units = [unit for unit in _active_units() if unit.id not in taken | circle.reported_unit_ids]
    ids = [unit.id for unit in units]
    people, counts = people_of(ids), _open_counts(ids, actor)
    deadlines = unit_deadlines(ticket, ids, at)
    usual = ticket.category.usual_unit_id if ticket.category else None
    found = [
        Destination(
            unit.id,
            unit.name_id,
            unit.name_en,
            tuple(one for one in people[unit.id] if one.id not in circle.reported_user_ids),
            counts.get(unit.id, 0),
            deadlines.get(unit.id),
        )
        for unit in units
    ]
    return sorted(found, key=lambda one: one.unit_id != usual)


def people_of(unit_ids: list[int]) -> dict[int, list[Person]]:
    """Active people of each unit, heads first, then by name."""
    rows = db.session.execute(
        select(Grant.unit_id, User.id, User.full_name, func.max(Grant.role == Role.UNIT_HEAD.value))
        .join(User, User.id == Grant.user_id)
        .where(
            Grant.unit_id.in_(unit_ids),
            Grant.role.in_([role.value for role in UNIT_ROLES]),
            User.is_active,
        )
        .group_by(Grant.unit_id, User.id, User.full_name)
        .order_by(User.full_name)
    )
    found: defaultdict[int, list[Person]] = defaultdict(list)
    for unit_id, user_id, name, is_head in rows:
        if unit_id is not None:
            found[unit_id].append(Person(user_id, name, bool(is_head)))
    for people in found.values():
        people.sort(key=lambda one: not one.is_head)
    return found


def _active_units() -> list[Unit]:
    return list(db.session.scalars(select(Unit).where(Unit.is_active).order_by(Unit.name_id)))


def _open_counts(unit_ids: list[int], actor: Actor) -> dict[int, int]:
    rows = db.session.execute(
        select(Disposition.unit_id, func.count())
        .join(Ticket, Ticket.id == Disposition.ticket_id)
        .where(Disposition.is_open, Disposition.unit_id.in_(unit_ids), visible_to(actor))
        .group_by(Disposition.unit_id)
    )
    return {row[0]: row[1] for row in rows}
