"""What a unit does with a disposition: assign, accept, send back, follow up, submit."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import ValidationError

from helpdesk.lib import clock
from helpdesk.lib.database import in_own_units
from helpdesk.tickets import copies
from helpdesk.tickets import dispositions as verbs
from helpdesk.tickets.answering import why_handed_back
from helpdesk.tickets.destinations import people_of
from helpdesk.tickets.dispositions import UnitAnswer
from helpdesk.tickets.files import has_evidence
from helpdesk.tickets.follow_ups import record_follow_up
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.moves import Move
from helpdesk.tickets.pages import page_of
from helpdesk.tickets.states import ASKS_FOR_CAUSE, DispositionStatus, Grade, Root
from helpdesk.tickets.worklist import Desk, DeskKind, View
from helpdesk.web import words
from helpdesk.web.away_words import chosen_knowingly, officer_choices
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import text_field
from helpdesk.web.locale import language_now
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import ON_WORK, Act, ActForm, DecisionForm
from helpdesk.web.staff.lines import Line, lines_of
from helpdesk.web.uploads_in_forms import files_field

TASKS_BESIDE = 12
_ACCEPTED = DispositionStatus.ACCEPTED.value


class AssignForm(DecisionForm):
    """Whose work it is."""

    officer = SelectField(_l("Officer"), [chosen_knowingly], default="")
    is_sure = BooleanField(_l("Give it to them although they are away"))


class SendBackForm(DecisionForm):
    """Why it is not this unit's."""

    reason = text_field(_l("Why is it not for your unit?"), 500)


class FollowUpForm(ActForm):
    """What was done, with evidence."""

    text = text_field(_l("What was done?"))
    files = files_field(_l("Evidence"))


class SubmitForm(DecisionForm):
    """The unit's answer."""

    findings = text_field(_l("What was done?"))
    root_cause = SelectField(
        _l("Root cause"),
        choices=[SelectChoice("", _l("Choose a cause")), *words.choices("root")],
        default="",
    )
    root_cause_text = text_field(_l("The cause in your words"), 500)
    corrective_action = text_field(_l("What keeps it from happening again?"), 1000)
    files = files_field(_l("Evidence"))
    draft_answer = text_field(_l("Draft answer to the complainant"))

    is_cause_needed = True

    def validate_root_cause(self, field: SelectField) -> None:
        """What keeps coming back is counted by its cause."""
        if self.is_cause_needed and not field.data:
            raise ValidationError(_l("Choose the cause; not proven is one of them."))

    def answer(self) -> UnitAnswer:
        """The form as the domain takes it."""
        return UnitAnswer(
            findings=self.findings.data or "",
            root_cause=Root(self.root_cause.data) if self.root_cause.data else None,
            root_cause_text=self.root_cause_text.data or "",
            corrective_action=self.corrective_action.data or "",
            draft_answer=self.draft_answer.data or "",
        )


@door.route(f"{ON_WORK}/tugaskan", methods=["GET", "POST"])
def assign(number: str, disposition_id: int) -> ResponseReturnValue:
    """The head of the unit gives the work to an officer."""
    act = Act(number, Move.ASSIGN, disposition_id)
    form = AssignForm(officer=str(act.work.officer_id or ""))
    people = people_of([act.work.unit_id])[act.work.unit_id]
    form.officer.choices = officer_choices(people)
    chosen = form.officer.data
    if act.done(
        form,
        lambda: verbs.assign_officer(act.work, int(chosen) if chosen else None, by=act.by),
    ):
        names = {str(one.id): one.name for one in people}
        who = names.get(chosen or "", _("the whole unit"))
        return act.back(_("It is given to %(name)s.", name=who))
    return act.page("assign", form)


@door.route(f"{ON_WORK}/terima", methods=["GET", "POST"])
def accept(number: str, disposition_id: int) -> ResponseReturnValue:
    """The unit takes the work."""
    act = Act(number, Move.ACCEPT, disposition_id)
    if act.work.status == _ACCEPTED and act.work.officer_id == act.by.user_id:
        return act.back(_("You have accepted it already."))
    form = DecisionForm()
    if act.done(form, lambda: verbs.accept_disposition(act.work, by=act.by)):
        return act.back(_("You have accepted it. Record what is done, then submit the answer."))
    return act.page("accept", form)


@door.route(f"{ON_WORK}/sudah-dibaca", methods=["GET", "POST"])
def take_note(number: str, disposition_id: int) -> ResponseReturnValue:
    """The unit has read its copy."""
    act = Act(number, Move.TAKE_NOTE, disposition_id)
    if act.work.status == DispositionStatus.NOTED:
        return act.back(_("It is marked as read already."))
    form = DecisionForm()
    if act.done(form, lambda: copies.take_note(act.work, by=act.by)):
        return act.back(_("It is marked as read."))
    return act.page("take_note", form)


@door.route(f"{ON_WORK}/kembalikan", methods=["GET", "POST"])
def send_back(number: str, disposition_id: int) -> ResponseReturnValue:
    """Not ours: back to customer care, with a reason."""
    act = Act(number, Move.SEND_BACK, disposition_id)
    form = SendBackForm()
    if act.done(form, lambda: verbs.send_back(act.work, form.reason.data or "", by=act.by)):
        return act.back(_("It is back with customer care."))
    return act.page("send_back", form)


@door.route("/tiket/<number>/tindak-lanjut", methods=["GET", "POST"])
@door.route(f"{ON_WORK}/tindak-lanjut", methods=["GET", "POST"])
@in_own_units
def follow_up(number: str, disposition_id: int | None = None) -> ResponseReturnValue:
    """Record what was done, with photographs or documents as evidence."""
    act = Act(number, Move.FOLLOW_UP, disposition_id, of_own_unit=True)
    form = FollowUpForm()
    if act.done(
        form,
        lambda: record_follow_up(
            act.ticket,
            form.text.data or "",
            by=act.by,
            disposition=act.disposition,
            evidence=act.files,
        ),
    ):
        return act.back(_("The follow-up is recorded."))
    return act.page("follow_up", form)


@door.route(f"{ON_WORK}/jawaban", methods=["GET", "POST"])
@in_own_units
def submit(number: str, disposition_id: int) -> ResponseReturnValue:
    """Submit the unit's answer for approval."""
    act = Act(number, Move.SUBMIT, disposition_id)
    form = SubmitForm(obj=act.work)  # an answer that was handed back is there to be mended
    form.is_cause_needed = not ASKS_FOR_CAUSE.isdisjoint(act.work.phrases.split(","))
    if act.done(
        form,
        lambda: verbs.submit_answer(act.work, form.answer(), by=act.by, evidence=act.files),
    ):
        return act.back(_("The answer is with customer care for approval."))
    needs_evidence = act.ticket.grade == Grade.RED and not has_evidence(act.work.id)
    return act.page(
        "submit",
        form,
        needs_evidence=needs_evidence,
        lacking=why_handed_back(act.work),
        unit=name_of(act.work.unit),
        tasks=_tasks_beside(act),
    )


def _tasks_beside(act: Act) -> list[Line]:
    """The unit's nearest deadlines, for the list beside the answer on a wide screen."""
    desk, at = Desk(DeskKind.UNIT, act.work.unit_id), clock.now()
    page = page_of(desk, View.ALL, act.by, at, size=TASKS_BESIDE)
    return lines_of(page.rows, act.by, read_labels(language_now()), at)
