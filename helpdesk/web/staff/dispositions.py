"""Disposition: sending a ticket to units, taking it back, and the sheet that goes with it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import TextAreaField
from wtforms.validators import Length

from helpdesk.letters.drawing import title_of
from helpdesk.letters.shelf import render_letter
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound, Refused
from helpdesk.tickets import access
from helpdesk.tickets import dispositions as verbs
from helpdesk.tickets.access import Scope
from helpdesk.tickets.destinations import destinations_for, suggested_unit_id
from helpdesk.tickets.moves import Move
from helpdesk.tickets.sheets import issue_sheet_of, sheet_of
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf
from helpdesk.web.filters import name as name_of
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, DecisionForm
from helpdesk.web.staff.dispose_form import DisposeForm
from helpdesk.web.staff.ticket import find_to_read
from helpdesk.web.typed import tidy
from helpdesk.web.words import word


class RecallForm(DecisionForm):
    """Why it is taken back; the unit reads it."""

    reason = TextAreaField(_l("Why is it recalled?"), [Length(max=500)], filters=[tidy])


@door.route("/tiket/<number>/disposisi", methods=["GET", "POST"])
def dispose(number: str) -> ResponseReturnValue:
    """Send the ticket to one or several units, each with instruction and deadline."""
    act = Act(number, Move.DISPOSE)
    form = DisposeForm()
    category, suggested_id = act.ticket.category, suggested_unit_id(act.ticket)
    usual_id = category.usual_unit_id if category else None
    form.offer(destinations_for(act.ticket, act.by, clock.now()), usual_id or suggested_id)
    if act.done(form, lambda: _send(act, form)):
        late = form.later_than(act.ticket.due_at)
        if late:
            sentence = _(
                "It is sent. Note: these deadlines lie after the complainant's: %(units)s.",
                units=", ".join(late),
            )
            return act.back(sentence, is_warning=True)
        count = len(form.picked)
        return act.back(ngettext("It is sent to one unit.", "It is sent to %(num)d units.", count))
    suggested = next((one for one in form.destinations if one.unit_id == suggested_id), None)
    return act.page("dispose", form, suggested=suggested)


def _send(act: Act, form: DisposeForm) -> None:
    """Send, and issue the sheet for exactly the units of this form."""
    sent = {one.id for one in verbs.dispose_ticket(act.ticket, form.instructions(), by=act.by)}
    fresh = access.find_for(act.by, act.number)  # with the units of the new dispositions
    issue_sheet_of(
        fresh, [one for one in fresh.dispositions if one.id in sent], say=word, by=act.by
    )


@door.route("/tiket/<number>/disposisi/<int:disposition_id>/tarik", methods=["GET", "POST"])
def recall(number: str, disposition_id: int) -> ResponseReturnValue:
    """Take a disposition back before the unit has answered."""
    act = Act(number, Move.RECALL, disposition_id)
    form = RecallForm()
    if act.done(
        form, lambda: verbs.recall_disposition(act.work, form.reason.data or "", by=act.by)
    ):
        unit = name_of(act.work.unit)
        return act.back(_("It is recalled from %(unit)s.", unit=unit))
    return act.page("recall", form)


@door.get("/tiket/<number>/lembar-disposisi.pdf")
def sheet(number: str) -> ResponseReturnValue:
    """The newest disposition sheet as PDF, for customer care and for the units at work on it."""
    actor = current_actor()
    ticket = find_to_read(actor, number)
    if access.scope_of(actor, ticket) not in (Scope.CARE, Scope.UNIT):
        raise Refused(_l("The disposition sheet is for customer care and the units."))
    if not ticket.dispositions:
        raise NotFound
    letter = sheet_of(ticket, say=word)
    return send_pdf(render_letter(letter), f"{title_of(letter)}.pdf")
