"""The forms of the pages of summaries: what is wanted, and how the monthly one is made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired

from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.units import list_units
from helpdesk.lib.database import db
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.monitoring.summaries.asking import Wanted
from helpdesk.monitoring.summaries.schedule import possible_readers
from helpdesk.monitoring.summaries.wording import period_name
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import EditForm, HouseForm, Ticks, WholeNumber, line_field
from helpdesk.web.once import OnceMixin

MOST_OFFERED = {PeriodKind.MONTH: 36, PeriodKind.QUARTER: 12, PeriodKind.YEAR: 10}
_GROUPS = {
    PeriodKind.MONTH: _l("Months"),
    PeriodKind.QUARTER: _l("Quarters"),
    PeriodKind.YEAR: _l("Years"),
}


class SummaryForm(OnceMixin, HouseForm):
    """Which period, of whom, in which language."""

    period = SelectField(_l("Period"), [InputRequired()])
    unit_id = SelectField(_l("Of"), coerce=lambda value: int(value) if value else None)
    language = SelectField(_l("Language of the document"), choices=list(LANGUAGE_NAMES.items()))

    def offer(self, at: datetime, language: str, asked: str | None = None) -> None:
        """Fill the choices; chosen already is the period that was *asked* for, else last month."""
        this_month = Period.containing(at.astimezone(local_zone()).date())
        self.period.choices = _periods(this_month)
        units = [(unit.id, name_of(unit)) for unit in list_units()]
        self.unit_id.choices = [("", _("The whole organisation")), *units]
        if not self.is_submitted():
            period = Period.parse(asked, default=this_month.before())
            self.period.data, self.language.data = str(period), language
            self.unit_id.data = None

    def wanted(self, at: datetime) -> Wanted:
        """The form as the domain takes it."""
        this_month = Period.containing(at.astimezone(local_zone()).date())
        return Wanted(
            Period.parse(self.period.data, default=this_month),
            self.unit_id.data,
            self.language.data,
        )


class ScheduleForm(EditForm):
    """When and by whom the monthly summary is made; *readers* are ids of people."""

    compiler_name = line_field(_l("Who compiles it"), 120)
    compiler_position = line_field(_l("Their position"), 120)
    compiler_id_number = line_field(_l("Their staff number, as printed"), 40)
    is_monthly = BooleanField(_l("Make a summary every month and tell the people below"))
    day = IntegerField(_l("On day"), [InputRequired(), WholeNumber(1, 28)])
    hour = IntegerField(_l("At hour"), [InputRequired(), WholeNumber(0, 23)])
    language = SelectField(_l("Language of the document"), choices=list(LANGUAGE_NAMES.items()))
    readers = Ticks(_l("Who is told"), coerce=int)

    def offer(self) -> None:
        """Fill the choices: the people to whom the page of summaries opens."""
        self.readers.choices = [
            (user.id, f"{user.full_name}, {user.position}" if user.position else user.full_name)
            for user in possible_readers()
        ]


def _periods(this_month: Period) -> dict[Any, list[tuple[str, str]]]:
    """Every period since the first complaint, the newest first, in groups by length."""
    first = db.session.scalar(select(func.min(Ticket.received_on))) or this_month.first_day
    groups = {}
    for kind, label in _GROUPS.items():
        one = Period.containing(this_month.first_day, kind)
        offered: list[tuple[str, str]] = []
        while len(offered) < MOST_OFFERED[kind] and one.last_day >= first:
            offered.append((str(one), period_name(one)))
            one = one.before()
        if kind is PeriodKind.MONTH and len(offered) == 1:
            offered.append((str(one), period_name(one)))  # the month before can always be asked for
        groups[label] = offered
    return groups
