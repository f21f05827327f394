"""Categories of complaint: list, add, edit, close and open."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.units import list_units
from helpdesk.catalogue import editing
from helpdesk.catalogue.category import Category
from helpdesk.catalogue.editing import CategoryFacts
from helpdesk.lib.editing import find_row
from helpdesk.tickets.remaining import open_in
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, offer_units, one_or_none, worklist_url
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import WholeNumber, page


class CategoryForm(AdminForm):
    """What is written about a category."""

    name_id = StringField(_l("Name in Indonesian"), [InputRequired(), Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    code = StringField(_l("Code"), [InputRequired(), Length(max=31)])
    examples_id = StringField(_l("Examples in Indonesian"), [Length(max=300)])
    examples_en = StringField(_l("Examples in English"), [Length(max=300)])
    usual_unit_id = one_or_none(_l("Usual unit"), _l("customer care decides each time"))
    is_sensitive = BooleanField(_l("Sensitive: propose that only named readers may open it"))
    needs_red_review = BooleanField(_l("Red review: a grade below red must be explained"))
    position = IntegerField(_l("Place in the list"), [WholeNumber(0, 9999)], default=0)


@door.get("/kategori")
def category_list() -> ResponseReturnValue:
    """Every category with its usual unit."""
    units = {unit.id: unit for unit in list_units()}
    return render_template(
        "admin/categories.html", categories=editing.list_categories(), units=units
    )


@door.route("/kategori/baru", methods=["GET", "POST"])
def add_category() -> ResponseReturnValue:
    """A new category."""
    form = CategoryForm()
    offer_units(form.usual_unit_id, list_units())
    if form.saves(lambda: editing.add_category(form.as_facts(CategoryFacts), by=current_actor())):
        flash(_("%(name)s is added.", name=form.name_id.data))
        return redirect(url_for("admin.category_list"))
    return page("admin/category.html", form, category=None)


@door.route("/kategori/<int:category_id>", methods=["GET", "POST"])
def edit_category(category_id: int) -> ResponseReturnValue:
    """What is written about a category."""
    category = find_row(Category, category_id)
    form = CategoryForm(obj=category)
    offer_units(form.usual_unit_id, list_units())
    if form.saves(
        lambda: editing.edit_category(
            category_id, form.as_facts(CategoryFacts), version=form.seen_version, by=current_actor()
        ),
        row=category,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.category_list"))
    return page(
        "admin/category.html",
        form,
        category=category,
        open_count=open_in(category_id),
        worklist_url=worklist_url(kategori=category_id),
    )


@door.post("/kategori/<int:category_id>/tutup")
def close_category(category_id: int) -> ResponseReturnValue:
    """The category is offered no longer."""
    editing.switch_category(category_id, on=False, by=current_actor())
    flash(_("It is offered no longer; complaints that have it keep it."))
    return redirect(url_for("admin.category_list"))


@door.post("/kategori/<int:category_id>/buka")
def open_category(category_id: int) -> ResponseReturnValue:
    """The category is offered again."""
    editing.switch_category(category_id, on=True, by=current_actor())
    flash(_("It is offered again."))
    return redirect(url_for("admin.category_list"))
