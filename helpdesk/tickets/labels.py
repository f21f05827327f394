"""Names of units, categories, places and people by id, in the reader's language and in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.catalogue.category import Category, Place
from helpdesk.lib.database import db
from helpdesk.lib.remembered import remembered

_NAMED: dict[str, Any] = {"unit": Unit, "category": Category, "place": Place}


# Told apart by identity, so that what is drawn from one can be kept
@dataclass(frozen=True, eq=False)
class Labels:
    """What ids are called. The keys of *units*, *categories* and *places* keep the order of the names."""

    units: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)


def read_labels(
    language: str, *, kinds: Collection[str] = tuple(_NAMED), user_ids: Collection[int] = ()
) -> Labels:
    """Read the names of everything of *kinds* (closed ones too: history names them) and of the people asked for."""
    name = f"labels {language} {' '.join(sorted(kinds))}"
    labels = remembered(name, trail.edition(), lambda: _read(language, kinds))
    return replace(labels, people=_people(user_ids)) if user_ids else labels


def _read(language: str, kinds: Collection[str]) -> Labels:
    found: dict[str, dict[int, str]] = {kind: {} for kind in _NAMED}
    rows = db.session.execute(union_all(*(_names_of(kind, language) for kind in kinds))).all()
    for kind, row_id, name in sorted(rows, key=lambda row: str(row[2]).casefold()):
        found[kind][row_id] = name
    return Labels(found["unit"], found["category"], found["place"])


def _people(user_ids: Collection[int]) -> dict[int, str]:
    """The names of these people; only who was not asked for at this edition is read."""
    known: dict[int, str] = remembered("people", trail.edition(), dict)
    if strangers := [user_id for user_id in user_ids if user_id not in known]:
        wanted = select(User.id, User.full_name).where(User.id.in_(sorted(strangers)))
        known.update(dict(db.session.execute(wanted).all()))
    names = ((user_id, known[user_id]) for user_id in user_ids if user_id in known)
    return dict(sorted(names, key=lambda pair: pair[1].casefold()))


@lru_cache(maxsize=16)
def _names_of(kind: str, language: str) -> Select[Any]:
    table = _NAMED[kind]
    name = table.name_id
    if language == "en":
        name = func.coalesce(func.nullif(table.name_en, ""), table.name_id)
    return select(literal(kind), table.id, name)
