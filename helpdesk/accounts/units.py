"""Units: added, edited, closed and opened again. A unit is never removed: its history names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.audit import trail
from helpdesk.lib.database import db
from helpdesk.lib.editing import take_row
from helpdesk.lib.errors import Invalid

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")  # of categories and places too
_FACTS = ("code", "name_id", "name_en", "parent_id")


@dataclass(frozen=True)
class UnitFacts:
    """What is written about a unit; an empty English name means the Indonesian one."""

    code: str
    name_id: str
    name_en: str = ""
    parent_id: int | None = None


def list_units(*, only_active: bool = False) -> list[Unit]:
    """Every unit by its Indonesian name, closed ones last."""
    statement = select(Unit).order_by(Unit.is_active.desc(), func.lower(Unit.name_id), Unit.id)
    return list(db.session.scalars(statement.where(Unit.is_active) if only_active else statement))


def count_units() -> int:
    """How many units receive dispositions."""
    return db.session.scalar(select(func.count()).select_from(Unit).where(Unit.is_active)) or 0


def check_unit(facts: UnitFacts, *, but: int | None = None) -> None:
    """Raise Invalid with everything that is wrong about a unit; *but* is the unit itself, None for a new one."""
    _tidy(facts, but=but)


def add_unit(facts: UnitFacts, *, by: Actor) -> Unit:
    """Add a unit. Raises Invalid for a malformed or taken code, no name, or a circle."""
    tidy = _tidy(facts, but=None)
    unit = Unit(**vars(tidy))
    db.session.add(unit)
    db.session.flush()
    _note("unit_added", unit, by, after=_facts(unit))
    return unit


def edit_unit(unit_id: int, facts: UnitFacts, *, version: int, by: Actor) -> Unit:
    """Change what is written about a unit. Raises Conflict for an old *version*, Invalid."""
    unit = take_row(Unit, unit_id, version)
    tidy = _tidy(facts, but=unit.id)
    before = _facts(unit)
    for name, value in vars(tidy).items():
        setattr(unit, name, value)
    unit.version += 1
    _note("unit_edited", unit, by, before=before, after=_facts(unit))
    return unit


def deactivate_unit(unit_id: int, *, by: Actor) -> Unit:
    """No new dispositions go to the unit; what it has, it finishes."""
    return _set_active(unit_id, False, "unit_deactivated", by)


def reactivate_unit(unit_id: int, *, by: Actor) -> Unit:
    """The unit receives dispositions again."""
    return _set_active(unit_id, True, "unit_reactivated", by)


def _set_active(unit_id: int, is_active: bool, act: str, by: Actor) -> Unit:
    unit = take_row(Unit, unit_id)
    unit.is_active = is_active
    unit.version += 1
    _note(act, unit, by, before={"is_active": not is_active}, after={"is_active": is_active})
    return unit


def _tidy(facts: UnitFacts, *, but: int | None) -> UnitFacts:
    code, name_id = facts.code.strip().lower(), facts.name_id.strip()
    problems: dict[str, Any] = {}
    if not CODE.fullmatch(code):
        problems["code"] = _l("Use small letters, digits and dashes, such as rawat-jalan.")
    elif db.session.scalar(select(Unit.id).where(Unit.code == code)) not in (None, but):
        problems["code"] = _l("Another row already has this code.")
    if not name_id:
        problems["name_id"] = _l("Write the name in Indonesian.")
    if _is_circle(facts.parent_id, but):
        problems["parent_id"] = _l("A unit cannot stand below itself.")
    if problems:
        raise Invalid(problems)
    return UnitFacts(code, name_id, facts.name_en.strip() or name_id, facts.parent_id)


def _is_circle(parent_id: int | None, unit_id: int | None) -> bool:
    if parent_id is None:
        return False
    parents = {unit.id: unit.parent_id for unit in list_units()}
    above: int | None = parent_id
    for _step in range(len(parents) + 1):
        if above is None:
            return False
        if above == unit_id or above not in parents:
            break
        above = parents[above]
    return True


def _facts(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in _FACTS}


def _note(act: str, unit: Unit, by: Actor, **details: Any) -> None:
    trail.record(act, by=by, subject=("unit", unit.id), details=details)
