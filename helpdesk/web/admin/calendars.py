"""Deadlines as they are promised, the hours that count, and the days that do not."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.organisation import local_zone
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.sla import calendar_editing, policies
from helpdesk.sla.listing import calendar_sheets, holidays_in
from helpdesk.sla.models import Holiday, HolidayKind
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, page
from helpdesk.web.doors import current_actor

YEARS = range(2020, 2100)
KINDS: dict[str, Any] = {
    HolidayKind.NATIONAL: _l("National holiday"),
    HolidayKind.COLLECTIVE: _l("Collective leave"),
    HolidayKind.LOCAL: _l("Our own day off"),
}
CLOCKS: dict[str, Any] = {
    "triage": _l("Grading"),
    "dispose": _l("Sending to a unit"),
    "hop": _l("Work of a unit"),
    "answer": _l("Answer (national indicator)"),
    "resolve": _l("Resolution"),
    "confirm": _l("Closing without a word from the complainant"),
}
TELLS: dict[str, Any] = {
    "unit_head": _l("head of unit"),
    "supervisor": _l("customer-care supervisor"),
    "leadership": _l("leadership"),
}


class HolidayForm(AdminForm):
    """A day on which nobody works."""

    on = DateField(_l("Day"), [InputRequired()])
    kind = SelectField(_l("Kind"), choices=list(KINDS.items()), default=HolidayKind.LOCAL.value)
    name_id = StringField(_l("Name in Indonesian"), [InputRequired(), Length(max=160)])
    name_en = StringField(_l("Name in English"), [Length(max=160)])

    def add(self) -> None:
        """Close the day for all calendars that observe its kind."""
        holiday = calendar_editing.add_holiday(
            self.on.data,
            kind=HolidayKind(self.kind.data),
            name_id=self.name_id.data.strip(),
            name_en=(self.name_en.data or self.name_id.data).strip(),
        )
        _note("holiday_added", holiday)


@door.get("/batas-waktu")
def policy_list() -> ResponseReturnValue:
    """The promises in force, and the versions before and to come."""
    current = policies.current_version(clock.now())
    return render_template(
        "admin/policies.html",
        current=current,
        rules=policies.rules_of(current.id),
        versions=policies.versions(),
        clocks=CLOCKS,
        tells=TELLS,
    )


@door.route("/kalender", methods=["GET", "POST"])
def calendar_list() -> ResponseReturnValue:
    """The hours of each calendar; the holidays of a year, and one more."""
    this_year = clock.now().astimezone(local_zone()).year
    asked = request.args.get("tahun", this_year, type=int)
    year = asked if asked in YEARS else this_year
    form = HolidayForm()
    if form.saves(form.add):
        flash(_("The day is closed. Deadlines that start from now on respect it."))
        return redirect(url_for("admin.calendar_list", tahun=form.on.data.year))
    return page(
        "admin/calendars.html",
        form,
        sheets=calendar_sheets(),
        holidays=holidays_in(year),
        year=year,
        kinds=KINDS,
    )


@door.post("/kalender/libur/<int:holiday_id>")
def switch_holiday(holiday_id: int) -> ResponseReturnValue:
    """Let a day count as closed, or as a working day after all."""
    holiday = calendar_editing.switch_holiday(holiday_id, on=request.form.get("on") == "1")
    _note("holiday_switched", holiday)
    flash(_("Saved."))
    return redirect(url_for("admin.calendar_list", tahun=holiday.on.year))


def _note(act: str, holiday: Holiday) -> None:
    """The calendars keep no trail of their own."""
    by = current_actor()
    trail.record(
        act,
        actor_id=by.user_id,
        actor_label=by.label,
        subject=("holiday", holiday.id),
        details={"after": {"on": holiday.on.isoformat(), "is_active": holiday.is_active}},
    )
