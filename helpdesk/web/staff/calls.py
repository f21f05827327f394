"""Calling a complainant whom no message reaches, and what came of it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice

from helpdesk.registry.masking import mask_phone
from helpdesk.tickets.moves import Move
from helpdesk.tickets.questions import open_questions
from helpdesk.tickets.reaching import (
    CallOutcome,
    note_call,
    number_to_call,
    require_call_wanted,
)
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act
from helpdesk.web.staff.verdicts import VerdictInCallForm


class CallForm(VerdictInCallForm):
    """How the call went."""

    outcome = RadioField(
        _l("How did the call go?"),
        choices=[
            SelectChoice(CallOutcome.REACHED.value, _l("I spoke with them")),
            SelectChoice(CallOutcome.NOT_REACHED.value, _l("Nobody answered: call again later")),
            SelectChoice(
                CallOutcome.IMPOSSIBLE.value,
                _l("A wrong number, several calls in vain, or they do not wish to be called"),
            ),
        ],
        default=CallOutcome.REACHED.value,
    )
    text = text_field(_l("What was said?"))


@door.route("/tiket/<number>/telepon", methods=["GET", "POST"], endpoint="note_call")
def note_how_it_went(number: str) -> ResponseReturnValue:
    """Note a call to the complainant."""
    act = Act(number, Move.CALLED)
    form = CallForm()
    if act.done(form, lambda: _note(act, form)):
        return act.back(_("The call is noted."))
    if not form.is_submitted():
        require_call_wanted(act.ticket)
    return act.page(
        "note_call",
        form,
        number_masked=mask_phone(number_to_call(act.ticket)),
        questions=open_questions(act.ticket) if act.ticket.is_waiting else [],
        may_judge=Move.CONFIRM in moves_open_to(act.ticket, act.by),
    )


def _note(act: Act, form: CallForm) -> None:
    outcome = CallOutcome(form.outcome.data)
    note_call(act.ticket, outcome, form.text.data or "", by=act.by)
    if outcome is CallOutcome.REACHED:
        form.note(act.ticket, by=act.by)
