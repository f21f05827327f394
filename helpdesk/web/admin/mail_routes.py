"""Addresses that stand for a category or a unit: add, edit, remove."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.units import list_units
from helpdesk.catalogue.editing import list_categories
from helpdesk.intake import mail_routes
from helpdesk.intake.mail_routes import RouteTerms
from helpdesk.intake.mailbox import MailRoute
from helpdesk.lib.editing import find_row
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, offer, offer_units, one_or_none
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import page


class RouteForm(AdminForm):
    """What is written about a route."""

    address = StringField(_l("Email address"), [InputRequired(), Length(max=190)])
    category_id = one_or_none(_l("Category"), _l("none in particular"))
    unit_id = one_or_none(_l("Unit"), _l("none in particular"))

    def offer(self) -> None:
        """Offer what is in use, and what is chosen already."""
        chosen = self.category_id.data
        offered = [one for one in list_categories() if one.is_active or one.id == chosen]
        offer(self.category_id, ((one.id, name_of(one)) for one in offered))
        offer_units(self.unit_id, list_units())


@door.route("/surel/alamat/baru", methods=["GET", "POST"])
def add_route() -> ResponseReturnValue:
    """Another address that stands for something."""
    form = RouteForm()
    form.offer()
    if form.saves(lambda: mail_routes.add_route(form.as_facts(RouteTerms), by=current_actor())):
        flash(_("%(name)s is added.", name=form.address.data))
        return redirect(url_for("admin.mail", _anchor="alamat"))
    return page("admin/route.html", form, route=None)


@door.route("/surel/alamat/<int:route_id>", methods=["GET", "POST"])
def edit_route(route_id: int) -> ResponseReturnValue:
    """What the address stands for."""
    route = find_row(MailRoute, route_id)
    form = RouteForm(obj=route)
    form.offer()
    if form.saves(
        lambda: mail_routes.change_route(
            route_id, form.as_facts(RouteTerms), version=form.seen_version, by=current_actor()
        ),
        row=route,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.mail", _anchor="alamat"))
    return page("admin/route.html", form, route=route)


@door.post("/surel/alamat/<int:route_id>/hapus")
def remove_route(route_id: int) -> ResponseReturnValue:
    """The address stands for nothing any more."""
    mail_routes.remove_route(route_id, by=current_actor())
    flash(_("Removed. Customer care decides from now on."))
    return redirect(url_for("admin.mail", _anchor="alamat"))
