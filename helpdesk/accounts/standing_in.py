"""Who is away today, who stands in for them, and what a deputy may do meanwhile.

Every change of leaves, people and roles stands in the trail, so what was read is remembered until the trail is longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.leave import Leave
from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.roles import Role, permissions_of
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.remembered import remembered


@dataclass(frozen=True)
class Away:
    """A leave that is not over. *deputy_id* None: nobody stands in, or whoever was to may do so no more."""

    leave_id: int
    user_id: int
    name: str
    first_on: date
    last_on: date
    deputy_id: int | None
    deputy: str
    unit_ids: frozenset[int]
    headed_unit_ids: frozenset[int]


def today() -> date:
    """The organisation's day."""
    return clock.now().astimezone(local_zone()).date()


def away_today() -> dict[int, Away]:
    """Who is away, by the id of the person; a deputy who is away too stands in for nobody."""
    here = today()
    away = {one.user_id: one for one in _standing() if one.first_on <= here <= one.last_on}
    return {
        user_id: replace(one, deputy_id=None, deputy="") if one.deputy_id in away else one
        for user_id, one in away.items()
    }


def leaves_of(user_id: int) -> list[Away]:
    """The person's own leaves, of today and to come, soonest first."""
    return [one for one in _standing() if one.user_id == user_id and one.last_on >= today()]


def stood_in_for(user_id: int) -> list[Away]:
    """For whom the person stands in, today or on days to come, soonest first."""
    here = today()
    return [one for one in _standing() if one.deputy_id == user_id and one.last_on >= here]


def left_alone(user_id: int, first_on: date, last_on: date) -> list[Away]:
    """For whom the person was to stand in on some of these days, on which they are away themselves."""
    stood_in = (one for one in _standing() if one.deputy_id == user_id)
    return [one for one in stood_in if one.first_on <= last_on and first_on <= one.last_on]


def away_in(unit_id: int | None) -> list[Away]:
    """Who of the unit is away today, soonest back first."""
    of_unit = [one for one in away_today().values() if unit_id in one.unit_ids]
    return sorted(of_unit, key=lambda one: (one.last_on, one.name))


def present_of(people: Iterable[User]) -> list[User]:
    """Those of *people* who are here today, and the deputies of the others; maybe nobody."""
    away, everybody = away_today(), list(people)
    if not away:
        return everybody
    here = {user.id: user for user in everybody if user.id not in away}
    standing_in = [away[user.id].deputy_id for user in everybody if user.id in away]
    for deputy_id in standing_in:
        if deputy_id is not None and deputy_id not in here:
            here[deputy_id] = db.session.get_one(User, deputy_id)
    return list(here.values())


def with_leave(actor: Actor) -> Actor:
    """*actor* as they may act today: a deputy with the head's right in the head's unit, beside their own roles.

    What was given to a colleague of the unit who is away is open to the unit as if it had been given to nobody.
    """
    away = away_today() if actor.unit_ids else {}
    colleagues = [one for one in away.values() if one.unit_ids & actor.unit_ids]
    away_ids = frozenset(one.user_id for one in colleagues) - {actor.user_id}
    if not away_ids:
        return actor
    lent = (one.headed_unit_ids for one in colleagues if one.deputy_id == actor.user_id)
    acting = frozenset().union(*lent) - actor.headed_unit_ids
    return replace(
        actor,
        away_ids=away_ids,
        acting_unit_ids=acting,
        headed_unit_ids=actor.headed_unit_ids | acting,
        permissions=actor.permissions | (permissions_of({Role.UNIT_HEAD}) if acting else set()),
    )


def can_stand_in(deputy: User, user: User) -> bool:
    """Do they hold the roles of *user* themselves? In a unit either role will do: the head's right is lent them."""
    held = {grant.role for grant in deputy.grants if grant.unit_id is None}
    if Role.SUPERVISOR in held:
        held.add(Role.CARE.value)
    roles = {grant.role for grant in user.grants if grant.unit_id is None}
    is_same = deputy.id == user.id
    return deputy.is_active and not is_same and roles <= held and units_of(user) <= units_of(deputy)


def units_of(user: User) -> frozenset[int]:
    """In which units they hold a role."""
    return frozenset(grant.unit_id for grant in user.grants if grant.unit_id is not None)


def headed_by(user: User) -> frozenset[int]:
    """Which units they head."""
    heads = (grant.unit_id for grant in user.grants if grant.role == Role.UNIT_HEAD)
    return frozenset(unit_id for unit_id in heads if unit_id is not None)


def _standing() -> list[Away]:
    return remembered("leaves", trail.edition(), _read, even_in_unit=True)


def _read() -> list[Away]:
    wanted = select(Leave).where(Leave.last_on >= today(), Leave.ended_at.is_(None))
    leaves = db.session.scalars(wanted.order_by(Leave.first_on, Leave.id)).all()
    ids = {user_id for one in leaves for user_id in (one.user_id, one.deputy_id) if user_id}
    found = db.session.scalars(select(User).where(User.id.in_(ids))) if ids else ()
    people = {user.id: user for user in found}
    return [_away(one, people) for one in leaves if people[one.user_id].is_active]


def _away(leave: Leave, people: Mapping[int, User]) -> Away:
    user, deputy = people[leave.user_id], people.get(leave.deputy_id or 0)
    if deputy is not None and not can_stand_in(deputy, user):
        deputy = None
    return Away(
        leave_id=leave.id,
        user_id=user.id,
        name=user.full_name,
        first_on=leave.first_on,
        last_on=leave.last_on,
        deputy_id=deputy.id if deputy else None,
        deputy=deputy.full_name if deputy else "",
        unit_ids=units_of(user),
        headed_unit_ids=headed_by(user),
    )
