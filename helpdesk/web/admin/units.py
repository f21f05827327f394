"""Units: list, add, edit, close and open."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts import units
from helpdesk.accounts.units import UnitFacts
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, offer_units, page, unit_field
from helpdesk.web.doors import current_actor


class UnitForm(AdminForm):
    """What is written about a unit."""

    name_id = StringField(_l("Name in Indonesian"), [InputRequired(), Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    code = StringField(_l("Code"), [InputRequired(), Length(max=31)])
    parent_id = unit_field(_l("Belongs to"), _l("stands by itself"))

    def facts(self) -> UnitFacts:
        """The form as the domain takes it."""
        return UnitFacts(
            code=self.code.data,
            name_id=self.name_id.data,
            name_en=self.name_en.data or "",
            parent_id=self.parent_id.data,
        )


@door.get("/unit")
def unit_list() -> ResponseReturnValue:
    """Every unit."""
    return render_template("admin/units.html", units=units.list_units())


@door.route("/unit/baru", methods=["GET", "POST"])
def add_unit() -> ResponseReturnValue:
    """A new unit."""
    form = UnitForm()
    offer_units(form.parent_id, units.list_units())
    if form.saves(lambda: units.add_unit(form.facts(), by=current_actor())):
        flash(_("%(name)s is added.", name=form.name_id.data))
        return redirect(url_for("admin.unit_list"))
    return page("admin/unit.html", form, unit=None)


@door.route("/unit/<int:unit_id>", methods=["GET", "POST"])
def edit_unit(unit_id: int) -> ResponseReturnValue:
    """What is written about a unit."""
    unit = units.find_unit(unit_id)
    form = UnitForm(obj=unit)
    offer_units(form.parent_id, units.list_units())
    if form.saves(
        lambda: units.edit_unit(
            unit_id, form.facts(), version=form.seen_version, by=current_actor()
        ),
        row=unit,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.unit_list"))
    return page("admin/unit.html", form, unit=unit)


@door.post("/unit/<int:unit_id>/tutup")
def close_unit(unit_id: int) -> ResponseReturnValue:
    """No new dispositions to this unit."""
    units.deactivate_unit(unit_id, by=current_actor())
    flash(_("The unit is closed. It finishes what it has and receives nothing new."))
    return redirect(url_for("admin.unit_list"))


@door.post("/unit/<int:unit_id>/buka")
def open_unit(unit_id: int) -> ResponseReturnValue:
    """The unit works again."""
    units.reactivate_unit(unit_id, by=current_actor())
    flash(_("The unit is open again."))
    return redirect(url_for("admin.unit_list"))
