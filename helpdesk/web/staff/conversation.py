"""Words that go back and forth: questions, notes, and what the complainant said outside the system."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField

from helpdesk.lib.database import in_own_units
from helpdesk.lib.uploads import COMPLAINANT
from helpdesk.tickets import questions
from helpdesk.tickets.access import Scope
from helpdesk.tickets.follow_ups import write_note as write
from helpdesk.tickets.moves import Move
from helpdesk.tickets.questions import open_questions
from helpdesk.tickets.states import Channel
from helpdesk.web import words
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import ON_WORK, Act, ActForm
from helpdesk.web.typed import whole_number
from helpdesk.web.uploads_in_forms import files_field


class AskForm(ActForm):
    """A question to the complainant."""

    text = text_field(_l("Your question"))


class NoteForm(ActForm):
    """An internal note."""

    text = text_field(_l("Internal note"))
    for_care_only = BooleanField(_l("Only customer care may read this note"))


class MessageForm(ActForm):
    """What the complainant told us by telephone, at the counter or elsewhere."""

    channel = SelectField(
        _l("How did it reach us?"), choices=words.choices("channel"), default=Channel.PHONE.value
    )
    question = RadioField(_l("Which question does it answer?"), default="", validate_choice=False)
    text = text_field(_l("What did they say?"))
    files = files_field(_l("Files they gave us"))


@door.route("/tiket/<number>/tanya", methods=["GET", "POST"])
@door.route(f"{ON_WORK}/tanya", methods=["GET", "POST"])
def ask(number: str, disposition_id: int | None = None) -> ResponseReturnValue:
    """Ask the complainant something."""
    act = Act(number, Move.ASK, disposition_id, of_own_unit=True)
    form = AskForm()
    if act.done(
        form,
        lambda: questions.ask_complainant(
            act.ticket, form.text.data or "", by=act.by, disposition=act.disposition
        ),
    ):
        return act.told(
            _("The question is on its way to the complainant."),
            _("The question stands on the track page."),
        )
    return act.page("ask", form)


@door.route("/tiket/<number>/catatan", methods=["GET", "POST"])
@door.route(f"{ON_WORK}/catatan", methods=["GET", "POST"])
def write_note(number: str, disposition_id: int | None = None) -> ResponseReturnValue:
    """Write an internal note."""
    act = Act(number, Move.NOTE, disposition_id, of_own_unit=True)
    form = NoteForm()
    is_care = act.scope is Scope.CARE
    if act.done(
        form,
        lambda: write(
            act.ticket,
            form.text.data or "",
            by=act.by,
            for_care_only=is_care and bool(form.for_care_only.data),
            disposition=act.disposition,
        ),
    ):
        return act.back(_("The note is saved."))
    return act.page("write_note", form, is_care=is_care)


@door.route("/tiket/<number>/pesan-pelapor", methods=["GET", "POST"])
@in_own_units
def add_message(number: str) -> ResponseReturnValue:
    """Write down what the complainant said, or their answer to a question."""
    act = Act(number, Move.ADD_MESSAGE)
    form = MessageForm()
    asked = open_questions(act.ticket) if act.ticket.is_waiting else []
    form.question.choices = [
        *(SelectChoice(str(one.id), one.text) for one in asked),
        SelectChoice("", _("None, it is a new message")),
    ]
    if not form.is_submitted() and len(asked) == 1:
        form.question.data = str(asked[0].id)
    if act.done(form, lambda: _take_down(act, form), purpose=COMPLAINANT):
        return act.back(_("What the complainant said is on the ticket."))
    return act.page("add_message", form, asked=asked)


def _take_down(act: Act, form: MessageForm) -> None:
    said, channel = form.text.data or "", Channel(form.channel.data)
    question_id = whole_number(form.question.data)
    if question_id is not None:
        questions.answer_question(
            act.ticket, question_id, said, by=act.by, files=act.files, channel=channel
        )
    else:
        questions.add_message(act.ticket, said, by=act.by, files=act.files, channel=channel)
