"""The WhatsApp number: what is written about it, with secrets that go in and never come out."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.line_settings import GRAPH_URL, GRAPH_VERSION, LineSettings
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import page


class WhatsAppLineForm(AdminForm):
    """What is written about the number."""

    is_active = BooleanField(_l("WhatsApp is in use"), default=True)
    display_number = StringField(_l("Our number on WhatsApp"), [InputRequired(), Length(max=30)])
    phone_number_id = StringField(_l("Phone number ID"), [InputRequired(), Length(max=40)])
    account_id = StringField(_l("WhatsApp Business account ID"), [InputRequired(), Length(max=40)])
    app_secret = PasswordField(_l("App secret"), [Length(max=200)])
    access_token = PasswordField(_l("Access token"), [Length(max=1000)])
    emergency_contact = StringField(_l("Whom to call in an emergency"), [Length(max=200)])
    unread_after_hours = IntegerField(
        _l("Hours until an unread message takes another road"), [InputRequired()], default=24
    )
    per_second = IntegerField(_l("Messages a second, at most"), [InputRequired()], default=20)
    connections = IntegerField(_l("Connections at once"), [InputRequired()], default=2)
    graph_url = StringField(_l("Address of the provider"), [Length(max=190)], default=GRAPH_URL)
    graph_version = StringField(_l("Version"), [Length(max=10)], default=GRAPH_VERSION)


@door.route("/whatsapp/nomor", methods=["GET", "POST"])
def set_up_whatsapp() -> ResponseReturnValue:
    """What is written about the number; the first time everything."""
    found = lines.line()
    # No row has version 0: whoever opened the form before there was one does not overwrite it unseen.
    form = (
        WhatsAppLineForm(obj=found, version="0") if found is None else WhatsAppLineForm(obj=found)
    )
    if form.saves(
        lambda: lines.set_up(
            form.as_facts(LineSettings),
            app_secret=form.app_secret.data or "",
            access_token=form.access_token.data or "",
            seen_version=form.seen_version or None,
            by=current_actor(),
        ),
        row=found,
    ):
        flash(_("Saved. Now enter our address at the provider, then send a test message."))
        return redirect(url_for("admin.whatsapp"))
    return page("admin/whatsapp_line.html", form, line=found)
