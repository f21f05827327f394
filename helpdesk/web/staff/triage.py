"""Triage and what customer care decides about the ticket itself: grade, class, owner, exit."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, ValidationError

from helpdesk.tickets import triage as verbs
from helpdesk.tickets.duplicates import find_duplicates
from helpdesk.tickets.leaving import GRAVE, leave_by_exit, may_leave, revive_ticket
from helpdesk.tickets.moves import Move
from helpdesk.tickets.promises import answer_promises
from helpdesk.tickets.sought import sought_of
from helpdesk.tickets.states import Grade, Kind, Status
from helpdesk.tickets.triage import Verdict
from helpdesk.web import words
from helpdesk.web.forms import Difference, line_field, text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, ActForm, DecisionForm
from helpdesk.web.staff.confidentiality import CircleFields, CopyFields
from helpdesk.web.staff.offers import (
    category_choices,
    red_review_categories,
    sensitive_categories,
)
from helpdesk.web.typed import whole_number
from helpdesk.web.words import word

_CHOOSE_GRADE = _l("Choose a grade.")
WAYS_OUT = [
    SelectChoice(Status.NOT_OURS.value, _l("It is not ours to handle")),
    SelectChoice(Status.WITHDRAWN.value, _l("The complainant withdraws it")),
    SelectChoice(Status.ARCHIVED.value, _l("File it without action")),
    SelectChoice(Status.SPAM.value, _l("It is spam")),
]


class ClassFields:
    """Category, kind and title."""

    category_id = SelectField(_l("Category"), [InputRequired(_l("Choose a category."))])
    kind = RadioField(_l("Kind"), choices=words.choices("kind"), default=Kind.COMPLAINT.value)
    title = line_field(_l("Short title"), 160)

    def offer_categories(self, chosen: int | None) -> None:
        """Offer the categories with their usual units."""
        self.category_id.choices = [
            SelectChoice("", _("Choose a category")),
            *category_choices(chosen),
        ]

    @property
    def category(self) -> int | None:
        """The category that was chosen."""
        return whole_number(self.category_id.data)

    def standing_class(self, act: Act) -> list[Difference]:
        """Category, kind and title as they stand now, beside what was typed."""
        ticket = act.ticket
        names = {one.value: one.label for one in category_choices(ticket.category_id)}
        now = names.get(str(ticket.category_id), "–")
        return [
            Difference(self.category_id.label.text, now, names.get(self.category_id.data, "–")),
            Difference(
                self.kind.label.text, word(ticket.kind, "kind"), word(self.kind.data, "kind")
            ),
            Difference(self.title.label.text, ticket.title, self.title.data),
        ]


class TriageForm(ClassFields, CircleFields, CopyFields, DecisionForm):
    """Everything customer care decides about a new ticket, on one page."""

    grade = RadioField(_l("Grade"), choices=words.choices("grade"), validate_choice=False)
    reason = text_field(_l("Why this grade?"), 1000)

    def validate_grade(self, field: RadioField) -> None:
        """A complaint needs its grade; praise and questions run as green."""
        if field.data in set(Grade):
            return
        if self.kind.data == Kind.COMPLAINT:
            raise ValidationError(_CHOOSE_GRADE)
        field.data = Grade.GREEN.value

    def verdict(self) -> Verdict:
        """The form as the domain takes it."""
        unit_text, hidden = self.copy()
        return Verdict(
            grade=Grade(self.grade.data),
            category_id=self.category,
            kind=Kind(self.kind.data),
            title=self.title.data or "",
            reason=self.reason.data or "",
            unit_text=unit_text,
            hidden_file_ids=hidden,
            **self.circle(),
        )

    def standing(self, act: Act) -> Iterable[Difference]:
        """What somebody else decided in the meantime."""
        return [
            Difference(
                self.grade.label.text,
                word(act.ticket.grade, "grade"),
                word(self.grade.data or "", "grade"),
            ),
            *self.standing_class(act),
            *self.standing_circle(act.ticket),
            *self.standing_copy(act.ticket),
        ]


class RegradeForm(DecisionForm):
    """Another grade, and why."""

    grade = RadioField(_l("New grade"), choices=words.choices("grade"))
    reason = text_field(_l("Why does it change?"), 1000)

    def standing(self, act: Act) -> Iterable[Difference]:
        """The grade as it is now."""
        now, typed = word(act.ticket.grade, "grade"), word(self.grade.data, "grade")
        return [Difference(self.grade.label.text, now, typed)]


class ReclassifyForm(ClassFields, DecisionForm):
    """Another category, kind or title."""

    def standing(self, act: Act) -> Iterable[Difference]:
        """The class as it is now."""
        return self.standing_class(act)


class ExitForm(DecisionForm):
    """How the ticket ends without being handled, and why."""

    way = RadioField(_l("Why does it end here?"), choices=WAYS_OUT, validate_choice=False)
    reason = text_field(_l("Reason"), 500)

    def offer_ways(self, act: Act) -> None:
        """Offer the ways that are theirs to choose."""
        self.way.choices = [
            way for way in WAYS_OUT if may_leave(act.ticket, Status(way.value), act.by)
        ]

    def validate_way(self, field: RadioField) -> None:
        """One of those offered must be chosen."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose one."))


