"""Which of our addresses stands for which category or unit: listed, added, changed, removed.

A route only proposes, so nothing of the past hangs on it and it may go.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.audit import trail
from helpdesk.catalogue.category import Category
from helpdesk.intake.mail_addresses import is_address
from helpdesk.intake.mailbox import MailRoute
from helpdesk.lib.database import db
from helpdesk.lib.editing import take_row
from helpdesk.lib.errors import Invalid


@dataclass(frozen=True)
class RouteTerms:
    """What is written to *address* concerns this category, this unit, or both."""

    address: str
    category_id: int | None = None
    unit_id: int | None = None


def all_routes() -> list[MailRoute]:
    """Every route by its address."""
    return list(db.session.scalars(select(MailRoute).order_by(MailRoute.address)))


def add_route(terms: RouteTerms, *, by: Actor) -> MailRoute:
    """Let an address stand for something, inside the caller's unit of work. Raises Invalid."""
    terms = _tidy(terms, but=None)
    route = MailRoute(**asdict(terms))
    db.session.add(route)
    db.session.flush()
    _note("mail_route_added", route, by, after=_facts(terms))
    return route


def change_route(route_id: int, terms: RouteTerms, *, version: int, by: Actor) -> MailRoute:
    """Let it stand for something else from now on. Raises Invalid, NotFound, and Conflict for an old *version*."""
    route = take_row(MailRoute, route_id, version)
    terms = _tidy(terms, but=route_id)
    before = _facts(RouteTerms(route.address, route.category_id, route.unit_id))
    for name, value in asdict(terms).items():
        setattr(route, name, value)
    route.version += 1
    _note("mail_route_edited", route, by, before=before, after=_facts(terms))
    return route


def remove_route(route_id: int, *, by: Actor) -> None:
    """Let the address stand for nothing; what came through it stays as it is. Raises NotFound."""
    route = take_row(MailRoute, route_id)
    _note("mail_route_removed", route, by, before={"address": route.address})
    db.session.delete(route)


def _tidy(terms: RouteTerms, *, but: int | None) -> RouteTerms:
    tidy = RouteTerms(terms.address.strip().lower(), terms.category_id, terms.unit_id)
    problems: dict[str, Any] = {}
    if not is_address(tidy.address):
        problems["address"] = _l("Write a whole email address.")
    taken = db.session.scalar(select(MailRoute.id).where(MailRoute.address == tidy.address))
    if taken not in (None, but):
        problems["address"] = _l("This address has a route already.")
    if tidy.category_id is None and tidy.unit_id is None:
        problems["category_id"] = _l("Choose a category or a unit.")
    for name, table in (("category_id", Category), ("unit_id", Unit)):
        chosen = getattr(tidy, name)
        if chosen is not None and db.session.get(table, chosen) is None:
            problems[name] = _l("Choose one of these.")
    if problems:
        raise Invalid(problems)
    return tidy


def _facts(terms: RouteTerms) -> dict[str, Any]:
    """What the trail tells; a category by its code, which people know."""
    chosen = db.session.get(Category, terms.category_id) if terms.category_id else None
    return {
        "address": terms.address,
        "category": chosen.code if chosen else None,
        "unit_id": terms.unit_id,
    }


def _note(act: str, route: MailRoute, by: Actor, **details: Any) -> None:
    trail.record(act, by=by, subject=("mail_route", route.id), details=details)
