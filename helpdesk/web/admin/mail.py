"""Email at one glance: what is fetched, how it goes out, which address stands for what; and buttons to try it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import EmailField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.organisation import house_name
from helpdesk.accounts.units import list_units
from helpdesk.catalogue.editing import list_categories
from helpdesk.intake import inbox, mail_routes, mailboxes
from helpdesk.intake.mailbox_reading import try_mailbox
from helpdesk.lib import clock
from helpdesk.lib.clients import faults
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.smtp import Rejected
from helpdesk.lib.database import db, in_own_units
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.messaging import relay as relays
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.relay_trial import send_trial
from helpdesk.registry.masking import mask_email
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.admin.mail_parts import may_open_quarantine
from helpdesk.web.admin.trials import Tried, note_trial
from helpdesk.web.doors import current_actor

RELAY = "relay"
_RELAY_ROW = ("mail_relay", relays.RELAY_ID)


class TrialForm(AdminForm):
    """To whom a test message goes."""

    address = EmailField(_l("Send a test message to"), [InputRequired(), Length(max=190)])


@door.get("/surel")
def mail() -> ResponseReturnValue:
    """How email is doing, and the way to all that is written about it."""
    return _show()


@door.post("/surel/kotak/<int:mailbox_id>/coba")
@in_own_units
def test_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """Sign in at the mailbox now, changing nothing there."""
    mailboxes.find_mailbox(mailbox_id)
    try:
        waiting = try_mailbox(mailbox_id)
    except WireFault as fault:
        note_trial("mailbox_tested", ("mailbox", mailbox_id), trouble=fault.trouble.value)
        row = mailboxes.find_mailbox(mailbox_id)
        return _show(Tried(mailbox_id, False, _in_words(fault, row.host, row.port)))
    note_trial("mailbox_tested", ("mailbox", mailbox_id))
    counted = ngettext("%(num)d unread message", "%(num)d unread messages", waiting)
    return _show(Tried(mailbox_id, True, _("Signed in. %(count)s there.", count=counted)))


@door.post("/surel/keluar/coba")
@in_own_units
def test_relay() -> ResponseReturnValue:
    """Send a test message through the relay now."""
    found = relays.relay()
    if found is None:
        raise NotFound
    form = TrialForm()
    if not form.validate_on_submit():
        return _show(trial=form, status=422)
    db.session.expunge(found)
    db.session.rollback()  # a slow server must not hold a connection to the database
    return _send(found, form)


def _send(found: MailRelay, form: TrialForm) -> ResponseReturnValue:
    address = form.address.data or ""
    house = house_name()
    text = _("Email from %(house)s arrives. Nobody needs to answer this message.", house=house)
    try:
        said = send_trial(found, address, subject=_("Test message"), text=f"{text}\n")
    except Invalid as invalid:
        form.take_errors(invalid)
        return _show(trial=form, status=422)
    except Rejected as refusal:
        note_trial("relay_tested", _RELAY_ROW, address=mask_email(address), trouble="rejected")
        sentence = _("The mail server refused it. It said: %(words)s", words=refusal.words)
        return _show(Tried(RELAY, False, sentence), trial=form)
    except WireFault as fault:
        trouble = fault.trouble.value
        note_trial("relay_tested", _RELAY_ROW, address=mask_email(address), trouble=trouble)
        return _show(Tried(RELAY, False, _in_words(fault, found.host, found.port)), trial=form)
    note_trial("relay_tested", _RELAY_ROW, address=mask_email(address))
    sentence = _("The mail server took it: %(words)s. Look whether it arrived.", words=said)
    return _show(Tried(RELAY, True, sentence), trial=form)


def _in_words(fault: WireFault, host: str, port: int) -> str:
    return faults.in_words(fault.trouble, host=host, port=port, detail=fault.detail)


def _show(
    tried: Tried | None = None, *, trial: TrialForm | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "admin/mail.html",
        at=clock.now(),
        mailboxes=mailboxes.health_of_mailboxes(),
        inbox=inbox.state_of_inbox(inbox.EMAIL),
        relay=relays.relay(),
        routes=mail_routes.all_routes(),
        categories={one.id: one for one in list_categories()},
        units={one.id: one for one in list_units()},
        tried=tried,
        trial=trial or TrialForm(formdata=None),
        sees_quarantine=may_open_quarantine(current_actor()),
    )
    return page, status
