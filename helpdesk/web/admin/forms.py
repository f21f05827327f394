"""What the administrator's forms share: a version, and an answer to "somebody else was faster"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, HiddenField, SelectField, StringField

from helpdesk.accounts.roles import Permission
from helpdesk.accounts.unit import Unit
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.lib.zones import INDONESIAN, is_zone
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import Difference, HouseForm
from helpdesk.web.typed import tidy, whole_number


class AdminForm(HouseForm):
    """A form whose row carries a version."""

    class Meta(HouseForm.Meta):
        """Names go into letters, mail headers and file names: no control characters in any of them."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Give every field of text the filter that all typed text passes."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, HiddenField):
                options = {**options, "filters": [tidy]}
            bound: Field = super().bind_field(form, unbound_field, options)
            return bound

    version = HiddenField(default="1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []

    @property
    def seen_version(self) -> int:
        """The version that was shown when the form was opened; -1 fits none."""
        seen = whole_number(str(self.version.data or ""))
        return -1 if seen is None else seen

    def saves(self, verb: Callable[[], object], *, row: Any = None) -> bool:
        """Call *verb* when the form was sent and is in order; False with its refusal on the form.

        On a conflict the newest state of *row* is put beside what was typed, and sending again
        overwrites knowingly.
        """
        if not self.validate_on_submit():
            return False
        try:
            verb()
        except Invalid as invalid:
            self.take_errors(invalid)
        except Conflict as conflict:
            self.form_errors.append(conflict.reason)
            self.differences = [] if row is None else list(self._compare(row))
            self.version.data = self.version.data if row is None else str(row.version)
        except Refused as refusal:
            self.form_errors.append(refusal.reason)
        else:
            return True
        return False

    def _compare(self, row: Any) -> Iterable[Difference]:
        for field in self:
            if field.name == "version" or not hasattr(row, field.name):
                continue
            theirs = getattr(row, field.name)
            if (theirs or "") != (field.data or ""):
                yield Difference(
                    str(field.label.text), _shown(field, theirs), _shown(field, field.data)
                )


def unit_field(label: Any, nothing: Any) -> SelectField:
    """A choice of one unit, or of none, which is called *nothing*; fill it with ``offer_units``."""
    return SelectField(
        label, choices=[("", nothing)], coerce=lambda value: int(value) if value else None
    )


def offer_units(field: SelectField, units: Iterable[Unit]) -> None:
    """Offer the active units, and the one that is chosen already, whatever became of it."""
    offered = [unit for unit in units if unit.is_active or unit.id == field.data]
    field.choices = [field.choices[0], *((unit.id, _name_with_state(unit)) for unit in offered)]


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


def page(template: str, form: HouseForm, **values: object) -> ResponseReturnValue:
    """The page with its form; 409 when somebody was faster, 422 when something is to be put right."""
    differences = getattr(form, "differences", [])
    status = 409 if differences else 422 if form.errors else 200
    return render_template(template, form=form, **values), status


def _shown(field: Field, value: Any) -> str:
    if isinstance(field, SelectField):
        words = {field.coerce(code): str(word) for code, word in field.choices}
        return words.get(value, str(value))
    if isinstance(value, bool):
        return str(_l("yes") if value else _l("no"))
    return str(value or "–")
