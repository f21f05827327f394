"""The organisation: names, how it is reached, who signs, and its small promises."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts import setup
from helpdesk.accounts.organisation import organisation
from helpdesk.accounts.setup import OrganisationFacts
from helpdesk.letters.drawing import picture_data
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.uploads import COMPLAINANT, Limits, receive
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, zone_choices
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import page

LOGO = Limits(file_bytes=1_000_000)  # it goes into every letter


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
    email = StringField(_l("Email"), [Length(max=190)])
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
    signatory_number = StringField(_l("Their staff number (NIP)"), [Length(max=40)])
    parent = StringField(_l("Institution above, at the head of letters"), [Length(max=160)])
    letter_code = StringField(_l("Classification code in letter numbers"), [Length(max=20)])
    letter_initials = StringField(_l("Organisation in letter numbers"), [Length(max=20)])
    shows_figures = BooleanField(_l("Show our figures to the public on the page of openness"))
    requires_second_factor = BooleanField(
        _l("Administrators and supervisors must sign in with two steps")
    )
    idle_minutes = IntegerField(_l("Sign out after minutes without use"), [InputRequired()])
    reopen_days = IntegerField(_l("Days in which a closed complaint may be reopened"))

    def facts(self) -> OrganisationFacts:
        """The form as the domain takes it."""
        values: dict[str, Any] = {
            field.name: "" if self[field.name].data is None else self[field.name].data
            for field in fields(OrganisationFacts)
        }
        return OrganisationFacts(**values)


class LogoForm(AdminForm):
    """The organisation's sign, or the wish to have none."""

    picture = FileField(_l("Picture of the logo"))
    is_removed = BooleanField(_l("Take the logo away"))

    def take_in(self) -> str | None:
        """The digest of the picture that was sent, cleaned and kept; None when it is taken away.

        Raises Invalid for what is no picture that paper can carry.
        """
        if self.is_removed.data:
            return None
        if not self.picture.data:
            raise Invalid({"picture": _l("Choose a picture (PNG or JPEG).")})
        kept = receive(self.picture.data, purpose=COMPLAINANT, limits=LOGO, field="picture")
        if kept.media_type not in ("image/png", "image/jpeg"):
            raise Invalid({"picture": _l("Choose a picture (PNG or JPEG).")})
        return kept.shown_digest


@door.route("/organisasi", methods=["GET", "POST"])
def edit_organisation() -> ResponseReturnValue:
    """Everything printed on letters and shown to the public."""
    row = organisation()
    if row is None:
        raise NotFound
    form = OrganisationForm(obj=row)
    form.zone.choices = zone_choices(row.zone)
    if form.saves(
        lambda: setup.edit_organisation(
            form.facts(), version=form.seen_version, by=current_actor()
        ),
        row=row,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.edit_organisation"))
    return page("admin/organisation.html", form, head_logo=picture_data(row.logo_digest or ""))


@door.route("/organisasi/logo", methods=["GET", "POST"])
@in_own_units
def change_logo() -> ResponseReturnValue:
    """Another sign at the head of letters, or none; letters that were issued keep theirs."""
    row = organisation()
    if row is None:
        raise NotFound
    form = LogoForm(version=str(row.version))
    if form.saves(lambda: _change_logo(form), row=row):
        flash(_("Saved."))
        return redirect(url_for("admin.edit_organisation"))
    return page("admin/logo.html", form, head_logo=picture_data(row.logo_digest or ""))


def _change_logo(form: LogoForm) -> None:
    """Clean and keep the picture first, then name it in a short unit of its own."""
    digest, actor = form.take_in(), current_actor()
    unit_of_work(lambda: setup.change_logo(digest, version=form.seen_version, by=actor))
