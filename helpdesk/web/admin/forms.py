"""What the administrator's forms share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from wtforms import Field, Form, HiddenField, SelectField, StringField

from helpdesk.accounts.roles import Permission
from helpdesk.accounts.unit import Unit
from helpdesk.lib.errors import Refused
from helpdesk.lib.zones import INDONESIAN, is_zone
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import EditForm
from helpdesk.web.typed import tidy


class AdminForm(EditForm):
    """A form of the administrator."""

    class Meta(EditForm.Meta):
        """Names go into letters, mail headers and file names: no control characters in any of them."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Give every field of text the filter that all typed text passes."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, HiddenField):
                options = {**options, "filters": [tidy]}
            bound: Field = super().bind_field(form, unbound_field, options)
            return bound


def one_or_none(label: Any, nothing: Any) -> SelectField:
    """A choice of one row by its id, or of none, which is called *nothing*; fill it with ``offer``."""
    return SelectField(
        label, choices=[("", nothing)], coerce=lambda value: int(value) if value else None
    )


def offer(field: SelectField, rows: Iterable[tuple[int, str]]) -> None:
    """Offer these *rows*, each id with its name."""
    field.choices = [field.choices[0], *rows]


def offer_units(field: SelectField, units: Iterable[Unit]) -> None:
    """Offer the active units, and the one that is chosen already, whatever became of it."""
    offered = [unit for unit in units if unit.is_active or unit.id == field.data]
    offer(field, ((unit.id, _name_with_state(unit)) for unit in offered))


def _name_with_state(unit: Unit) -> str:
    return name_of(unit) if unit.is_active else _("%(name)s (closed)", name=name_of(unit))


def worklist_url(**narrowed: Any) -> str:
    """The list of open complaints, *narrowed* by a filter of its address; empty for who may not open it."""
    return url_for("staff.worklist", **narrowed) if current_actor().may(Permission.TRIAGE) else ""


def zone_choices(present: str) -> list[tuple[str, str]]:
    """WIB, WITA, WIT; of the rest of the world only the zone *present*, which is in use already."""
    known = [(zone, f"{short} ({zone})") for short, zone in INDONESIAN.items()]
    if present not in INDONESIAN.values() and is_zone(present):
        known.append((present, present))
    return known


def tell(verb: Callable[[], object], done: str) -> None:
    """Call *verb* and say on the next page that it is *done*, or why it was refused."""
    try:
        verb()
    except Refused as refusal:
        flash(refusal.reason, "warn")
    else:
        flash(done)
