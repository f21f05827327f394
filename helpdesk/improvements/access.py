"""Who sees an improvement, who changes it, and to which units somebody may give one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, or_, select, true

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.roles import Permission
from helpdesk.improvements.improvement import Improvement
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, NotFound, Refused


def sees_all(actor: Actor) -> bool:
    """Customer care and leadership read the whole register."""
    return actor.may(Permission.TRIAGE) or actor.may(Permission.WATCH)


def sees_any(actor: Actor) -> bool:
    """Has the register anything for them? A unit reads what it is to do, and what is about its complaints."""
    return sees_all(actor) or bool(actor.unit_ids)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which *actor* may see a row of ``improvements``."""
    if actor.kind is not ActorKind.STAFF:
        return false()
    if sees_all(actor):
        return true()
    own = sorted(actor.unit_ids)
    return or_(Improvement.unit_id.in_(own), Improvement.about_unit_id.in_(own))


def may_give_to(actor: Actor, unit_id: int) -> bool:
    """May they begin one that *unit_id* is to do? A head only gives it to their own unit."""
    return sees_all(actor) or unit_id in actor.headed_unit_ids


def may_begin(actor: Actor) -> bool:
    """May they begin one at all?"""
    return sees_all(actor) or bool(actor.headed_unit_ids)


def may_change(actor: Actor, improvement: Improvement) -> bool:
    """Supervisors and leadership change every one, a head those that their unit is to do."""
    is_above = actor.may(Permission.SUPERVISE) or actor.may(Permission.WATCH)
    return is_above or improvement.unit_id in actor.headed_unit_ids


def may_link(actor: Actor, improvement: Improvement) -> bool:
    """May they say which complaints belong to it? Customer care too: it knows them all."""
    return actor.may(Permission.TRIAGE) or may_change(actor, improvement)


def find_for(actor: Actor, improvement_id: int) -> Improvement:
    """The improvement, if *actor* may see it; else NotFound."""
    seen = select(Improvement).where(Improvement.id == improvement_id, visible_to(actor))
    found = db.session.scalar(seen)
    if found is None:
        raise NotFound
    return found


def find_to_change(actor: Actor, improvement_id: int, *, version: int | None = None) -> Improvement:
    """The same with its row locked, inside a unit of work.

    Raises Refused where it is not theirs to change, Conflict when it is no longer the *version* that they read.
    """
    improvement = lock_for(actor, improvement_id)
    if not may_change(actor, improvement):
        raise Refused
    if version is not None and improvement.version != version:
        raise Conflict(
            _l("Somebody changed this improvement while you were writing. Compare, then decide.")
        )
    return improvement


def lock_for(actor: Actor, improvement_id: int) -> Improvement:
    """The improvement that *actor* sees, locked until the unit of work ends."""
    seen = select(Improvement).where(Improvement.id == improvement_id, visible_to(actor))
    locked = seen.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(locked)
    if found is None:
        raise NotFound
    return found
