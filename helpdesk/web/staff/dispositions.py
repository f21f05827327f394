"""Disposition: sending a ticket to units, taking it back, and the sheet that goes with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from helpdesk.accounts.actor import Actor
from helpdesk.letters.drawing import title_of
from helpdesk.letters.shelf import render_letter
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound, Refused
from helpdesk.tickets import access
from helpdesk.tickets import dispositions as verbs
from helpdesk.tickets.access import Scope
from helpdesk.tickets.destinations import Destination, destinations_for, suggested_unit_id
from helpdesk.tickets.dispositions import Instruction
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.sheets import issue_sheet_of, sheet_as_it_stands, sheet_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import ON_WORK, Act, DecisionForm
from helpdesk.web.staff.dispose_form import DisposeForm
from helpdesk.web.staff.ticket import find_to_read
from helpdesk.web.typed import tidy
from helpdesk.web.words import word

MOST_DRAWN = 60
FIND = "find"  # the button that looks for a unit and sends nothing


class RecallForm(DecisionForm):
    """Why it is taken back; the unit reads it."""

    reason = text_field(_l("Why is it recalled?"), 500)


@door.route("/tiket/<number>/disposisi", methods=["GET", "POST"])
def dispose(number: str) -> ResponseReturnValue:
    """Send the ticket to one or several units, each with instruction and deadline."""
    act = Act(number, Move.DISPOSE)
    form = DisposeForm()
    category, suggested_id = act.ticket.category, suggested_unit_id(act.ticket)
    usual_id = category.usual_unit_id if category else None
    open_to_it = destinations_for(act.ticket, act.by, clock.now())
    drawn = _worth_drawing(open_to_it, {usual_id, suggested_id})
    form.offer(drawn, usual_id or suggested_id, verbs.leading_work(act.ticket))
    if FIND not in request.form and act.done(
        form, lambda: send_with_sheet(act.ticket, form.instructions(), by=act.by)
    ):
        return _told(act, form)
    suggested = next((one for one in form.destinations if one.unit_id == suggested_id), None)
    left_out = len(open_to_it) - len(form.destinations)
    return act.page("dispose", form, suggested=suggested, left_out=left_out, sought=_sought())


def _told(act: Act, form: DisposeForm) -> ResponseReturnValue:
    """Back to the ticket, with a warning where nobody would do it, or later than the complainant was promised."""
    if unattended := form.without_people():
        sentence = _(
            "Nobody works in this unit who could take it: %(units)s. "
            "Recall it, or ask an administrator to name an officer.",
            units=", ".join(unattended),
        )
        flash(sentence, "warn")
    late = form.later_than(act.ticket.due_at)
    if late:
        sentence = _(
            "It is sent. Note: these deadlines lie after the complainant's: %(units)s.",
            units=", ".join(late),
        )
        return act.back(sentence, is_warning=True)
    count = len(form.picked)
    return act.back(ngettext("It is sent to one unit.", "It is sent to %(num)d units.", count))


def _worth_drawing(
    destinations: Sequence[Destination], proposed: Collection[int | None]
) -> Sequence[Destination]:
    """All of them, or in a large house those that are proposed, picked or looked for by name.

    Each comes with a form of its own: a thousand of them weigh two megabytes.
    """
    if len(destinations) <= MOST_DRAWN:
        return destinations
    sought = _sought().casefold()
    found = [one for one in destinations if sought and sought in name_of(one).casefold()]
    kept = {one.unit_id for one in found[:MOST_DRAWN]}
    return [
        one
        for one in destinations
        if one.unit_id in proposed or one.unit_id in kept or f"u{one.unit_id}-pick" in request.form
    ]


def _sought() -> str:
    return tidy(request.form.get("unit_sought")) or ""


def send_with_sheet(ticket: Ticket, instructions: Sequence[Instruction], *, by: Actor) -> None:
    """Send, and issue the sheet for exactly the units of these instructions."""
    sent = {one.id for one in verbs.dispose_ticket(ticket, instructions, by=by)}
    fresh = access.find_for(by, number_of(ticket))  # with the units of the new dispositions
    issue_sheet_of(fresh, [one for one in fresh.dispositions if one.id in sent], say=word, by=by)


@door.route(f"{ON_WORK}/tarik", methods=["GET", "POST"])
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
    """The disposition sheet as PDF: for customer care the newest one, for a unit at work on it what it is asked."""
    actor = current_actor()
    ticket = find_to_read(actor, number)
    scope = access.scope_of(actor, ticket)
    if scope not in (Scope.CARE, Scope.UNIT):
        raise Refused(_l("The disposition sheet is for customer care and the units."))
    is_care = scope is Scope.CARE
    shown = [one for one in ticket.dispositions if is_care or access.has_it(actor, one)]
    if not shown:
        raise NotFound
    letter = sheet_of(ticket, say=word) if is_care else sheet_as_it_stands(ticket, shown, say=word)
    return send_pdf(render_letter(letter), f"{title_of(letter)}.pdf")
