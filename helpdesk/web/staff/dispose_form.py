"""The form that sends a ticket to several units at once: one part for each unit, ticked or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectChoice, SelectField, TimeField
from wtforms.validators import Optional, ValidationError

from helpdesk.lib.errors import Invalid
from helpdesk.tickets.destinations import Destination
from helpdesk.tickets.dispositions import Instruction
from helpdesk.tickets.states import DispositionStatus, Phrase
from helpdesk.tickets.ticket import Disposition
from helpdesk.web import words
from helpdesk.web.away_words import chosen_knowingly, officer_choices
from helpdesk.web.filters import moment_short
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import Difference, HouseForm, Ticks, line_field, sensible_year
from helpdesk.web.staff.acting import Act, DecisionForm
from helpdesk.web.typed import moment_typed, whole_number
from helpdesk.web.words import word


class DueForm(HouseForm):
    """A deadline by hand: day and hour in the organisation's zone; both empty means the policy's."""

    due_on = DateField(_l("Deadline, date"), [Optional(), sensible_year])
    due_time = TimeField(_l("Deadline, time"), [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Day and hour, or neither; else the missing one says so."""
        in_order = bool(super().validate(extra_validators))
        if (self.due_on.data is None) == (self.due_time.data is None):
            return in_order
        missing = self.due_time if self.due_on.data else self.due_on
        missing.errors = [*missing.errors, _l("A deadline needs both a date and a time.")]
        return False

    @property
    def due_at(self) -> datetime | None:
        """The moment that was typed, aware."""
        if self.due_on.data is None or self.due_time.data is None:
            return None
        return moment_typed(self.due_on.data, self.due_time.data)


class UnitPart(DueForm):
    """What one unit is asked to do; counts only when it is picked."""

    class Meta(HouseForm.Meta):
        """A part of another form: that one carries the token."""

        csrf = False

    pick = BooleanField(_l("Send to this unit"))
    phrases = Ticks(_l("You are kindly asked to"), choices=words.choices("phrase"))
    officer = SelectField(_l("Officer"), [chosen_knowingly], default="")
    is_sure = BooleanField(_l("Give it to them although they are away"))
    note = line_field(_l("Note for the unit"), 1000)

    @property
    def is_copy(self) -> bool:
        """Is it sent for information only?"""
        return bool(self.phrases.data == [Phrase.FOR_INFORMATION.value])

    def validate_due_on(self, field: DateField) -> None:
        """Who only reads it has no deadline."""
        if self.is_copy and field.data:
            raise ValidationError(_l("A copy for information has no deadline."))

    def instruction(self, unit_id: int, *, is_lead: bool) -> Instruction:
        """The part as the domain takes it."""
        return Instruction(
            unit_id=unit_id,
            officer_id=whole_number(self.officer.data),
            phrases=[Phrase(code) for code in self.phrases.data or ()] or (Phrase.SOLVE,),
            note=self.note.data or "",
            due_at=self.due_at,
            is_lead=is_lead,
        )


class DisposeForm(DecisionForm):
    """Units to send to, each with its part, and which of them leads."""

    lead = SelectField(_l("Leading unit"), default="")

    def offer(
        self,
        destinations: Sequence[Destination],
        usual_unit_id: int | None,
        leading: Disposition | None,
    ) -> None:
        """Make a part for every destination; on opening, the usual unit of the category is picked.

        The work that is *leading* already goes on doing so, unless another unit is chosen.
        """
        self.destinations, self.leading = destinations, leading
        self.parts = {one.unit_id: UnitPart(prefix=f"u{one.unit_id}-") for one in destinations}
        for one in destinations:
            self.parts[one.unit_id].officer.choices = officer_choices(one.people)
        self.lead.choices = [
            SelectChoice("", self._who_leads()),
            *(SelectChoice(str(one.unit_id), name_of(one)) for one in destinations),
        ]
        if not self.is_submitted() and usual_unit_id in self.parts:
            usual = self.parts[usual_unit_id]
            usual.pick.data = True
            usual.phrases.data = [Phrase.SOLVE.value, Phrase.DRAFT_ANSWER.value]

    @property
    def picked(self) -> dict[int, UnitPart]:
        """The parts that count, by unit."""
        return {unit_id: part for unit_id, part in self.parts.items() if part.pick.data}

    def validate(self, extra_validators: Any = None) -> bool:
        """Every picked part must be in order; parts that are not picked are not looked at."""
        in_order = bool(super().validate(extra_validators))
        for unit_id, part in self.picked.items():
            if not part.validate():
                self._complain(unit_id, _l("something is missing or does not fit."))
                in_order = False
        if self.lead.data and self.lead.data not in {str(unit_id) for unit_id in self.picked}:
            self.lead.errors = [*self.lead.errors, _l("This unit is not among those chosen.")]
            in_order = False
        elif self.lead.data and self.picked[int(self.lead.data)].is_copy:
            self.lead.errors = [*self.lead.errors, _l("This unit only gets a copy to read.")]
            in_order = False
        return in_order

    def instructions(self) -> list[Instruction]:
        """The form as the domain takes it."""
        picked = self.picked
        at_work = (unit_id for unit_id, part in picked.items() if not part.is_copy)
        default = 0 if self.leading else next(at_work, 0)
        lead = int(self.lead.data) if self.lead.data else default
        return [
            part.instruction(unit_id, is_lead=unit_id == lead) for unit_id, part in picked.items()
        ]

    def take_errors(self, invalid: Invalid) -> None:
        """What concerns one unit goes to its part, and is named above the form too."""
        fields = {"due_at": "due_on", "officer": "officer"}
        for key, sentence in invalid.fields.items():
            name, _dash, unit = key.partition("-")
            part = self.parts.get(int(unit)) if unit.isdecimal() else None
            if part is None or name not in fields:
                self.form_errors.append(sentence)
                continue
            field = part[fields[name]]
            field.errors = [*field.errors, sentence]
            self._complain(int(unit), sentence)

    def standing(self, act: Act) -> Iterable[Difference]:
        """Which units have it now, beside those picked here."""
        has_it = [
            f"{name_of(one.unit)} ({word(one.status, 'disposition')})"
            for one in act.ticket.dispositions
            if one.status not in (DispositionStatus.RECALLED, DispositionStatus.UNCOPIED)
        ]
        chosen = [name_of(one) for one in self.destinations if self.parts[one.unit_id].pick.data]
        return [Difference(_l("Units"), ", ".join(has_it) or "–", ", ".join(chosen) or "–")]

    def later_than(self, due_at: datetime | None) -> list[str]:
        """Picked units whose deadline lies after the complainant's, each with it."""
        return [
            f"{name_of(one)} ({moment_short(deadline)})"
            for one in self.destinations
            if one.unit_id in self.picked
            and not self.parts[one.unit_id].is_copy
            and (deadline := self.parts[one.unit_id].due_at or one.due_at)
            and due_at
            and deadline > due_at
        ]

    def without_people(self) -> list[str]:
        """Picked units where nobody works who could do or read it."""
        return [
            name_of(one)
            for one in self.destinations
            if one.unit_id in self.picked and not one.people
        ]

    def _who_leads(self) -> str:
        """In words, while no unit is chosen to lead."""
        if self.leading is None:
            return str(_("The first one chosen"))
        return str(_("%(unit)s, as until now", unit=name_of(self.leading.unit)))

    def _complain(self, unit_id: int, sentence: Any) -> None:
        unit = next(one for one in self.destinations if one.unit_id == unit_id)
        self.form_errors.append(f"{name_of(unit)}: {sentence}")
