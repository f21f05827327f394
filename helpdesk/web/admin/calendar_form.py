"""The form of a calendar: its names, its zone and the hours of each weekday in one line of text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from helpdesk.lib.errors import Invalid
from helpdesk.lib.words import language_now
from helpdesk.sla.calendar import Span
from helpdesk.sla.calendar_editing import CalendarFacts
from helpdesk.sla.listing import CalendarSheet
from helpdesk.sla.written_hours import HoursNotUnderstood, read_hours, write_hours
from helpdesk.web.admin.forms import AdminForm

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _can_be_read(_form: Form, field: StringField) -> None:
    try:
        read_hours(field.data or "")
    except HoursNotUnderstood as error:
        raise ValidationError(
            _(
                "“%(part)s” is not understood, or overlaps. Write it as 07:30–12:00, 13:00–16:00.",
                part=error.part,
            )
        ) from error


def _hours(label: Any) -> StringField:
    return StringField(label, [Length(max=200), _can_be_read])


class CalendarForm(AdminForm):
    """What is written about a calendar; a weekday left empty is closed."""

    name_id = StringField(_l("Name in Indonesian"), [InputRequired(), Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    code = StringField(_l("Code"), [InputRequired(), Length(max=32)])
    zone = SelectField(_l("Time zone"))
    monday = _hours(_l("Monday"))
    tuesday = _hours(_l("Tuesday"))
    wednesday = _hours(_l("Wednesday"))
    thursday = _hours(_l("Thursday"))
    friday = _hours(_l("Friday"))
    saturday = _hours(_l("Saturday"))
    sunday = _hours(_l("Sunday"))
    observes_holidays = BooleanField(_l("Closed on national holidays and on our own days off"))
    observes_collective_leave = BooleanField(_l("Closed on collective leave too"))

    @property
    def week(self) -> list[StringField]:
        """The fields of the weekdays, Monday first."""
        return [self[name] for name in WEEKDAYS]

    def facts(self) -> CalendarFacts:
        """The form as the domain takes it."""
        spans: dict[int, list[Span]] = {
            weekday: read_hours(field.data or "") for weekday, field in enumerate(self.week)
        }
        return CalendarFacts(
            code=self.code.data,
            name_id=self.name_id.data,
            name_en=self.name_en.data or "",
            zone=self.zone.data,
            spans=spans,
            observes_holidays=self.observes_holidays.data,
            observes_collective_leave=self.observes_collective_leave.data,
        )

    def take_errors(self, invalid: Invalid) -> None:
        """What is wrong with the week as a whole stands at its first day."""
        fields = {
            "monday" if name == "spans" else name: said for name, said in invalid.fields.items()
        }
        super().take_errors(Invalid(fields))


def as_written(sheet: CalendarSheet) -> SimpleNamespace:
    """A calendar under the names of the form's fields, with its version."""
    calendar = sheet.calendar
    language = language_now()
    hours = {
        name: write_hours(day, language) for name, day in zip(WEEKDAYS, sheet.week, strict=True)
    }
    return SimpleNamespace(
        code=calendar.code,
        name_id=calendar.name_id,
        name_en=calendar.name_en,
        zone=calendar.zone,
        observes_holidays=calendar.observes_holidays,
        observes_collective_leave=calendar.observes_collective_leave,
        version=calendar.version,
        **hours,
    )
