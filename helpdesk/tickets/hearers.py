"""Who is there to hear: people by position when something happens, and who of them may know of a restricted ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from helpdesk.accounts.roles import UNIT_ROLES, Role
from helpdesk.accounts.standing_in import away_today, present_of
from helpdesk.accounts.user import Grant, User
from helpdesk.lib.database import db, kept_in_unit
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.records import Question, TicketEvent
from helpdesk.tickets.states import Access, Identity
from helpdesk.tickets.ticket import Disposition, NamedReader, Ticket


def holders_of(role: Role, unit_id: int | None = None) -> list[User]:
    """Active people who hold *role* (in the unit, for unit roles)."""
    wanted = select(Grant.user_id).where(Grant.role == role.value)
    if unit_id is not None:
        wanted = wanted.where(Grant.unit_id == unit_id)
    return kept_in_unit(f"holders of {role} in {unit_id}", lambda: _active(wanted))


def officers_of(unit_id: int) -> set[int]:
    """Ids of everybody who holds a role in the unit and can sign in."""
    return {user.id for role in UNIT_ROLES for user in holders_of(role, unit_id)}


def people_of(disposition: Disposition) -> list[User]:
    """The officer named on the disposition and the heads of its unit; where neither is there, all its officers too."""
    named = [*officer_of(disposition), *holders_of(Role.UNIT_HEAD, disposition.unit_id)]
    others = [] if present_of(named) else holders_of(Role.UNIT_OFFICER, disposition.unit_id)
    return [*named, *others]


def officer_of(disposition: Disposition) -> list[User]:
    """The officer named on the disposition, if one is."""
    officer = db.session.get(User, disposition.officer_id) if disposition.officer_id else None
    return [officer] if officer else []


def people_at_work(ticket: Ticket) -> list[User]:
    """Those of every unit that has not answered yet."""
    return [user for work in ticket.dispositions if work.is_open for user in people_of(work)]


def readers_of_reply(ticket: Ticket, event: TicketEvent, work: Disposition | None) -> list[User]:
    """The desk, and those of the units who may read the reply: who may not know the name only where they asked."""
    askers = askers_of(ticket, event, work)
    return [*askers, *people_at_work(ticket)] if ticket.identity == Identity.NAMED else askers


def askers_of(ticket: Ticket, event: TicketEvent, work: Disposition | None) -> list[User]:
    """The desk, and while the work of the unit that asked is theirs, who asked and those of the unit."""
    desk = desk_of(ticket)
    if work is None or not work.is_open:
        return desk
    question = db.session.get_one(Question, event.details["question_id"])
    asker = db.session.get(User, question.asked_by_id)
    return [*desk, *([asker] if asker and asker.is_active else []), *people_of(work)]


def leading_of(ticket: Ticket) -> Ticket | None:
    """The ticket that this one was merged into, with the units that have it; None for most."""
    if ticket.merged_into_id is None:
        return None
    leading = select(Ticket).where(Ticket.id == ticket.merged_into_id)
    with_units = selectinload(Ticket.dispositions).joinedload(Disposition.unit)
    return db.session.scalar(leading.options(with_units))


def addressees_of(ticket: Ticket, _event: TicketEvent, work: Disposition | None) -> list[User]:
    """Whom an instruction of leadership is for: the unit whose *work* it is about, or the desk."""
    return people_of(work) if work else desk_of(ticket)


def giver_of(_ticket: Ticket, event: TicketEvent, _work: Disposition | None) -> list[User]:
    """Who gave the instruction that was answered."""
    giver = db.session.get(User, event.details["given_by_id"])
    return [giver] if giver and giver.is_active else []


def desk_of(ticket: Ticket) -> list[User]:
    """The officer at the desk who owns the ticket, else every supervisor; where those may not know, its readers."""
    owner = db.session.get(User, ticket.owner_id) if ticket.owner_id else None
    if owner and owner.is_active and allowed(ticket, [owner]):
        return [owner]
    readers = select(NamedReader.user_id).where(NamedReader.ticket_id == ticket.id)
    return allowed(ticket, holders_of(Role.SUPERVISOR)) or allowed(ticket, _active(readers))


def heads_today(ticket: Ticket, work: Disposition | None) -> list[User]:
    """Who hears today for the heads of the unit at *work*, or of every unit that has not answered yet."""
    works = [work] if work else [one for one in ticket.dispositions if one.is_open]
    heads = [(one, holders_of(Role.UNIT_HEAD, one.unit_id)) for one in works]
    return [user for one, those in heads for user in hearing_today(ticket, those, one)]


def hearing_today(ticket: Ticket, people: Iterable[User], work: Disposition | None) -> list[User]:
    """Those of *people* who may know of the ticket; for who is away today their deputy hears.

    Where that leaves nobody, whoever is next above them hears at once. Where nobody is there either, it waits for those
    who are away.
    """
    meant = allowed(ticket, people)
    away = [user for user in meant if user.id in away_today()]
    if not away:
        return meant
    here = allowed(ticket, present_of(meant))
    for above in _rungs_above(away, work):
        here = here or allowed(ticket, present_of(above()))
    return here or meant


def _rungs_above(
    people: Iterable[User], work: Disposition | None
) -> Sequence[Callable[[], list[User]]]:
    """Whom to ask in turn in the place of *people*: the ladder of the deadlines, from where they stand on it."""
    rungs: Sequence[Callable[[], list[User]]] = [
        partial(holders_of, Role.UNIT_HEAD, work.unit_id if work else 0),
        partial(holders_of, Role.SUPERVISOR),
        partial(holders_of, Role.LEADERSHIP),
    ]
    roles = {role for user in people for role in user.roles}
    if Role.LEADERSHIP in roles:
        return rungs[2:]
    return rungs[1:] if work is None or roles & {Role.CARE, Role.SUPERVISOR} else rungs


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
