"""Ends and keys: close without the complainant's word, object on their behalf, a new PIN, the receipt."""

from __future__ import annotations

from flask import make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice

from helpdesk.letters.drawing import title_of
from helpdesk.letters.shelf import render_letter
from helpdesk.lib.errors import Refused
from helpdesk.registry.masking import mask_contact
from helpdesk.tickets import closing, keys
from helpdesk.tickets.access import Scope, scope_of
from helpdesk.tickets.following import has_followers
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import can_object_until
from helpdesk.tickets.papers import receipt_of
from helpdesk.tickets.renewing import renew_pin
from helpdesk.tickets.resending import resend_link
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, ActForm, DecisionForm
from helpdesk.web.staff.ticket import find_to_read
from helpdesk.web.words import word


class CloseForm(DecisionForm):
    """Why it is closed; the complainant reads it."""

    reason = text_field(_l("Why is it closed?"), 1000)
    text_for_followers = text_field(_l("The answer to the others who complained of this"))


class ObjectForm(DecisionForm):
    """What is not solved, in the complainant's words."""

    text = text_field(_l("What is not solved yet?"))


class NewPinForm(ActForm):
    """How the desk knows that this is the person."""

    checked = text_field(_l("How did you make sure that this is the person?"), 300)


class ResendForm(ActForm):
    """The link as it is, or a new one instead of all that was sent before."""

    way = RadioField(
        _l("Which link?"),
        choices=[
            SelectChoice("same", _l("The same link once more")),
            SelectChoice("new", _l("A new link; the PIN and every earlier link stop working")),
        ],
        default="same",
    )


@door.route("/tiket/<number>/tutup-sepihak", methods=["GET", "POST"])
def close_unilaterally(number: str) -> ResponseReturnValue:
    """A supervisor closes without the complainant's word."""
    act = Act(number, Move.CLOSE_UNILATERALLY)
    form = CloseForm()
    if act.done(form, lambda: _close_unilaterally(act, form)):
        return act.told(
            _("The ticket is closed. The complainant is told why."),
            _("The ticket is closed. The reason stands on the track page."),
        )
    return act.page("close_unilaterally", form, is_followed=has_followers(act.ticket))


def _close_unilaterally(act: Act, form: CloseForm) -> None:
    closing.close_unilaterally(
        act.ticket,
        form.reason.data or "",
        by=act.by,
        text_for_followers=form.text_for_followers.data or "",
    )


@door.route("/tiket/<number>/keberatan", methods=["GET", "POST"], endpoint="object")
def object_for(number: str) -> ResponseReturnValue:
    """The complainant says by telephone or at the counter that it is not solved."""
    act = Act(number, Move.OBJECT)
    form = ObjectForm()
    if act.done(
        form, lambda: closing.object_to_answer(act.ticket, form.text.data or "", by=act.by)
    ):
        return act.back(_("The ticket is open again."))
    return act.page("object", form, until=can_object_until(act.ticket))


@door.route("/tiket/<number>/pin-baru", methods=["GET", "POST"])
def new_pin(number: str) -> ResponseReturnValue:
    """Replace the PIN; the new one is shown here once and kept nowhere."""
    act = Act(number, Move.NEW_PIN)
    form = NewPinForm()
    pin = keys.pin_from_key(form.key)  # the same page sent twice gives and shows one PIN
    if not act.done(
        form, lambda: renew_pin(act.ticket, pin, by=act.by, checked=form.checked.data or "")
    ):
        return act.page("new_pin", form)
    answer = make_response(act.page("new_pin_given", form, pin=pin))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@door.route("/tiket/<number>/kirim-tautan", methods=["GET", "POST"])
def resend(number: str) -> ResponseReturnValue:
    """Send the link of the track page to the registered contact, and to no other."""
    act = Act(number, Move.RESEND_LINK)
    form = ResendForm()
    if act.done(form, lambda: resend_link(act.ticket, by=act.by, is_new=form.way.data == "new")):
        return act.back(_("The link is on its way to the registered contact."))
    contact = mask_contact(act.ticket.reply_address) if act.ticket.can_be_written_to else ""
    return act.page("resend", form, contact=contact)


@door.get("/tiket/<number>/tanda-terima.pdf")
def receipt(number: str) -> ResponseReturnValue:
    """The receipt as PDF, for customer care and for who took the complaint down; without PIN."""
    actor = current_actor()
    ticket = find_to_read(actor, number)
    took_it_down = ticket.recorded_by_id == actor.user_id
    if scope_of(actor, ticket) is not Scope.CARE and not took_it_down:
        raise Refused(_l("The receipt is for the complainant and customer care."))
    letter = receipt_of(ticket, say=word)
    return send_pdf(render_letter(letter), f"{title_of(letter)}.pdf")
