"""Who is there to hear: people by position when something happens, and who of them may know of a restricted ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant, User
from helpdesk.lib.database import db, kept_in_unit
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import Disposition, NamedReader, Ticket


def holders_of(role: Role, unit_id: int | None = None) -> list[User]:
    """Active people who hold *role* (in the unit, for unit roles)."""
    wanted = select(Grant.user_id).where(Grant.role == role.value)
    if unit_id is not None:
        wanted = wanted.where(Grant.unit_id == unit_id)
    return kept_in_unit(f"holders of {role} in {unit_id}", lambda: _active(wanted))


def people_of(disposition: Disposition) -> list[User]:
    """The officer named on the disposition and the heads of its unit."""
    officer = db.session.get(User, disposition.officer_id) if disposition.officer_id else None
    return [*([officer] if officer else []), *holders_of(Role.UNIT_HEAD, disposition.unit_id)]


def desk_of(ticket: Ticket) -> list[User]:
    """The officer at the desk who owns the ticket, else every supervisor; where those may not know, its readers."""
    owner = db.session.get(User, ticket.owner_id) if ticket.owner_id else None
    if owner and owner.is_active and allowed(ticket, [owner]):
        return [owner]
    readers = select(NamedReader.user_id).where(NamedReader.ticket_id == ticket.id)
    return allowed(ticket, holders_of(Role.SUPERVISOR)) or allowed(ticket, _active(readers))


def allowed(ticket: Ticket, people: Iterable[User]) -> list[User]:
    """Those of *people*, each once, who may know of the ticket: of a restricted one only who may open it."""
    unique = list({user.id: user for user in people}.values())
    if ticket.access != Access.RESTRICTED:
        return unique
    return [user for user in unique if _may_open(ticket, user)]


def _may_open(ticket: Ticket, user: User) -> bool:
    seen = select(Ticket.id).where(Ticket.id == ticket.id, visible_to(user.as_actor()))
    return db.session.scalar(seen) is not None


def _active(user_ids: Select[Any]) -> list[User]:
    wanted = select(User).where(User.is_active, User.id.in_(user_ids)).order_by(User.id)
    return list(db.session.scalars(wanted))
