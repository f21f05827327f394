"""Work that lies with a unit in which nobody is left: the clock runs, and no list shows it to anybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Exists, exists, func, select

from helpdesk.accounts.roles import UNIT_ROLES
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import Grant, User
from helpdesk.audit import trail
from helpdesk.lib.database import db
from helpdesk.lib.remembered import remembered
from helpdesk.tickets.ticket import Disposition


@dataclass(frozen=True)
class Unattended:
    """A unit without an active person, and how many dispositions are open there."""

    unit_id: int
    name_id: str
    name_en: str
    open_count: int


def unattended_work() -> list[Unattended]:
    """Every unit that has open dispositions and nobody who could take them up, by name."""
    rows = db.session.execute(
        select(Unit.id, Unit.name_id, Unit.name_en, func.count())
        .join(Disposition, Disposition.unit_id == Unit.id)
        .where(Disposition.is_open, ~_somebody_works_there())
        .group_by(Unit.id, Unit.name_id, Unit.name_en)
        .order_by(Unit.name_id)
    )
    return [Unattended(*row) for row in rows]


def empty_among(unit_ids: Collection[int]) -> frozenset[int]:
    """Those of the units in which no active person works; every change of people and units stands in the trail."""
    empty = remembered("units without people", trail.edition(), _empty_units)
    return empty.intersection(unit_ids)


def _empty_units() -> frozenset[int]:
    return frozenset(db.session.scalars(select(Unit.id).where(~_somebody_works_there())))


def _somebody_works_there() -> Exists:
    return exists().where(
        Grant.unit_id == Unit.id,
        Grant.role.in_([role.value for role in UNIT_ROLES]),
        User.id == Grant.user_id,
        User.is_active,
    )
