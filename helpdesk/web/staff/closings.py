"""Ends and keys: close without the complainant's word, object on their behalf, a new PIN, the receipt."""

from __future__ import annotations

from flask import make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from helpdesk.letters.drawing import title_of
from helpdesk.letters.shelf import render_letter
from helpdesk.lib.errors import Refused
from helpdesk.tickets import closing, keys
from helpdesk.tickets.access import Scope, scope_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.papers import receipt_of
from helpdesk.tickets.renewing import renew_pin
from helpdesk.tickets.timing import can_object_until
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, ActForm, DecisionForm
from helpdesk.web.staff.ticket import find_to_read
from helpdesk.web.typed import LONGEST_TEXT, tidy
from helpdesk.web.words import word


class CloseForm(DecisionForm):
    """Why it is closed; the complainant reads it."""

    reason = TextAreaField(_l("Why is it closed?"), [Length(max=1000)], filters=[tidy])


class ObjectForm(DecisionForm):
    """What is not solved, in the complainant's words."""

    text = TextAreaField(_l("What is not solved yet?"), [Length(max=LONGEST_TEXT)], filters=[tidy])


@door.route("/tiket/<number>/tutup-sepihak", methods=["GET", "POST"])
def close_unilaterally(number: str) -> ResponseReturnValue:
    """A supervisor closes without the complainant's word."""
    act = Act(number, Move.CLOSE_UNILATERALLY)
    form = CloseForm()
    if act.done(
        form, lambda: closing.close_unilaterally(act.ticket, form.reason.data or "", by=act.by)
    ):
        return act.back(_("The ticket is closed. The complainant is told why."))
    return act.page("close_unilaterally", form)


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
    form = ActForm()
    pin = keys.pin_from_key(form.key)  # the same page sent twice gives and shows one PIN
    if not act.done(form, lambda: renew_pin(act.ticket, pin, by=act.by)):
        return act.page("new_pin", form)
    answer = make_response(act.page("new_pin_given", form, pin=pin))
    answer.headers["Cache-Control"] = "no-store"
    return answer


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
