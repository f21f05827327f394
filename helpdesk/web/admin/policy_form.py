"""The form of a new policy: one part for each clock and grade, filled from the version now in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import Length, Optional

from helpdesk.lib.errors import Invalid
from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.milestones import Step, Tell
from helpdesk.sla.models import PolicyVersion
from helpdesk.sla.policies import rules_of
from helpdesk.sla.rules import ANY_GRADE, GRADES, ClockKind, Rule, compare
from helpdesk.web import words
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.admin.policy_words import TELLS, line_name, rule_words
from helpdesk.web.forms import Difference, HouseForm, WholeNumber, line_field, sensible_year
from helpdesk.web.typed import moment_typed

STEPS = range(1, 4)  # rungs that the form offers
LONGEST = 9999
Key = tuple[ClockKind, str]


def _amount(label: Any, least: int) -> IntegerField:
    return IntegerField(label, [Optional(), WholeNumber(least, LONGEST)])


def _unit() -> SelectField:
    return SelectField(
        _l("Counted in"), choices=words.choices("limit"), default=LimitUnit.HOURS.value
    )


def _tell(label: Any) -> SelectField:
    people = [SelectChoice(str(tell), shown) for tell, shown in TELLS.items()]
    return SelectField(label, choices=[SelectChoice("", _l("nobody")), *people], default="")


class RulePart(HouseForm):
    """One line of the policy; it counts only when its limit has an amount."""

    class Meta(HouseForm.Meta):
        """A part of another form: that one carries the token."""

        csrf = False

    amount = _amount(_l("Limit"), 1)
    unit = _unit()
    is_pausable = BooleanField(_l("Pauses while the complainant is asked"))
    warn_percent = IntegerField(
        _l("Warning at percent"),
        [Optional(), WholeNumber(1, 100)],
        default=75,
    )
    tell1, after1, unit1 = _tell(_l("When late, tell")), _amount(_l("After"), 0), _unit()
    tell2, after2, unit2 = _tell(_l("Then tell")), _amount(_l("After"), 0), _unit()
    tell3, after3, unit3 = _tell(_l("At last tell")), _amount(_l("After"), 0), _unit()
    source = line_field(_l("Source"), 160)

    @property
    def counts(self) -> bool:
        """Was a limit written, well or badly?"""
        typed = self.amount.raw_data
        return bool(typed[0].strip()) if typed else self.amount.data is not None

    @property
    def rungs(self) -> list[tuple[SelectField, IntegerField, SelectField]]:
        """The fields of each step of the ladder."""
        return [(self[f"tell{n}"], self[f"after{n}"], self[f"unit{n}"]) for n in STEPS]

    def rule(self, key: Key) -> Rule:
        """The part as the domain takes it; a step without an amount is at the breach itself."""
        clock, grade = key
        steps = tuple(
            Step(Limit(after.data or 0, LimitUnit(unit.data)), Tell(tell.data))
            for tell, after, unit in self.rungs
            if tell.data
        )
        return Rule(
            clock,
            grade,
            Limit(self.amount.data, LimitUnit(self.unit.data)),
            self.is_pausable.data,
            (self.warn_percent.data or 100) / 100,
            steps,
            self.source.data or "",
        )


class PolicyForm(AdminForm):
    """A whole policy. *version* is the one published last when the form was opened."""

    starts_on = DateField(_l("In force from, date"), [Optional(), sensible_year])
    starts_time = TimeField(_l("In force from, time"), [Optional()])
    note = StringField(_l("Why is it changed?"), [Length(max=500)])
    parts: dict[Key, RulePart]

    @classmethod
    def starting_from(cls, rules: Iterable[Rule], newest: PolicyVersion) -> PolicyForm:
        """The form filled with these *rules*."""
        form = cls(version=str(newest.id))
        filled = {(rule.clock, rule.grade): _as_written(rule) for rule in rules}
        form.parts = {
            key: RulePart(prefix=f"{key[0]}-{key[1] or 'any'}-", data=filled.get(key, {}))
            for key in _keys()
        }
        return form

    def of_clock(self, clock: ClockKind) -> list[tuple[str, RulePart]]:
        """The lines of a clock by grade: the one for any grade first."""
        return [(grade, self.parts[clock, grade]) for grade in (ANY_GRADE, *GRADES)]

    @property
    def starts_at(self) -> datetime | None:
        """The moment typed, aware; None means at once."""
        if self.starts_on.data is None or self.starts_time.data is None:
            return None
        return moment_typed(self.starts_on.data, self.starts_time.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Every line that counts must be in order; a beginning needs a day and an hour, or neither."""
        in_order = bool(super().validate(extra_validators))
        if (self.starts_on.data is None) != (self.starts_time.data is None):
            missing = self.starts_time if self.starts_on.data else self.starts_on
            missing.errors = [*missing.errors, _l("Write both the date and the time, or neither.")]
            in_order = False
        for key, part in self._counting():
            if not part.validate():
                for field in part:
                    for sentence in field.errors:
                        self._complain(key, f"{field.label.text}: {sentence}")
                in_order = False
        return in_order

    def rules(self) -> list[Rule]:
        """The form as the domain takes it."""
        return [part.rule(key) for key, part in self._counting()]

    def take_errors(self, invalid: Invalid) -> None:
        """What concerns one line goes to its limit, and is named above the form too."""
        rest = {}
        for name, sentence in invalid.fields.items():
            clock, _dot, grade = name.partition(".")
            key = (ClockKind(clock), grade) if clock in set(ClockKind) else None
            if key in self.parts:
                amount = self.parts[key].amount
                amount.errors = [*amount.errors, sentence]
                self._complain(key, sentence)
            else:
                rest["starts_on" if name == "effective_from" else name] = sentence
        super().take_errors(Invalid(rest))

    def _counting(self) -> Iterator[tuple[Key, RulePart]]:
        return ((key, part) for key, part in self.parts.items() if part.counts)

    def _complain(self, key: Key, sentence: Any) -> None:
        self.form_errors.append(f"{line_name(*key)}: {sentence}")

    def _compare(self, row: Any) -> Iterator[Difference]:
        """What was published meanwhile, beside what was typed here, line by line."""
        for change in compare(row.rules, self.rules()):
            named = line_name(change.clock, change.grade)
            yield Difference(named, rule_words(change.before), rule_words(change.after))


def as_row(version: PolicyVersion) -> SimpleNamespace:
    """A version as ``AdminForm.saves`` takes the row that somebody else wrote."""
    return SimpleNamespace(version=version.id, rules=rules_of(version.id))


def _keys() -> Sequence[Key]:
    return [(clock, grade) for clock in ClockKind for grade in (ANY_GRADE, *GRADES)]


def _as_written(rule: Rule) -> dict[str, Any]:
    """A rule under the names of the form's fields."""
    written: dict[str, Any] = {
        "amount": rule.limit.amount,
        "unit": rule.limit.unit.value,
        "is_pausable": rule.is_pausable,
        "warn_percent": round(rule.warn_share * 100),
        "source": rule.source,
    }
    for number, step in zip(STEPS, rule.steps, strict=False):
        written |= {
            f"tell{number}": step.tell.value,
            f"after{number}": step.after.amount,
            f"unit{number}": step.after.unit.value,
        }
    return written
