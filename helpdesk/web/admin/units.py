"""Units: list, add, edit, close and open."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts import units
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.units import UnitFacts
from helpdesk.catalogue.editing import offered_with_usual_unit
from helpdesk.lib.editing import find_row
from helpdesk.sla.calendar_editing import assign_calendar
from helpdesk.sla.listing import active_calendars, own_calendar_of
from helpdesk.tickets.destinations import people_of
from helpdesk.tickets.remaining import open_at
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, offer, offer_units, one_or_none, worklist_url
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import page


class UnitForm(AdminForm):
    """What is written about a unit."""

    name_id = StringField(_l("Name in Indonesian"), [InputRequired(), Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    code = StringField(_l("Code"), [InputRequired(), Length(max=31)])
    parent_id = one_or_none(_l("Belongs to"), _l("stands by itself"))
    calendar_id = one_or_none(_l("Working hours"), _l("the usual hours"))

    def offer(self) -> None:
        """Offer the units it may belong to and the calendars it may keep."""
        offer_units(self.parent_id, units.list_units())
        offer(self.calendar_id, ((one.id, name_of(one)) for one in active_calendars()))


@door.get("/unit")
def unit_list() -> ResponseReturnValue:
    """Every unit."""
    return render_template("admin/units.html", units=units.list_units())


@door.route("/unit/baru", methods=["GET", "POST"])
def add_unit() -> ResponseReturnValue:
    """A new unit."""
    form = UnitForm()
    form.offer()

    def add() -> None:
        unit = units.add_unit(form.as_facts(UnitFacts), by=current_actor())
        assign_calendar(unit.id, form.calendar_id.data, by=current_actor())

    if form.saves(add):
        flash(_("%(name)s is added.", name=form.name_id.data))
        return redirect(url_for("admin.unit_list"))
    return page("admin/unit.html", form, unit=None)


@door.route("/unit/<int:unit_id>", methods=["GET", "POST"])
def edit_unit(unit_id: int) -> ResponseReturnValue:
    """What is written about a unit."""
    unit = find_row(Unit, unit_id)
    form = UnitForm(obj=unit, calendar_id=own_calendar_of(unit_id))
    form.offer()

    def edit() -> None:
        units.edit_unit(
            unit_id, form.as_facts(UnitFacts), version=form.seen_version, by=current_actor()
        )
        assign_calendar(unit_id, form.calendar_id.data, by=current_actor())

    if form.saves(edit, row=unit):
        flash(_("Saved."))
        return redirect(url_for("admin.unit_list"))
    return page(
        "admin/unit.html",
        form,
        unit=unit,
        open_count=open_at(unit_id),
        worklist_url=worklist_url(unit=unit_id),
        people=people_of([unit_id]).get(unit_id, []),
        categories=offered_with_usual_unit(unit_id),
    )


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
