"""Holidays: the table of a year, one more day, files in and out, and what the library proposes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib import clock
from helpdesk.lib.errors import Invalid
from helpdesk.sla import holiday_editing
from helpdesk.sla.holiday_calendar_file import write_events
from helpdesk.sla.holiday_editing import YEARS, DayOff
from helpdesk.sla.holiday_import import (
    MOST_BYTES,
    Foreseen,
    calendar_codes,
    day_of,
    foresee,
    lines_of,
    read_file,
    to_add,
)
from helpdesk.sla.holiday_table_file import write_table
from helpdesk.sla.listing import active_calendars, holidays_in
from helpdesk.sla.models import HolidayKind
from helpdesk.sla.public_holidays import public_holidays
from helpdesk.web.admin import door
from helpdesk.web.admin.calendars import progress_by_name
from helpdesk.web.admin.forms import AdminForm, offer, one_or_none
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_made
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import page

SHOWN_YEARS = YEARS[1:-1]  # each with a neighbour to go on to
CSV, ICALENDAR = "text/csv", "text/calendar"
KINDS: dict[str, Any] = {
    HolidayKind.NATIONAL: _l("National holiday"),
    HolidayKind.COLLECTIVE: _l("Collective leave"),
    HolidayKind.LOCAL: _l("Our own day off"),
}


class HolidayForm(AdminForm):
    """A day on which nobody works."""

    on = DateField(_l("Day"), [InputRequired()])
    kind = SelectField(_l("Kind"), choices=list(KINDS.items()), default=HolidayKind.LOCAL.value)
    name_id = StringField(_l("Name in Indonesian"), [InputRequired(), Length(max=160)])
    name_en = StringField(_l("Name in English"), [Length(max=160)])
    calendar_id = one_or_none(_l("Applies to calendar"), _l("every calendar that keeps holidays"))

    def offer(self) -> None:
        """Offer all calendars together, and each by itself."""
        each = [(one.id, name_of(one)) for one in active_calendars() if one.observes_holidays]
        offer(self.calendar_id, each)

    def add(self) -> None:
        """Close the day."""
        day = DayOff(
            on=self.on.data,
            kind=HolidayKind(self.kind.data),
            name_id=self.name_id.data,
            name_en=self.name_en.data or "",
            calendar_id=self.calendar_id.data,
        )
        holiday_editing.add_holiday(day, by=current_actor())


class FileForm(AdminForm):
    """A list of holidays as a file."""

    file = FileField(_l("File"))
    kind = SelectField(
        _l("Kind of the days that do not say their own"),
        choices=list(KINDS.items()),
        default=HolidayKind.NATIONAL.value,
    )
    foreseen: Sequence[Foreseen] = ()

    def read(self) -> None:
        """Look into the file. Raises Invalid."""
        if not self.file.data:
            raise Invalid({"file": _l("Choose a file (CSV or iCalendar).")})
        content = self.file.data.stream.read(MOST_BYTES + 1)
        otherwise = HolidayKind(self.kind.data)
        self.foreseen = foresee(read_file(content, otherwise=otherwise, zone=local_zone()))


@door.route("/kalender/libur", methods=["GET", "POST"])
def holiday_list() -> ResponseReturnValue:
    """The days off of a year, and one more."""
    year = _year_asked()
    form = HolidayForm()
    form.offer()
    if form.saves(form.add):
        flash(_("The day is closed. Running deadlines are now counted again."))
        return redirect(url_for("admin.holiday_list", tahun=form.on.data.year))
    return page(
        "admin/holidays.html",
        form,
        holidays=holidays_in(year),
        year=year,
        kinds=KINDS,
        calendars={one.id: one for one in active_calendars()},
        progress=progress_by_name(),
    )


@door.post("/kalender/libur/<int:holiday_id>")
def switch_holiday(holiday_id: int) -> ResponseReturnValue:
    """Let a day count as closed, or as a working day after all."""
    holiday = holiday_editing.switch_holiday(
        holiday_id, on=request.form.get("on") == "1", by=current_actor()
    )
    flash(_("Saved. Running deadlines are now counted again."))
    return redirect(url_for("admin.holiday_list", tahun=holiday.on.year))


@door.get("/kalender/libur/unduh")
def export_holidays() -> ResponseReturnValue:
    """The days of a year that count as closed, as a CSV or iCalendar file."""
    year, codes = _year_asked(), calendar_codes()
    days = [day_of(holiday) for holiday in holidays_in(year) if holiday.is_active]
    if request.args.get("sebagai") == "ics":
        title = _("Holidays %(year)s", year=year)
        return send_made(write_events(days, codes, title=title), f"libur-{year}.ics", ICALENDAR)
    # The mark at the beginning lets spreadsheets know that it is UTF-8.
    table = ("\ufeff" + write_table(days, codes)).encode()
    return send_made(table, f"libur-{year}.csv", CSV)


@door.route("/kalender/libur/impor", methods=["GET", "POST"])
def import_holidays() -> ResponseReturnValue:
    """A file of days off: first what would become of each line. Writes nothing."""
    form = FileForm()
    if form.saves(form.read):
        return _preview(form.foreseen, source=form.file.data.filename)
    return page("admin/holiday_import.html", form)


@door.get("/kalender/libur/usulan")
def proposed_holidays() -> ResponseReturnValue:
    """What the library knows of a year, beside what the table has. Writes nothing."""
    year = _year_asked()
    foreseen = foresee(lines_of(public_holidays([year])))
    return _preview(foreseen, source=_("the calculated list of %(year)s", year=year), year=year)


@door.post("/kalender/libur/impor/simpan")
def keep_import() -> ResponseReturnValue:
    """Add the days that the preview showed as new."""
    content = request.form.get("table", "").encode()
    try:
        lines = read_file(content, otherwise=HolidayKind.LOCAL, zone=local_zone())
    except Invalid as invalid:
        flash(invalid.fields["file"], "warn")
        return redirect(url_for("admin.import_holidays"))
    added = holiday_editing.add_missing(to_add(foresee(lines)), by=current_actor())
    said = ngettext("%(num)d day is added.", "%(num)d days are added.", len(added))
    flash(" ".join((said, _("Running deadlines are now counted again."))) if added else said)
    year = min((holiday.on.year for holiday in added), default=None)
    return redirect(url_for("admin.holiday_list", tahun=year))


def _preview(foreseen: Sequence[Foreseen], **about: object) -> ResponseReturnValue:
    new = to_add(foreseen)
    return render_template(
        "admin/holiday_preview.html",
        foreseen=foreseen,
        counts=Counter(one.fate for one in foreseen),
        new=new,
        table=write_table(new, calendar_codes()),
        kinds=KINDS,
        **about,
    )


def _year_asked() -> int:
    this_year = clock.now().astimezone(local_zone()).year
    asked = request.args.get("tahun", this_year, type=int)
    return asked if asked in SHOWN_YEARS else this_year
