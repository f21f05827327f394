"""WhatsApp at one glance: how our number is doing, what to enter at the provider, and which templates are approved."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.intake import inbox
from helpdesk.lib import clock
from helpdesk.lib.clients import graph_faults
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.graph_faults import Declined, Hindrance
from helpdesk.lib.database import db, in_own_units
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.messaging.whatsapp import catalogue, lines
from helpdesk.messaging.whatsapp.counting import MonthCount, months_of, numbers_used
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.wire import open_client
from helpdesk.registry.identifiers import parse_phone
from helpdesk.registry.masking import mask_phone
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.admin.trials import Tried, note_trial
from helpdesk.web.admin.whatsapp_parts import error_in_words, trouble_in_words
from helpdesk.web.admin.whatsapp_templates import table, to_hand_in
from helpdesk.web.doors import current_actor
from helpdesk.web.words import WORDS

HANDED_IN_AT_ONCE = 20  # each is a question over the network, and a browser is waiting
# What the provider is asked to tell us about: the names of its webhook fields.
FIELDS = (
    "messages",
    "message_template_status_update",
    "template_category_update",
    "phone_number_quality_update",
    "account_update",
)
QUALITIES: dict[str, Any] = {
    "green": _l("high"),
    "yellow": _l("medium"),
    "red": _l("poor"),
}


class TrialForm(AdminForm):
    """To whom a test message goes."""

    number = StringField(_l("Send a test message to"), [InputRequired(), Length(max=30)])


@door.get("/whatsapp")
def whatsapp() -> ResponseReturnValue:
    """How WhatsApp is doing, and the way to all that is written about it."""
    return _show()


@door.post("/whatsapp/coba")
@in_own_units
def test_whatsapp() -> ResponseReturnValue:
    """Send a test message now."""
    line, form = _line(), TrialForm()
    if not form.validate_on_submit():
        return _show(trial=form, status=422)
    try:
        number = parse_phone(form.number.data or "")
    except Invalid as invalid:
        form.take_errors(Invalid({"number": invalid.fields["phone"]}))
        return _show(trial=form, status=422)
    db.session.expunge(line)
    db.session.rollback()  # a slow provider must not hold a connection to the database
    return _show(_try(line, number), trial=form)


@door.post("/whatsapp/lihat")
@in_own_units
def look_at_whatsapp() -> ResponseReturnValue:
    """Ask the provider how templates and number are doing."""
    _line()
    try:
        catalogue.synchronise()
    except (Declined, WireFault) as fault:
        return _show(Tried("templates", False, _in_words(fault)))
    flash(_("The provider was asked. This is how it stands now."))
    return redirect(url_for("admin.whatsapp", _anchor="templat"))


@door.post("/whatsapp/ajukan")
@in_own_units
def submit_templates() -> ResponseReturnValue:
    """Hand in whatever the provider has not."""
    _line()
    waiting = to_hand_in(table())
    try:
        handed_in = catalogue.hand_in(waiting[:HANDED_IN_AT_ONCE], by=current_actor())
    except (Declined, WireFault) as fault:
        return _show(Tried("templates", False, _in_words(fault)))
    if handed_in.refused:
        one, refusal = handed_in.refused[0]
        sentence = _(
            "Not all were taken. Of %(name)s it said: %(words)s", name=one.name, words=refusal.words
        )
        return _show(Tried("templates", False, sentence))
    counted = ngettext(
        "%(num)d template is submitted.", "%(num)d templates are submitted.", handed_in.taken
    )
    flash(counted)
    return redirect(url_for("admin.whatsapp", _anchor="templat"))


@door.post("/whatsapp/pakai")
def open_whatsapp() -> ResponseReturnValue:
    """The number speaks and hears."""
    _line()
    lines.switch(is_active=True, by=current_actor())
    flash(_("WhatsApp is in use."))
    return redirect(url_for("admin.whatsapp"))


@door.post("/whatsapp/hentikan")
def close_whatsapp() -> ResponseReturnValue:
    """The number speaks and hears no more."""
    _line()
    lines.switch(is_active=False, by=current_actor())
    flash(_("WhatsApp is switched off. Messages are written into files and do not leave."))
    return redirect(url_for("admin.whatsapp"))


@door.post("/whatsapp/kata-verifikasi")
def renew_verify_token() -> ResponseReturnValue:
    """Another verify token, shown on the page that answers and, once the provider was heard, never again."""
    _line()
    drawn = lines.renew_verify_token(by=current_actor())
    flash(_("There is a new verify token. Enter it at the provider."))
    return _show(drawn_token=drawn)


def _line() -> WhatsAppLine:
    found = lines.line()
    if found is None:
        raise NotFound
    return found


def _try(line: WhatsAppLine, number: str) -> Tried:
    house = house_name()
    text = _("WhatsApp from %(house)s arrives. Nobody needs to answer this message.", house=house)
    try:
        with open_client(line) as client:
            client.send_text(number, text)
    except (Declined, WireFault) as fault:
        _note_trial(number, trouble=str(fault).partition(" ")[0])
        return Tried("message", False, _why_not(fault))
    _note_trial(number)
    return Tried("message", True, _("WhatsApp took it. Look whether it arrived."))


def _note_trial(number: str, **trouble: str) -> None:
    subject = ("whatsapp_line", lines.LINE_ID)
    note_trial("whatsapp_tested", subject, address=mask_phone(number), **trouble)


def _why_not(fault: Declined | WireFault) -> str:
    if isinstance(fault, Declined) and fault.trouble is Hindrance.WINDOW:
        return str(_("From that telephone, first write something to our number, then try again."))
    return _in_words(fault)


def _in_words(fault: Declined | WireFault) -> str:
    if isinstance(fault, WireFault):
        return trouble_in_words(_line(), fault.trouble, fault.detail)
    told = graph_faults.in_words(str(fault)) or ""
    return str(_("%(sentence)s It said: %(words)s", sentence=told, words=str(fault)))


def _show(
    tried: Tried | None = None,
    *,
    trial: TrialForm | None = None,
    drawn_token: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    line, rows = lines.line(), table()
    page = render_template(
        "admin/whatsapp.html",
        at=clock.now(),
        line=line,
        trouble=error_in_words(line) if line else "",
        quality=QUALITIES.get(line.quality, "") if line else "",
        webhook_url=lines.webhook_url(),
        verify_token=drawn_token or _shown_token(line),
        fields=FIELDS,
        rows=rows,
        missing=len(to_hand_in(rows)),
        sayable=sum(row.cells[0].can_be_said for row in rows),
        events=WORDS["notice"],
        months=_months(),
        inbox=inbox.state_of_inbox(inbox.WHATSAPP),
        tried=tried,
        trial=trial or TrialForm(formdata=None),
    )
    return page, status


def _shown_token(line: WhatsAppLine | None) -> str:
    """The verify token must be entered at the provider, so it is shown until something was heard from there."""
    if line is None or line.heard_at is not None:
        return ""
    try:
        return lines.secrets_of(line).verify_token
    except WireFault:
        return ""


def _months() -> list[MonthCount]:
    at, zone = clock.now(), local_zone()
    found = [month for number in numbers_used() for month in months_of(number, at, zone)]
    return [month for month in found if month.total]
