"""One decision for several tickets of the list: become their owner, send them to a unit, end them.

Each ticket is decided in a unit of work of its own: what one refuses does not stop the others, and is told by number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import RadioField, SelectChoice, SelectField

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.accounts.units import list_units
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, HouseError, Invalid, NotFound
from helpdesk.tickets import access
from helpdesk.tickets.dispositions import Instruction
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.moves import MOVES, Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import take_ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import HouseForm, page, text_field
from helpdesk.web.once import OnceMixin, done_before, draw_key
from helpdesk.web.staff import door
from helpdesk.web.staff.dispositions import send_with_sheet
from helpdesk.web.staff.triage import WAYS_OUT
from helpdesk.web.way_back import list_left
from helpdesk.web.words import word

MOST = 50  # a page of the list
TAKE, DISPOSE, END = "ambil", "disposisi", "akhiri"
_MOVES = {TAKE: Move.TAKE, DISPOSE: Move.DISPOSE, END: Move.EXIT}


class SeveralForm(OnceMixin, HouseForm):
    """What is decided, and the words it needs."""

    act = RadioField(
        _l("What shall happen with them?"),
        choices=[
            SelectChoice(TAKE, _l("I become their owner")),
            SelectChoice(DISPOSE, _l("Send them to one unit")),
            SelectChoice(END, _l("End them without handling")),
        ],
        default=TAKE,
    )
    unit_id = SelectField(_l("Unit"), validate_choice=False)
    note = text_field(_l("Instruction"), 1000)
    way = SelectField(_l("Why do they end?"), choices=WAYS_OUT, validate_choice=False)
    reason = text_field(_l("Reason"), 500)

    def offer_units(self) -> None:
        """Offer the units that are open."""
        units = [(str(unit.id), name_of(unit)) for unit in list_units(only_active=True)]
        self.unit_id.choices = [
            SelectChoice("", _("Choose a unit")),
            *(SelectChoice(*unit) for unit in units),
        ]

    def verb(self) -> Callable[[Ticket, Actor], object]:
        """The act as one verb on one ticket. Raises Invalid for words that are missing."""
        if self.act.data == DISPOSE:
            if self.unit_id.data not in {choice.value for choice in self.unit_id.choices[1:]}:
                raise Invalid({"unit_id": _l("Choose a unit.")})
            instruction = Instruction(unit_id=int(self.unit_id.data), note=self.note.data or "")
            return lambda ticket, by: send_with_sheet(ticket, [instruction], by=by)
        if self.act.data == END:
            if not self.reason.data:
                raise Invalid({"reason": _l("Write the reason.")})
            if self.way.data not in {choice.value for choice in WAYS_OUT}:
                raise Invalid({"way": _l("Choose why they end.")})
            reason, way = self.reason.data, Status(self.way.data)
            return lambda ticket, by: leave_by_exit(ticket, way, reason, by=by)
        return lambda ticket, by: take_ticket(ticket, by=by)


@dataclass(frozen=True)
class Outcome:
    """What became of one ticket; *refused* is empty where it went well."""

    number: str
    refused: str = ""


@door.route("/beberapa", methods=["GET", "POST"])
@in_own_units
def decide_several() -> ResponseReturnValue:
    """Show what was ticked in the list and ask what shall happen; then do it, ticket by ticket."""
    actor, numbers = _desk_officer(), _ticked()
    if not numbers:
        flash(_("Tick at least one ticket first."), "warn")
        return redirect(list_left("staff.worklist"))
    form = SeveralForm()
    form.offer_units()
    if form.validate_on_submit():
        numbers = _decide_each(numbers, form, actor)
    tickets = [found for number in numbers if (found := _found(number, actor))]
    if not tickets:
        return _to_list(form)
    return page(
        "staff/several.html",
        form,
        tickets=tickets,
        of=number_of,
        list_url=list_left("staff.worklist"),
    )


def _ticked() -> list[str]:
    """What was ticked. A form that is sent says it alone: its address may still name what is done already."""
    said = request.form if request.method == "POST" else request.args
    return list(dict.fromkeys(said.getlist("nomor")))[:MOST]


def _desk_officer() -> Actor:
    actor = current_actor()
    if not actor.may(Permission.TRIAGE):
        raise NotFound
    return actor


def _decide(number: str, form: SeveralForm, actor: Actor) -> Outcome:
    verb = form.verb()
    said = (
        form.act.data, form.unit_id.data, form.note.data, form.way.data, form.reason.data,
    )  # fmt: skip

    def unit() -> None:
        ticket = access.find_to_change(actor, number)
        if not done_before(f"several/{ticket.id}", form.key, *said):
            _must_stand_right(ticket, form.act.data)
            verb(ticket, actor)

    try:
        unit_of_work(unit)
    except Invalid as refused:
        return Outcome(number, "; ".join(str(text) for text in refused.fields.values()))
    except NotFound:
        return Outcome(number, _("not found"))
    except HouseError as refused:
        return Outcome(number, str(refused.reason))
    return Outcome(number)


def _must_stand_right(ticket: Ticket, act: str) -> None:
    """Say what is in the way; that it "has changed since" would be wrong, for nobody opened it here."""
    if ticket.state in MOVES[_MOVES[act]].frm:
        return
    if act == DISPOSE and ticket.state is Status.RECEIVED:
        raise Conflict(_l("It is not graded yet, so it cannot be sent to a unit."))
    status = word(ticket.status, "status")
    raise Conflict(_l("Its status is “%(status)s”, where this is not possible.", status=status))


def _decide_each(numbers: list[str], form: SeveralForm, actor: Actor) -> list[str]:
    """Decide, and say what was done; returns the numbers that were refused, whose reasons stand on the form."""
    try:
        outcomes = [_decide(number, form, actor) for number in numbers]
    except Invalid as refused:
        form.take_errors(refused)
        return numbers
    left = [outcome for outcome in outcomes if outcome.refused]
    done = len(outcomes) - len(left)
    if done:
        flash(ngettext("Done for %(num)d ticket.", "Done for %(num)d tickets.", done))
    form.form_errors += [f"{outcome.number}: {outcome.refused}" for outcome in left]
    form.once.data = draw_key()  # what is left may be sent again with other words
    return [outcome.number for outcome in left]


def _to_list(form: SeveralForm) -> ResponseReturnValue:
    for sentence in form.form_errors:  # of tickets that are out of sight now
        flash(sentence, "warn")
    return redirect(list_left("staff.worklist"))


def _found(number: str, actor: Actor) -> Any:
    try:
        return access.find_for(actor, number)
    except NotFound:
        return None
