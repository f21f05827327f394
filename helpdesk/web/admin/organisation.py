"""The organisation: names, how it is reached, who signs, and its small promises."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from zoneinfo import available_timezones

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts import setup
from helpdesk.accounts.organisation import organisation
from helpdesk.accounts.setup import INDONESIAN_ZONES, OrganisationFacts
from helpdesk.lib.errors import NotFound
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, page
from helpdesk.web.doors import current_actor


class OrganisationForm(AdminForm):
    """Field names are those of ``OrganisationFacts``."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=160)])
    subtitle_id = StringField(_l("Line below the name, in Indonesian"), [Length(max=120)])
    subtitle_en = StringField(_l("Line below the name, in English"), [Length(max=120)])
    zone = SelectField(_l("Time zone"))
    number_prefix = StringField(_l("First letters of ticket numbers"), [Length(max=8)])
    address = StringField(_l("Address"), [Length(max=300)])
    city = StringField(_l("City, as letters are dated"), [Length(max=80)])
    phone = StringField(_l("Telephone"), [Length(max=40)])
    whatsapp = StringField(_l("WhatsApp"), [Length(max=40)])
    email = StringField(_l("E-mail"), [Length(max=190)])
    website = StringField(_l("Website"), [Length(max=190)])
    desk_id = StringField(
        _l("Where the complaint desk is and when, in Indonesian"), [Length(max=200)]
    )
    desk_en = StringField(_l("Where the complaint desk is and when, in English"), [Length(max=200)])
    emergency_phone = StringField(_l("Emergency telephone"), [Length(max=40)])
    emergency_id = StringField(_l("What to do in an emergency, in Indonesian"), [Length(max=200)])
    emergency_en = StringField(_l("What to do in an emergency, in English"), [Length(max=200)])
    signatory_name = StringField(_l("Who signs letters"), [Length(max=120)])
    signatory_title = StringField(_l("Their position"), [Length(max=120)])
    idle_minutes = IntegerField(_l("Sign out after minutes without use"), [InputRequired()])
    reopen_days = IntegerField(_l("Days in which a closed complaint may be reopened"))

    def offer_zones(self, present: str) -> None:
        """WIB, WITA, WIT first; the rest of the world only if it is in use already."""
        zones = dict(zip(INDONESIAN_ZONES, ("WIB", "WITA", "WIT"), strict=True))
        known = [(zone, f"{short} ({zone})") for zone, short in zones.items()]
        if present not in zones and present in available_timezones():
            known.append((present, present))
        self.zone.choices = known

    def facts(self) -> OrganisationFacts:
        """The form as the domain takes it."""
        values: dict[str, Any] = {
            field.name: self[field.name].data or "" for field in fields(OrganisationFacts)
        }
        return OrganisationFacts(**values)


@door.route("/organisasi", methods=["GET", "POST"])
def edit_organisation() -> ResponseReturnValue:
    """Everything printed on letters and shown to the public."""
    row = organisation()
    if row is None:
        raise NotFound
    form = OrganisationForm(obj=row)
    form.offer_zones(row.zone)
    if form.saves(
        lambda: setup.edit_organisation(
            form.facts(), version=form.seen_version, by=current_actor()
        ),
        row=row,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.edit_organisation"))
    return page("admin/organisation.html", form)
