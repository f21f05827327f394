"""Instructions of leadership: given on the ticket, acknowledged and answered by whom they address."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField

from helpdesk.tickets import instructions as verbs
from helpdesk.tickets.moves import Move
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, ActForm
from helpdesk.web.staff.dispose_form import DueForm
from helpdesk.web.typed import whole_number

_ON_ONE = "/tiket/<number>/arahan/<int:instruction_id>"


class InstructForm(DueForm, ActForm):
    """What leadership wants, of whom, and by when."""

    unit = SelectField(_l("For whom is it?"), default="")
    text = text_field(_l("What should be done?"))


class AnswerForm(ActForm):
    """What was done about it."""

    text = text_field(_l("What was done?"))


@door.route("/tiket/<number>/arahan", methods=["GET", "POST"])
def instruct(number: str) -> ResponseReturnValue:
    """Leadership says what it wants to be done."""
    act = Act(number, Move.INSTRUCT)
    form = InstructForm()
    form.unit.choices = [
        SelectChoice("", _("Customer care")),
        *(SelectChoice(str(unit.id), name_of(unit)) for unit in verbs.units_with(act.ticket)),
    ]
    if act.done(
        form,
        lambda: verbs.give_instruction(
            act.ticket,
            form.text.data or "",
            unit_id=whole_number(form.unit.data),
            due_at=form.due_at,
            by=act.by,
        ),
    ):
        return act.back(_("Your instruction stands on the ticket, and whom it is for was told."))
    return act.page("instruct", form)


@door.route(f"{_ON_ONE}/terima", methods=["GET", "POST"])
def acknowledge_instruction(number: str, instruction_id: int) -> ResponseReturnValue:
    """Whom it addresses says that they have seen it and take it up."""
    act = Act(number, Move.ACKNOWLEDGE_INSTRUCTION)
    instruction = verbs.addressed_to(act.by, act.ticket, instruction_id)
    if instruction.acknowledged_at is not None:
        return act.back(_("It was acknowledged already."))
    form = ActForm()
    if act.done(form, lambda: verbs.acknowledge_instruction(instruction_id, act.ticket, by=act.by)):
        return act.back(_("Acknowledged. Answer it once it is done."))
    return act.page("acknowledge_instruction", form, instruction=instruction)


@door.route(f"{_ON_ONE}/jawab", methods=["GET", "POST"])
def answer_instruction(number: str, instruction_id: int) -> ResponseReturnValue:
    """Whom it addresses says what was done."""
    act = Act(number, Move.ANSWER_INSTRUCTION)
    instruction = verbs.addressed_to(act.by, act.ticket, instruction_id)
    form = AnswerForm()
    if act.done(
        form,
        lambda: verbs.answer_instruction(
            instruction_id, act.ticket, form.text.data or "", by=act.by
        ),
    ):
        return act.back(_("Your answer is with leadership."))
    return act.page("answer_instruction", form, instruction=instruction)
