"""Mailboxes that are fetched: add, edit, switch off and on."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.intake import mailboxes
from helpdesk.intake.mailboxes import MailboxTerms, Password, Secret
from helpdesk.lib.clients.protection import Login
from helpdesk.web.admin import door
from helpdesk.web.admin.mail_secrets import SECURITIES, WAYS_IN, SecretForm
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import page


class MailboxForm(SecretForm):
    """What is written about a mailbox."""

    address = StringField(_l("Email address"), [InputRequired(), Length(max=190)])
    host = StringField(_l("Mail server (IMAP)"), [InputRequired(), Length(max=190)])
    port = IntegerField(_l("Port"), [InputRequired()], default=993)
    security = SelectField(_l("Encryption"), choices=SECURITIES)
    username = StringField(_l("Username"), [InputRequired(), Length(max=190)])
    login = SelectField(_l("How we sign in"), choices=WAYS_IN)
    folder = StringField(_l("Folder that is read"), [Length(max=120)], default="INBOX")
    move_to = StringField(_l("Put into this folder afterwards"), [Length(max=120)])
    authserv_id = StringField(_l("Name of the server that checks senders"), [Length(max=190)])
    alert_after_minutes = IntegerField(
        _l("Tell administrators after so many minutes"), [InputRequired()], default=30
    )

    def typed_secret(self) -> Secret | None:
        """What was typed for the chosen way to sign in; None to keep what is stored."""
        if self.login.data == Login.XOAUTH2:
            return self.typed_grant
        return Password(self.typed_password) if self.typed_password else None


@door.route("/surel/kotak/baru", methods=["GET", "POST"])
def add_mailbox() -> ResponseReturnValue:
    """A new mailbox."""
    form = MailboxForm()
    secret = form.typed_secret() or Password("")
    if form.saves(
        lambda: mailboxes.add_mailbox(form.as_facts(MailboxTerms), secret, by=current_actor())
    ):
        flash(_("%(name)s is added. Try it now, to be sure.", name=form.address.data))
        return redirect(url_for("admin.mail"))
    return page("admin/mailbox.html", form, mailbox=None)


@door.route("/surel/kotak/<int:mailbox_id>", methods=["GET", "POST"])
def edit_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """What is written about a mailbox."""
    mailbox = mailboxes.find_mailbox(mailbox_id)
    form = MailboxForm(obj=mailbox)
    if form.saves(
        lambda: mailboxes.change_mailbox(
            mailbox_id,
            form.as_facts(MailboxTerms),
            secret=form.typed_secret(),
            version=form.seen_version,
            by=current_actor(),
        ),
        row=mailbox,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.mail"))
    return page("admin/mailbox.html", form, mailbox=mailbox)


@door.post("/surel/kotak/<int:mailbox_id>/tutup")
def close_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """The mailbox is fetched no longer."""
    mailboxes.deactivate_mailbox(mailbox_id, by=current_actor())
    flash(_("It is fetched no longer. What came through it stays."))
    return redirect(url_for("admin.mail"))


@door.post("/surel/kotak/<int:mailbox_id>/buka")
def open_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """The mailbox is fetched again."""
    mailboxes.reactivate_mailbox(mailbox_id, by=current_actor())
    flash(_("It is fetched again."))
    return redirect(url_for("admin.mail"))
