"""The relay: the one mail server through which our email goes out."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.lib.clients.protection import Login
from helpdesk.messaging import relay
from helpdesk.messaging.relay import RelaySecret, RelaySettings
from helpdesk.web.admin import door
from helpdesk.web.admin.mail_secrets import SECURITIES, WAYS_IN, SecretForm
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import page


class RelayForm(SecretForm):
    """What is written about the relay."""

    is_active = BooleanField(_l("Email goes out through this server"), default=True)
    from_address = StringField(_l("Sender address"), [InputRequired(), Length(max=190)])
    from_name = StringField(_l("Sender name"), [Length(max=120)])
    reply_to = StringField(_l("Address for answers"), [Length(max=190)])
    takes_tags = BooleanField(_l("The domain delivers addresses with a tag"))
    host = StringField(_l("Mail server (SMTP)"), [InputRequired(), Length(max=190)])
    port = IntegerField(_l("Port"), [InputRequired()], default=587)
    security = SelectField(_l("Encryption"), choices=SECURITIES, default="starttls")
    login = SelectField(
        _l("How we sign in"), choices=[*WAYS_IN, ("", _l("not at all"))], default="password"
    )
    username = StringField(_l("Username"), [Length(max=190)])
    connections = IntegerField(_l("Connections at once"), [InputRequired()], default=2)
    per_minute = IntegerField(_l("Emails a minute, at most"), [InputRequired()], default=120)
    per_address_and_day = IntegerField(_l("To one address in a day"), [InputRequired()], default=20)
    per_ticket_and_hour = IntegerField(
        _l("About one complaint in an hour"), [InputRequired()], default=6
    )

    def typed_secret(self) -> RelaySecret | None:
        """What was typed for the chosen way to sign in; None to keep what is stored."""
        if self.login.data == Login.XOAUTH2:
            grant = self.typed_grant
            return RelaySecret(grant=grant) if grant else None
        return RelaySecret(self.typed_password) if self.typed_password else None


@door.route("/surel/keluar", methods=["GET", "POST"])
def set_up_relay() -> ResponseReturnValue:
    """What is written about the relay; the first time everything."""
    found = relay.relay()
    # No row has version 0: whoever opened the form before there was one does not overwrite it unseen.
    form = RelayForm(obj=found, version="0") if found is None else RelayForm(obj=found)
    if form.saves(
        lambda: relay.set_up_relay(
            form.as_facts(RelaySettings),
            secret=form.typed_secret(),
            seen_version=form.seen_version or None,
            by=current_actor(),
        ),
        row=found,
    ):
        flash(_("Saved. Send a test message, to be sure."))
        return redirect(url_for("admin.mail", _anchor="keluar"))
    return page("admin/relay.html", form, relay=found)
