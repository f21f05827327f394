"""Units as a table: read to add and change many at once, and written in the same columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts import units
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.importing import (
    Faults,
    Take,
    Taken,
    differences,
    is_yes,
    once_each,
    refuse_long,
    taken,
)
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.units import UnitFacts
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.lib.tables import TableLine

COLUMNS = ("kode", "nama", "nama inggris", "induk", "aktif")
KEY = "code"
# Every name that a column may have, in Indonesian and in English.
NAMES = {
    "kode": "code", "kode unit": "code", "code": "code", "unit code": "code",
    "nama": "name", "nama unit": "name", "name": "name", "unit": "name",
    "nama inggris": "name_en", "nama en": "name_en", "english name": "name_en", "name en": "name_en",
    "induk": "parent", "unit induk": "parent", "parent": "parent", "belongs to": "parent",
    "aktif": "active", "active": "active", "status": "active",
}  # fmt: skip
EXAMPLES = (
    ("farmasi", "Instalasi Farmasi", "Pharmacy", "", "ya"),
    ("farmasi-igd", "Depo Farmasi IGD", "Emergency Pharmacy", "farmasi", "ya"),
)
_LONGEST = {"code": 31, "name": 120, "name_en": 120}


def in_order(lines: Sequence[TableLine]) -> list[TableLine]:
    """Units above before the units below them, whatever their order in the file."""
    by_code = {line.cells[KEY].lower(): line for line in lines}
    ordered: list[TableLine] = []
    seen: set[int] = set()

    def put(line: TableLine) -> None:
        if line.number in seen:
            return
        seen.add(line.number)
        above = by_code.get(line.cells.get("parent", "").lower())
        if above is not None:
            put(above)
        ordered.append(line)

    for line in lines:
        put(line)
    return ordered


def taking(lines: Sequence[TableLine], *, by: Actor) -> Take:
    """How a line of *lines* is taken: a new unit, or a change of the one with that code."""
    refuse_twice = once_each(lines, KEY)

    def take(line: TableLine) -> Taken:
        faults = Faults()
        faults.read(lambda: refuse_twice(line), None)
        code = line.cells[KEY].lower()
        unit = db.session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
        before = {} if unit is None else _said(unit)
        facts, is_active = _read(line, unit, before, faults)
        if unit is None:
            unit = units.add_unit(facts, by=by)
        elif differences(before, {**before, **_as_said(facts)}):
            unit = units.edit_unit(unit.id, facts, version=unit.version, by=by)
        if unit.is_active != is_active:
            verb = units.reactivate_unit if is_active else units.deactivate_unit
            verb(unit.id, by=by)
        return taken(code, before, _said(unit))

    return take


def rows() -> list[tuple[str, ...]]:
    """Every unit in ``COLUMNS``."""
    return [
        (said["code"], said["name"], said["name_en"], said["parent"], said["active"])
        for said in map(_said, units.list_units())
    ]


def _read(
    line: TableLine, unit: Unit | None, before: Mapping[str, str], faults: Faults
) -> tuple[UnitFacts, bool]:
    """The unit and whether it is open. Raises Invalid with all that is wrong."""
    faults.read(lambda: refuse_long(line.cells, _LONGEST), None)
    was_active = unit is None or unit.is_active
    is_active = faults.read(lambda: is_yes(line.cells.get("active", ""), was_active), was_active)
    facts = _facts(line, unit, faults)
    if differences(before, {**before, **_as_said(facts)}):
        faults.read(lambda: units.check_unit(facts, but=unit.id if unit else None), None)
    faults.refuse()
    return facts, is_active


def _facts(line: TableLine, unit: Unit | None, faults: Faults) -> UnitFacts:
    """What the line says, and for what it has no column, what stands there already."""
    cells, above = line.cells, unit.parent_id if unit else None
    if "parent" in cells:
        above = faults.read(lambda: _parent_id(cells["parent"]), above)
    return UnitFacts(
        code=cells[KEY].lower(),
        name_id=cells.get("name", unit.name_id if unit else ""),
        name_en=cells.get("name_en", unit.name_en if unit else ""),
        parent_id=above,
    )


def _parent_id(code: str) -> int | None:
    if not code:
        return None
    found = db.session.scalar(select(Unit.id).where(Unit.code == code.lower()))
    if found is None:
        raise Invalid({"parent": _l("There is no unit with the code %(code)s.", code=code)})
    return found


def _as_said(facts: UnitFacts) -> dict[str, str]:
    name_id = facts.name_id.strip()
    return {
        "code": facts.code,
        "name": name_id,
        "name_en": facts.name_en.strip() or name_id,
        "parent": _code_of(facts.parent_id),
    }


def _said(unit: Unit) -> dict[str, str]:
    return {
        "code": unit.code,
        "name": unit.name_id,
        "name_en": unit.name_en,
        "parent": _code_of(unit.parent_id),
        "active": "ya" if unit.is_active else "tidak",
    }


def _code_of(unit_id: int | None) -> str:
    above = db.session.get(Unit, unit_id) if unit_id else None
    return above.code if above else ""
