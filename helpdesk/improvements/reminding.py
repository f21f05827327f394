"""Telling the unit that is to do an improvement: when it is given one, once before its day, and once after it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.accounts.roles import Role
from helpdesk.accounts.standing_in import present_of
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.improvements.improvement import Improvement
from helpdesk.lib.database import db
from helpdesk.lib.one_by_one import each_due
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import day_in_words, name_in
from helpdesk.messaging.outbox import queue_for
from helpdesk.tickets.hearers import holders_of

JOB = "remind of improvements"
ROUND = 100
BEFORE = timedelta(days=7)
_DAY = timedelta(days=1)
_HOUR = time(8)  # when people are at work
_AFTER_A_FAULT = timedelta(minutes=30)


def next_look(improvement: Improvement, at: datetime) -> datetime | None:
    """When to remind next of an open one: a week before its day, and the morning after it."""
    moments = (_morning(improvement.due_on - BEFORE), _morning(improvement.due_on + _DAY))
    return next((moment for moment in moments if moment > at), None)


def _morning(day: date) -> datetime:
    return datetime.combine(day, _HOUR, tzinfo=local_zone())


def remind_due(at: datetime, limit: int = ROUND) -> int:
    """Remind of whatever is due *at* that moment, each in a unit of its own; returns how many there were."""
    return each_due(
        "improvement", Improvement.id, Improvement.look_at, at, limit, _remind, _AFTER_A_FAULT
    )


def _remind(improvement_id: int, at: datetime) -> None:
    improvement = db.session.get_one(Improvement, improvement_id, with_for_update=True)
    if improvement.look_at is None or improvement.look_at > at:
        return  # another worker was faster, or somebody who did it
    is_late = at >= _morning(improvement.due_on + _DAY)
    event = "improvement_late" if is_late else "improvement_due"
    tell_unit(improvement, event, f"{event}/{improvement.id}/{improvement.due_on}")
    improvement.look_at = next_look(improvement, at)


def tell_unit(
    improvement: Improvement, event: str, occasion: str, *, by: Actor | None = None
) -> None:
    """Queue a message to the heads of the unit and the person named, but never to whoever did it themselves.

    Where no head is there, to the whole unit, and where nobody is, to the supervisors: nobody hearing would be
    silence. For who is away their deputy hears.
    No word of what is to be improved: mail servers and lock screens read along.
    """
    for user in _hearers(improvement):
        if by is not None and by.user_id == user.id:
            continue
        queue_for(
            user,
            event,
            occasion=f"improvement/{occasion}",
            subject=("improvement", improvement.id),
            values=_values(improvement, user.locale),
        )


def _hearers(improvement: Improvement) -> list[User]:
    heads = holders_of(Role.UNIT_HEAD, improvement.unit_id)
    officers = holders_of(Role.UNIT_OFFICER, improvement.unit_id)
    supervisors = holders_of(Role.SUPERVISOR)
    named = db.session.get(User, improvement.pic_id) if improvement.pic_id else None
    in_charge = [named] if named is not None and works_in(named, improvement.unit_id) else []
    of_unit = [*(present_of(heads) or present_of(officers)), *present_of(in_charge)]
    people = of_unit or present_of(supervisors) or heads or officers or supervisors
    return list({user.id: user for user in people}.values())


def works_in(user: User, unit_id: int) -> bool:
    """Do they hold a role in the unit, and can they sign in?"""
    return user.is_active and unit_id in user.as_actor().unit_ids


def _values(improvement: Improvement, language: str) -> dict[str, object]:
    unit = db.session.get_one(Unit, improvement.unit_id)
    base = current_settings().base_url
    return {
        "organisation": house_name(),
        "link": f"{base}/perbaikan/{improvement.id}",
        "unit": name_in(unit, language),
        "by_day": day_in_words(improvement.due_on, language),
    }
