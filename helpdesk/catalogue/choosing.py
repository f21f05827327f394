"""What a form offers: places and categories as plain values, which outlive a rolled-back session."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from helpdesk.catalogue.category import Category, Place
from helpdesk.lib.database import db


@dataclass(frozen=True)
class Offer:
    """One place or category that can be chosen."""

    id: int
    code: str
    name_id: str
    name_en: str


def offered_places() -> list[Offer]:
    """The places that are open, in their order."""
    return _offered(Place)


def offered_categories() -> list[Offer]:
    """The categories that are open, in their order."""
    return _offered(Category)


def _offered(kind: type[Category] | type[Place]) -> list[Offer]:
    rows = db.session.execute(
        select(kind.id, kind.code, kind.name_id, kind.name_en)
        .where(kind.is_active)
        .order_by(kind.position, kind.name_id, kind.id)
    )
    return [Offer(*row) for row in rows]
