"""Calendars: the hours that count, which units keep them, and how far deadlines have followed a change."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib.editing import find_row
from helpdesk.sla import calendar_editing
from helpdesk.sla.listing import calendar_sheet, calendar_sheets, units_keeping
from helpdesk.sla.models import Calendar
from helpdesk.tickets.recomputing import Progress, progress
from helpdesk.web.admin import door
from helpdesk.web.admin.calendar_form import CalendarForm, as_written
from helpdesk.web.admin.forms import tell, zone_choices
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import page


@door.get("/kalender")
def calendar_list() -> ResponseReturnValue:
    """The hours of each calendar and who keeps them."""
    sheets = calendar_sheets()
    return render_template(
        "admin/calendars.html",
        sheets=sheets,
        units=units_keeping(sheet.calendar.id for sheet in sheets),
        progress=progress_by_name(),
    )


@door.get("/kalender/kemajuan")
def recompute_progress() -> ResponseReturnValue:
    """The lines on deadlines that are being counted again, for a page that is open."""
    return render_template("admin/_progress.html", progress=progress_by_name())


@door.route("/kalender/baru", methods=["GET", "POST"])
def add_calendar() -> ResponseReturnValue:
    """A new calendar; it begins as the usual week does."""
    usual = as_written(calendar_sheets()[0])
    usual.code = usual.name_id = usual.name_en = ""
    usual.zone, usual.version = local_zone().key, 1
    form = CalendarForm(obj=usual)
    form.zone.choices = zone_choices(usual.zone)
    if form.saves(lambda: calendar_editing.add_calendar(form.facts(), by=current_actor())):
        flash(_("%(name)s is added. Give it to units on their own pages.", name=form.name_id.data))
        return redirect(url_for("admin.calendar_list"))
    return page("admin/calendar.html", form, sheet=None)


@door.route("/kalender/<int:calendar_id>", methods=["GET", "POST"])
def edit_calendar(calendar_id: int) -> ResponseReturnValue:
    """What is written about a calendar."""
    sheet = calendar_sheet(find_row(Calendar, calendar_id))
    written = as_written(sheet)
    form = CalendarForm(obj=written)
    form.zone.choices = zone_choices(written.zone)
    if form.saves(
        lambda: calendar_editing.edit_calendar(
            calendar_id, form.facts(), version=form.seen_version, by=current_actor()
        ),
        row=written,
    ):
        flash(_("Saved. Running deadlines are now counted again under these hours."))
        return redirect(url_for("admin.calendar_list"))
    return page(
        "admin/calendar.html",
        form,
        sheet=sheet,
        units=units_keeping([calendar_id]).get(calendar_id, []),
    )


@door.post("/kalender/<int:calendar_id>/utama")
def make_default_calendar(calendar_id: int) -> ResponseReturnValue:
    """From now on for whatever has no calendar of its own."""
    by = current_actor()
    tell(
        lambda: calendar_editing.make_default(calendar_id, by=by),
        _("It is the usual one for whatever starts from now on."),
    )
    return redirect(url_for("admin.edit_calendar", calendar_id=calendar_id))


@door.post("/kalender/<int:calendar_id>/tutup")
def close_calendar(calendar_id: int) -> ResponseReturnValue:
    """Switched off: its units keep the usual one."""
    by = current_actor()
    tell(
        lambda: calendar_editing.switch_calendar(calendar_id, on=False, by=by),
        _("It is switched off. Its units keep the usual hours; running deadlines stay."),
    )
    return redirect(url_for("admin.edit_calendar", calendar_id=calendar_id))


@door.post("/kalender/<int:calendar_id>/buka")
def open_calendar(calendar_id: int) -> ResponseReturnValue:
    """Switched on again."""
    calendar_editing.switch_calendar(calendar_id, on=True, by=current_actor())
    flash(_("It is switched on again."))
    return redirect(url_for("admin.edit_calendar", calendar_id=calendar_id))


def progress_by_name() -> dict[str, Progress]:
    """How far the deadlines of each changed calendar have been counted again; empty when all are."""
    running = progress()
    if not running:
        return {}
    return {
        name_of(sheet.calendar): running[sheet.calendar.id]
        for sheet in calendar_sheets()
        if sheet.calendar.id in running
    }