class ReviveForm(DecisionForm):
    """Why it does not end here after all."""

    reason = text_field(_l("Why is it taken up again?"), 500)


@door.route("/tiket/<number>/verifikasi", methods=["GET", "POST"])
def triage(number: str) -> ResponseReturnValue:
    """Grade, classify and decide the confidentiality of a new ticket; then send it to units."""
    act = Act(number, Move.TRIAGE)
    ticket = act.ticket
    form = TriageForm(
        category_id=str(ticket.category_id or ""), kind=ticket.kind, title=ticket.title
    )
    form.offer_categories(ticket.category_id)
    form.offer_circle(ticket, is_first=not form.is_submitted())
    form.offer_copy(ticket, is_first=not form.is_submitted())
    if act.done(form, lambda: verbs.triage_ticket(act.ticket, form.verdict(), by=act.by)):
        if request.form.get("next") != "dispose":
            return act.back(_("The ticket is graded and classified."))
        flash(_("The ticket is graded and classified. Now send it to the units."))
        return redirect(url_for("staff.dispose", number=act.number))
    return act.page(
        "triage",
        form,
        promises=answer_promises(act.ticket),
        sensitive=sensitive_categories(),
        red_review=red_review_categories(),
        hints=find_duplicates(act.by, sought_of(act.ticket)),
    )


@door.route("/tiket/<number>/ubah-grading", methods=["GET", "POST"])
def regrade(number: str) -> ResponseReturnValue:
    """Change the grade; the deadline moves, the start stays at receipt."""
    act = Act(number, Move.REGRADE)
    form = RegradeForm(grade=act.ticket.running_grade.value)
    if act.done(
        form,
        lambda: verbs.regrade_ticket(
            act.ticket, Grade(form.grade.data), form.reason.data or "", by=act.by
        ),
    ):
        return act.back(_("The grade is changed, and the deadline with it."))
    return act.page("regrade", form, promises=answer_promises(act.ticket))


@door.route("/tiket/<number>/ubah-klasifikasi", methods=["GET", "POST"])
def reclassify(number: str) -> ResponseReturnValue:
    """Change category, kind or title."""
    act = Act(number, Move.RECLASSIFY)
    ticket = act.ticket
    form = ReclassifyForm(
        category_id=str(ticket.category_id or ""), kind=ticket.kind, title=ticket.title
    )
    form.offer_categories(ticket.category_id)
    if act.done(
        form,
        lambda: verbs.reclassify_ticket(
            act.ticket,
            category_id=form.category,
            kind=Kind(form.kind.data),
            title=form.title.data or "",
            by=act.by,
        ),
    ):
        return act.back(_("Category and title are saved."))
    return act.page("reclassify", form)


@door.route("/tiket/<number>/ambil", methods=["GET", "POST"])
def take(number: str) -> ResponseReturnValue:
    """Become the owner of the ticket at the desk."""
    act = Act(number, Move.TAKE)
    if act.ticket.owner_id == act.by.user_id:
        return act.back(_("The ticket is yours already."))
    form = ActForm()
    if act.done(form, lambda: verbs.take_ticket(act.ticket, by=act.by)):
        return act.back(_("The ticket is yours now."))
    return act.page("take", form)


@door.route("/tiket/<number>/akhiri", methods=["GET", "POST"], endpoint="exit")
def leave(number: str) -> ResponseReturnValue:
    """End a ticket that will not be handled here."""
    act = Act(number, Move.EXIT)
    form = ExitForm()
    form.offer_ways(act)
    if act.done(
        form,
        lambda: leave_by_exit(act.ticket, Status(form.way.data), form.reason.data or "", by=act.by),
    ):
        return act.back(_("The ticket has ended: %(way)s.", way=word(form.way.data, "status")))
    return act.page("exit", form, held="" if len(form.way.choices) == len(WAYS_OUT) else GRAVE)


@door.route("/tiket/<number>/tangani-lagi", methods=["GET", "POST"])
def revive(number: str) -> ResponseReturnValue:
    """Take back the end of a ticket that was not handled."""
    act = Act(number, Move.REVIVE)
    form = ReviveForm()
    if act.done(form, lambda: revive_ticket(act.ticket, form.reason.data or "", by=act.by)):
        return act.back(_("The ticket is open again, with the deadlines that it had."))
    return act.page("revive", form)
