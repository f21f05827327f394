"""Saying that an improvement has begun, was done, had an effect or not, or is dropped."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField
from wtforms.validators import InputRequired

from helpdesk.accounts.standing_in import today
from helpdesk.improvements import access
from helpdesk.improvements import progress as verbs
from helpdesk.improvements.improvement import Improvement
from helpdesk.lib.errors import Refused
from helpdesk.monitoring.effects import effect_of
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import EditForm, page, sensible_year, text_field
from helpdesk.web.improvements import door, pictures
from helpdesk.web.improvements.register import url_of
from helpdesk.web.typed import LONGEST_TEXT

_ONE = "/<int:improvement_id>"


class StepForm(EditForm):
    """What is said at one step."""


class FinishForm(StepForm):
    """What was done, and when."""

    text = text_field(_l("What was done"), LONGEST_TEXT, InputRequired())
    done_on = DateField(_l("Done on"), [InputRequired(), sensible_year], default=today)


class JudgeForm(StepForm):
    """Whether it had an effect, and by what that is seen."""

    verdict = RadioField(
        _l("Did it have an effect?"),
        [InputRequired()],
        choices=[("yes", _l("Yes, it was effective")), ("no", _l("No, not effective"))],
    )
    text = text_field(_l("What do you see?"), LONGEST_TEXT, InputRequired())


class DropForm(StepForm):
    """Why it will not be done."""

    text = text_field(_l("Why will it not be done?"), LONGEST_TEXT, InputRequired())


@door.post(f"{_ONE}/mulai")
def start(improvement_id: int) -> ResponseReturnValue:
    """The work has begun."""
    actor = current_actor()
    verbs.start_improvement(access.find_to_change(actor, improvement_id), by=actor)
    flash(_("Under way. When it is done, write down what was done."))
    return redirect(url_of(improvement_id))


@door.route(f"{_ONE}/selesai", methods=["GET", "POST"])
def finish(improvement_id: int) -> ResponseReturnValue:
    """It is done."""
    found, form = _theirs(improvement_id), FinishForm()

    def save(row: Improvement) -> None:
        verbs.finish_improvement(row, form.text.data, form.done_on.data, by=current_actor())

    return _step(found, form, save, "finish", _("Noted. From that day on its effect is counted."))


@door.route(f"{_ONE}/hasil", methods=["GET", "POST"])
def judge(improvement_id: int) -> ResponseReturnValue:
    """Its effect, beside the numbers."""
    found, form = _theirs(improvement_id), JudgeForm()

    def save(row: Improvement) -> None:
        is_effective = form.verdict.data == "yes"
        verbs.judge_effect(row, form.text.data, is_effective=is_effective, by=current_actor())

    return _step(found, form, save, "judge", _("The effect is noted."))


@door.route(f"{_ONE}/batal", methods=["GET", "POST"])
def drop(improvement_id: int) -> ResponseReturnValue:
    """It will not be done."""
    found, form = _theirs(improvement_id), DropForm()

    def save(row: Improvement) -> None:
        verbs.drop_improvement(row, form.text.data, by=current_actor())

    return _step(found, form, save, "drop", _("Dropped. The reason stays in the history."))


def _theirs(improvement_id: int) -> Improvement:
    """The improvement, for whoever may change it."""
    found = access.find_for(current_actor(), improvement_id)
    if not access.may_change(current_actor(), found):
        raise Refused
    return found


def _step(
    found: Improvement,
    form: StepForm,
    save: Callable[[Improvement], None],
    step: str,
    sentence: str,
) -> ResponseReturnValue:
    """The page of the step; back to the improvement once it is taken."""
    if not form.is_submitted():
        form.version.data = str(found.version)
    actor = current_actor()
    if form.saves(
        lambda: save(access.find_to_change(actor, found.id, version=form.seen_version)), row=found
    ):
        flash(sentence)
        return redirect(url_of(found.id))
    effect = effect_of(found.category_id, found.about_unit_id, found.done_on, today(), actor=actor)
    return page(
        "improvements/step.html",
        form,
        one=found,
        step=step,
        said=pictures.effect_words(effect),
        chart=pictures.effect_chart(effect),
    )
