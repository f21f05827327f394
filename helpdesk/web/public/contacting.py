"""The complainant sees how we reach them, and says how else."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.limits_storage import limited
from helpdesk.tickets.moves import Move
from helpdesk.tickets.own_contacts import TOO_LATE, Contact, change_contacts, contacts_shown
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.web.contacts import ContactsMixin
from helpdesk.web.forms import HouseForm, Ticks, line_field, page
from helpdesk.web.once import OnceMixin, result_before, settle
from helpdesk.web.public import door, keyring
from helpdesk.web.public.keyring import with_key

_ROADS = {"whatsapp": _l("WhatsApp number"), "email": _l("Email address"), "phone": _l("Telephone")}


class ContactsForm(OnceMixin, ContactsMixin, HouseForm):
    """How else somebody is reached; what is left empty stays as it is."""

    whatsapp = line_field(_l("New WhatsApp number"), 40)
    email = line_field(_l("New email address"), 190)
    remove = Ticks(_l("Remove without a replacement"), choices=list(_ROADS.items()))

    def offer(self, known: Sequence[Contact]) -> None:
        """Offer to be taken away what is there."""
        self.remove.choices = [SelectChoice(one.road, _ROADS[one.road]) for one in known]

    @property
    def correction(self) -> dict[str, str]:
        """What is to stand instead, as the domain takes it."""
        typed = {"whatsapp": self.whatsapp.data, "email": self.email.data}
        gone = dict.fromkeys(self.remove.data or (), "")
        return {**gone, **{road: contact for road, contact in typed.items() if contact}}


@door.route("/lacak/keluhan/<number>/kontak", methods=["GET", "POST"])
@in_own_units
@limited("10/minute; 40/hour")
@with_key
def contacts(number: str) -> ResponseReturnValue:
    """How we reach them; another number or address, or one less."""
    form = ContactsForm()
    link_version = _changed(number, form) if form.validate_on_submit() else None
    if link_version is None:
        return _page(number, form)
    flash(_("How we reach you is changed."))
    if keyring.follow(number, link_version):
        flash(_("Links that we sent you before no longer work; your number and PIN still do."))
    return redirect(url_for("public.complaint", number=number))


def _page(number: str, form: ContactsForm) -> ResponseReturnValue:
    ticket, actor = keyring.fetch(number)
    if Move.CHANGE_CONTACTS not in moves_open_to(ticket, actor) and not form.errors:
        flash(TOO_LATE, "warn")
        return redirect(url_for("public.complaint", number=number))
    known = contacts_shown(ticket)
    form.offer(known)
    return page("public/contacts.html", form, number=number, contacts=known)


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
        form.take_conflict(conflict)
    return None
