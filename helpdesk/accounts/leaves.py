"""Leaves (cuti): entered by whoever goes, by the head of their unit or by an administrator, and ended early."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import false, or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.leave import Leave
from helpdesk.accounts.roles import Permission, Role
from helpdesk.accounts.standing_in import can_stand_in, headed_by, today, units_of
from helpdesk.accounts.user import Grant, User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid, NotFound


def find_for_leave(user_id: int, by: Actor) -> User:
    """Whose leave *by* may enter: their own, that of whom they lead, an administrator everybody's.

    Raises NotFound for anybody else.
    """
    user = db.session.get(User, user_id)
    if user is None or not user.is_active:
        raise NotFound
    is_theirs = user.id == by.user_id or by.may(Permission.ADMINISTER)
    if not (is_theirs or _leads(by, user)):
        raise NotFound
    return user


def colleagues_of(by: Actor) -> list[User]:
    """Whom *by* leads, by name: in the units that they head, and a supervisor who works at the desk."""
    at_desk = Grant.role == Role.CARE.value if by.may(Permission.SUPERVISE) else false()
    led = select(Grant.user_id).where(or_(Grant.unit_id.in_(by.headed_unit_ids), at_desk))
    return [one for one in _active(User.id.in_(led), User.id != by.user_id) if _leads(by, one)]


def deputies_for(user: User) -> list[User]:
    """Who could stand in for *user*, by name."""
    roles = {grant.role for grant in user.grants if grant.unit_id is None} | {Role.SUPERVISOR.value}
    alike = or_(Grant.unit_id.in_(units_of(user)), Grant.role.in_(roles))
    people = _active(User.id.in_(select(Grant.user_id).where(alike)))
    return [one for one in people if can_stand_in(one, user)]


def enter_leave(
    user_id: int, first_on: date, last_on: date, deputy_id: int | None, *, by: Actor
) -> Leave:
    """Note that somebody is away on these days, both included; the same once more changes nothing.

    Raises Invalid for days that are past or the wrong way round, for days of another leave, and for a deputy who does
    not hold the roles or is away then too.
    """
    # Locked: two who enter a leave for the same person meet here.
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    user = find_for_leave(user_id, by)
    taken = _between(user_id, first_on, last_on)
    said = (first_on, last_on, deputy_id)
    if taken is not None and (taken.first_on, taken.last_on, taken.deputy_id) == said:
        return taken
    _check(user, first_on, last_on, deputy_id, taken)
    leave = Leave(
        user_id=user_id,
        deputy_id=deputy_id,
        first_on=first_on,
        last_on=last_on,
        created_at=clock.now(),
    )
    db.session.add(leave)
    db.session.flush()
    _note("leave_entered", leave, by)
    return leave


def end_leave(leave_id: int, *, by: Actor) -> Leave:
    """They are back before it was over, or do not go; from now on they hear for themselves."""
    leave = db.session.scalar(select(Leave).where(Leave.id == leave_id).with_for_update())
    if leave is None:
        raise NotFound
    find_for_leave(leave.user_id, by)
    if leave.ended_at is None:
        leave.ended_at = clock.now()
        _note("leave_ended", leave, by)
    return leave


def _leads(by: Actor, user: User) -> bool:
    """A leave lends the right of a head, so only whoever heads the unit in their own right enters it for its head."""
    is_at_desk = by.may(Permission.SUPERVISE) and Role.CARE in user.roles
    is_in_unit = bool(units_of(user) & by.headed_unit_ids)
    lendable = by.headed_unit_ids - by.acting_unit_ids
    return (is_in_unit or is_at_desk) and headed_by(user) <= lendable


def _check(
    user: User, first_on: date, last_on: date, deputy_id: int | None, taken: Leave | None
) -> None:
    problems: dict[str, Any] = {}
    if first_on < today():
        problems["first_on"] = _l("This day is past. Write today or a later day.")
    if last_on < first_on:
        problems["last_on"] = _l("The last day lies before the first one.")
    elif taken is not None:
        problems["last_on"] = _l(
            "Another leave has days among these. Choose other days, or end that one first."
        )
    if deputy_id is not None and not _may_deputise(deputy_id, user):
        problems["deputy"] = _l("This person does not hold the same role in the same unit.")
    elif deputy_id is not None and _between(deputy_id, first_on, last_on):
        problems["deputy"] = _l("This person is away on some of these days too. Choose another.")
    if problems:
        raise Invalid(problems)


def _may_deputise(deputy_id: int, user: User) -> bool:
    deputy = db.session.get(User, deputy_id)
    return deputy is not None and can_stand_in(deputy, user)


def _between(user_id: int, first_on: date, last_on: date) -> Leave | None:
    """A leave of theirs that has one of these days."""
    theirs = select(Leave).where(Leave.user_id == user_id, Leave.ended_at.is_(None))
    overlapping = theirs.where(Leave.last_on >= first_on, Leave.first_on <= last_on)
    return db.session.scalars(overlapping.limit(1)).first()


def _active(*conditions: Any) -> list[User]:
    wanted = select(User).where(User.is_active, *conditions).order_by(User.full_name, User.id)
    return list(db.session.scalars(wanted))


def _note(act: str, leave: Leave, by: Actor) -> None:
    deputy = db.session.get(User, leave.deputy_id) if leave.deputy_id else None
    facts = {
        "first_on": leave.first_on.isoformat(),
        "last_on": leave.last_on.isoformat(),
        "deputy": deputy.full_name if deputy else None,
    }
    trail.record(
        act,
        by=by,
        subject=("user", leave.user_id),
        details={"after": facts} if act == "leave_entered" else facts,
    )
