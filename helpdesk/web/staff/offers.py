"""What the forms of the workbench offer to choose from, as plain words that outlive a rolled-back session."""

from __future__ import annotations

from wtforms import SelectChoice

from helpdesk.accounts.staff import list_users
from helpdesk.accounts.units import list_units
from helpdesk.catalogue.editing import list_categories
from helpdesk.web.filters import name as name_of

Choices = list[SelectChoice]


def category_choices(chosen: int | None) -> Choices:
    """The open categories with the unit that usually handles each; *chosen* stays offered when it was closed."""
    units = {unit.id: name_of(unit) for unit in list_units()}
    return [
        SelectChoice(
            str(category.id), _category(name_of(category), units.get(category.usual_unit_id or 0))
        )
        for category in list_categories()
        if category.is_active or category.id == chosen
    ]


def _category(name: str, usual_unit: str | None) -> str:
    return f"{name} → {usual_unit}" if usual_unit else name


def sensitive_categories() -> list[str]:
    """Names of the categories for which named readers only are proposed."""
    return [name_of(one) for one in list_categories() if one.is_active and one.is_sensitive]


def red_review_categories() -> list[str]:
    """Names of the categories in which a grade below red must be explained."""
    return [name_of(one) for one in list_categories() if one.is_active and one.needs_red_review]


def unit_choices() -> Choices:
    """Every unit, closed ones too: a complaint may be about one."""
    return [SelectChoice(str(unit.id), name_of(unit)) for unit in list_units()]


def people_choices() -> Choices:
    """Everybody with an open account."""
    return [
        SelectChoice(
            str(user.id), f"{user.full_name}, {user.position}" if user.position else user.full_name
        )
        for user in list_users()
        if user.is_active
    ]
