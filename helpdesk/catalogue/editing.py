"""Categories and places: added, edited, closed, opened again; never removed: history names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.units import CODE
from helpdesk.audit import trail
from helpdesk.catalogue.category import Category, Place
from helpdesk.lib.database import db
from helpdesk.lib.editing import take_row
from helpdesk.lib.errors import Invalid

Entry = TypeVar("Entry", Category, Place)


@dataclass(frozen=True)
class CategoryFacts:
    """What is written about a category; an empty English text means the Indonesian one."""

    code: str
    name_id: str
    name_en: str = ""
    examples_id: str = ""
    examples_en: str = ""
    usual_unit_id: int | None = None
    is_sensitive: bool = False
    needs_red_review: bool = False
    position: int = 0


@dataclass(frozen=True)
class PlaceFacts:
    """What is written about a place; *code* stands in the link of its QR poster."""

    code: str
    name_id: str
    name_en: str = ""
    unit_id: int | None = None
    position: int = 0


def list_categories() -> list[Category]:
    """Every category in its order, closed ones last."""
    return _list(Category)


def list_places() -> list[Place]:
    """Every place in its order, closed ones last."""
    return _list(Place)


def offered_with_usual_unit(unit_id: int) -> list[Category]:
    """The categories that can be chosen and for which this unit is the usual one."""
    return [one for one in list_categories() if one.is_active and one.usual_unit_id == unit_id]


def count_offered() -> tuple[int, int]:
    """How many categories and how many places can be chosen."""
    return _count(Category), _count(Place)


def add_category(facts: CategoryFacts, *, by: Actor) -> Category:
    """Add a category. Raises Invalid for a malformed or taken code, no name, or an unknown unit."""
    return _add(Category, facts, by)


def edit_category(category_id: int, facts: CategoryFacts, *, version: int, by: Actor) -> Category:
    """Change a category. Raises Conflict for an old *version*, Invalid as on adding."""
    return _edit(take_row(Category, category_id, version), facts, by)


def switch_category(category_id: int, *, on: bool, by: Actor) -> Category:
    """Offer a category, or no longer; complaints that have it keep it."""
    return _switch(take_row(Category, category_id), on, by)


def add_place(facts: PlaceFacts, *, by: Actor) -> Place:
    """Add a place. Raises Invalid for a malformed or taken code, no name, or an unknown unit."""
    return _add(Place, facts, by)


def edit_place(place_id: int, facts: PlaceFacts, *, version: int, by: Actor) -> Place:
    """Change a place. Raises Conflict for an old *version*, Invalid as on adding."""
    return _edit(take_row(Place, place_id, version), facts, by)


def switch_place(place_id: int, *, on: bool, by: Actor) -> Place:
    """Offer a place, or no longer; complaints that name it keep it."""
    return _switch(take_row(Place, place_id), on, by)


def _list(kind: type[Entry]) -> list[Entry]:
    order = kind.is_active.desc(), kind.position, func.lower(kind.name_id), kind.id
    return list(db.session.scalars(select(kind).order_by(*order)))


def _count(kind: type[Category] | type[Place]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(kind.is_active)) or 0


def _add(kind: type[Entry], facts: CategoryFacts | PlaceFacts, by: Actor) -> Entry:
    entry = kind(**_tidy(kind, facts, but=None))
    db.session.add(entry)
    db.session.flush()
    _note("added", entry, by, after=_facts(entry, facts))
    return entry


def _edit(entry: Entry, facts: CategoryFacts | PlaceFacts, by: Actor) -> Entry:
    values = _tidy(type(entry), facts, but=entry.id)
    before = _facts(entry, facts)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.version += 1
    _note("edited", entry, by, before=before, after=_facts(entry, facts))
    return entry


def _switch(entry: Entry, on: bool, by: Actor) -> Entry:
    entry.is_active = on
    entry.version += 1
    act = "reactivated" if on else "deactivated"
    _note(act, entry, by, before={"is_active": not on}, after={"is_active": on})
    return entry


def _tidy(
    kind: type[Entry], facts: CategoryFacts | PlaceFacts, *, but: int | None
) -> dict[str, Any]:
    values = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in vars(facts).items()
    }
    values["code"] = values["code"].lower()
    for name in ("name", "examples"):
        if f"{name}_id" in values:
            values[f"{name}_en"] = values[f"{name}_en"] or values[f"{name}_id"]
    if not CODE.fullmatch(values["code"]):
        raise Invalid({"code": _l("Use small letters, digits and dashes, such as rawat-jalan.")})
    if not values["name_id"]:
        raise Invalid({"name_id": _l("Write the name in Indonesian.")})
    taken = db.session.scalars(select(kind.id).where(kind.code == values["code"])).first()
    if taken not in (None, but):
        raise Invalid({"code": _l("Another row already has this code.")})
    _refuse_unknown_unit(values)
    return values


def _refuse_unknown_unit(values: dict[str, Any]) -> None:
    for name in ("unit_id", "usual_unit_id"):
        unit_id = values.get(name)
        if unit_id is not None and db.session.get(Unit, unit_id) is None:
            raise Invalid({name: _l("There is no such unit.")})


def _facts(entry: Category | Place, facts: CategoryFacts | PlaceFacts) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in vars(facts)}


def _note(act: str, entry: Category | Place, by: Actor, **details: Any) -> None:
    kind = "category" if isinstance(entry, Category) else "place"
    trail.record(f"{kind}_{act}", by=by, subject=(kind, entry.id), details=details)
