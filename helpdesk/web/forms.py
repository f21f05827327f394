"""The form every form of the house comes from, and the fields and checks that many of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import (
    BooleanField,
    DateField,
    Field,
    Form,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.validators import Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.accounts.standing_in import today
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.sla.holiday_editing import BEYOND_YEARS, YEARS
from helpdesk.web.typed import DAYS_TYPED, LONGEST_TEXT, tidy, whole_number
from helpdesk.web.wtforms_sentences import CatalogueSentences

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Facts = TypeVar("Facts", bound="DataclassInstance")
EARLIEST_YEAR = 1950  # of anything that somebody complains about
_SALT_OF_TOKENS = "wtf-csrf-token"  # Flask-WTF's own


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed: what stands there *now*, and what was *typed* here."""

    label: Any
    now: Any
    typed: Any


class Ticks(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HouseForm(FlaskForm):
    """A form in the reader's language whose CSRF token lives as long as the session."""

    class Meta(FlaskForm.Meta):
        """What all forms share."""

        csrf_time_limit = None

        def get_translations(self, form: Form) -> CatalogueSentences:
            """Our catalogue, whatever the language."""
            return CatalogueSentences()

        def bind_field(self, form: Form, unbound_field: UnboundField, options: Any) -> Field:
            """Every day may be typed in each of the ways in which people write one."""
            if issubclass(unbound_field.field_class, DateField):
                options = {**options, "format": DAYS_TYPED}
            return super().bind_field(form, unbound_field, options)

    @property
    def was_drawn_here(self) -> bool:
        """Does it carry a token that we signed, for whatever session?

        A page that stays open outlives its session; whoever never opened one has no such token.
        """
        if not self.meta.csrf:
            return True
        signed = URLSafeTimedSerializer(self.meta.csrf_secret, salt=_SALT_OF_TOKENS)
        try:
            signed.loads(self.csrf_token.data or "")
        except BadData:
            return False
        return True

    def take_errors(self, invalid: Invalid) -> None:
        """Show what a domain's verb refused beside the fields it named; the rest above the form."""
        for field_name, sentence in invalid.fields.items():
            field = self._fields.get(field_name)
            if field is None:
                self.form_errors.append(sentence)
            else:
                field.errors = [*field.errors, sentence]


class EditForm(HouseForm):
    """A form whose row carries a version, with an answer to "somebody else was faster"."""

    version = HiddenField(default="1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []

    @property
    def seen_version(self) -> int:
        """The version that was shown when the form was opened; -1 fits none."""
        seen = whole_number(str(self.version.data or ""))
        return -1 if seen is None else seen

    def as_facts(self, kind: type[Facts]) -> Facts:
        """The form in order as the domain takes it: the fields of *kind* are called as those of the form."""
        return kind(**{one.name: self[one.name].data for one in fields(kind)})

    def saves(self, verb: Callable[[], object], *, row: Any = None) -> bool:
        """Call *verb* when the form was sent and is in order; False with its refusal on the form.

        On a conflict the newest state of *row* is put beside what was typed, and sending again
        overwrites knowingly.
        """
        if not self.validate_on_submit():
            return False
        try:
            verb()
        except Invalid as invalid:
            self.take_errors(invalid)
        except Conflict as conflict:
            self.form_errors.append(conflict.reason)
            self.differences = [] if row is None else list(self._compare(row))
            self.version.data = self.version.data if row is None else str(row.version)
        except Refused as refusal:
            self.form_errors.append(refusal.reason)
        else:
            return True
        return False

    def _compare(self, row: Any) -> Iterable[Difference]:
        for field in self:
            if field.name == "version" or not hasattr(row, field.name):
                continue
            theirs = getattr(row, field.name)
            if (theirs or "") != (field.data or ""):
                yield Difference(
                    str(field.label.text), _shown(field, theirs), _shown(field, field.data)
                )


def page(template: str, form: HouseForm, **values: object) -> ResponseReturnValue:
    """The page with its form; 409 when somebody was faster, 422 when something is to be put right."""
    differences = getattr(form, "differences", [])
    status = 409 if differences else 422 if form.errors else 200
    return render_template(template, form=form, **values), status


def _shown(field: Field, value: Any) -> str:
    if isinstance(field, SelectField):
        words = {field.coerce(code): str(word) for code, word in field.choices}
        return words.get(value, str(value))
    if isinstance(value, bool):
        return str(_l("yes") if value else _l("no"))
    return str(value or "–")


class SendAgainForm(HouseForm):
    """To send a message again that failed; *is_sure* is asked only where mail came back from the address."""

    is_sure = BooleanField(_l("I have made sure that this address is right."))


def line_field(label: Any, most: int, *validators: Any) -> StringField:
    """A line of text of at most *most* characters, as its column holds them."""
    return StringField(label, [*validators, Length(max=most)], filters=[tidy])


def text_field(label: Any, most: int = LONGEST_TEXT, *validators: Any) -> TextAreaField:
    """A text of several lines, likewise."""
    return TextAreaField(label, [*validators, Length(max=most)], filters=[tidy])


class WholeNumber(NumberRange):
    """A whole number from *least* to *most*; whatever was typed instead, the sentence names both."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__(least, most, _l("Write a whole number from %(min)s to %(max)s."))

    def __call__(self, form: Form, field: Field) -> None:
        """Raise ValidationError for what is none, or lies outside."""
        field.errors = []  # that it is no number says less
        super().__call__(form, field)


def sensible_year(_form: Form, field: DateField) -> None:
    """A year that somebody can mean; far beyond it there is no moment to count from."""
    if field.data and field.data.year not in YEARS:
        raise ValidationError(BEYOND_YEARS)


def must_be_past(day: date | None, sentence: Any) -> None:
    """Raise ValidationError for a day to come, with this *sentence*, and for a year that was mistyped."""
    if day is None:  # unreadable, and said so already
        return
    if day > today():
        raise ValidationError(sentence)
    if day.year < EARLIEST_YEAR:
        raise ValidationError(_l("Please check the year."))


class HoneypotMixin:
    """For public forms: a field that people never see.

    A robot that fills it in is answered as if all were well.
    """

    website = StringField(_l("Leave this empty"), default="")

    @property
    def is_robot(self) -> bool:
        """Was the unseen field filled in?"""
        return bool((self.website.data or "").strip())
