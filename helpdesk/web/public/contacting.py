"""The complainant says how else we reach them."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.limits_storage import limited
from helpdesk.tickets.own_contacts import change_contacts
from helpdesk.web.once import draw_key, result_before, settle
from helpdesk.web.public import door, keyring
from helpdesk.web.public.keyring import with_key
from helpdesk.web.public.track_forms import CONTACTS, ContactsForm
from helpdesk.web.public.tracking import show


@door.post("/lacak/keluhan/<number>/kontak")
@in_own_units
@limited("10/minute; 40/hour")
@with_key
def change_contact(number: str) -> ResponseReturnValue:
    """Another number or address, or one less."""
    form = ContactsForm(prefix=CONTACTS)
    link_version = _changed(number, form) if form.validate() else None
    if link_version is None:
        ticket, actor = keyring.fetch(number)
        return show(ticket, actor, refused=form)
    flash(_("How we reach you is changed."))
    if keyring.follow(number, link_version):
        flash(_("Links that we sent you before no longer work; your number and PIN still do."))
    return redirect(url_for("public.complaint", number=number))


def _changed(number: str, form: ContactsForm) -> int | None:
    """The version of the links from now on; None with the refusal on the *form*."""

    def unit() -> int:
        act, wanted = f"contacts/{number}", form.correction
        # The key among what was said: of a telephone number alone no digest may stay that could be guessed
        before = result_before(act, form.key, form.key, *sorted(wanted.items()))
        if before is not None:
            return int(before)
        ticket, actor = keyring.fetch(number, to_change=True)
        change_contacts(ticket, wanted, by=actor)
        settle(act, form.key, str(ticket.link_version))
        return ticket.link_version

    try:
        return unit_of_work(unit)
    except Invalid as invalid:
        form.take_errors(invalid)
    except Conflict as conflict:
        form.form_errors.append(conflict.reason)
        form.once.data = draw_key()  # the old key would be refused for ever
    return None
