"""Places: rooms and service points: list, add, edit, close and open."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.units import list_units
from helpdesk.catalogue import editing
from helpdesk.catalogue.category import Place
from helpdesk.catalogue.editing import PlaceFacts
from helpdesk.lib.editing import find_row
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, offer_units, one_or_none
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import WholeNumber, page


class PlaceForm(AdminForm):
    """What is written about a place."""

    name_id = StringField(_l("Name in Indonesian"), [InputRequired(), Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    code = StringField(_l("Code"), [InputRequired(), Length(max=31)])
    unit_id = one_or_none(_l("Unit in charge"), _l("customer care decides each time"))
    position = IntegerField(_l("Place in the list"), [WholeNumber(0, 9999)], default=0)


@door.get("/tempat")
def place_list() -> ResponseReturnValue:
    """Every place with its unit."""
    units = {unit.id: unit for unit in list_units()}
    return render_template("admin/places.html", places=editing.list_places(), units=units)


@door.route("/tempat/baru", methods=["GET", "POST"])
def add_place() -> ResponseReturnValue:
    """A new place."""
    form = PlaceForm()
    offer_units(form.unit_id, list_units())
    if form.saves(lambda: editing.add_place(form.as_facts(PlaceFacts), by=current_actor())):
        flash(_("%(name)s is added.", name=form.name_id.data))
        return redirect(url_for("admin.place_list"))
    return page("admin/place.html", form, place=None)


@door.route("/tempat/<int:place_id>", methods=["GET", "POST"])
def edit_place(place_id: int) -> ResponseReturnValue:
    """What is written about a place."""
    place = find_row(Place, place_id)
    form = PlaceForm(obj=place)
    offer_units(form.unit_id, list_units())
    if form.saves(
        lambda: editing.edit_place(
            place_id, form.as_facts(PlaceFacts), version=form.seen_version, by=current_actor()
        ),
        row=place,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.place_list"))
    return page("admin/place.html", form, place=place)


@door.post("/tempat/<int:place_id>/tutup")
def close_place(place_id: int) -> ResponseReturnValue:
    """The place is offered no longer."""
    editing.switch_place(place_id, on=False, by=current_actor())
    flash(_("It is offered no longer; complaints that name it keep it."))
    return redirect(url_for("admin.place_list"))


@door.post("/tempat/<int:place_id>/buka")
def open_place(place_id: int) -> ResponseReturnValue:
    """The place is offered again."""
    editing.switch_place(place_id, on=True, by=current_actor())
    flash(_("It is offered again."))
    return redirect(url_for("admin.place_list"))
