"""Summaries: ask for one, watch it being made, read it, take it along as PDF or Excel."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.lib import clock
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.words import language_now
from helpdesk.monitoring.summaries import schedule
from helpdesk.monitoring.summaries.asking import (
    ask_for_summary,
    find_summary,
    newest_summaries,
    note_export,
    paper_of,
    period_of,
    try_again,
)
from helpdesk.monitoring.summaries.drawing import draw_page
from helpdesk.monitoring.summaries.shelf import Format, content_of, file_name_of
from helpdesk.monitoring.summaries.summary import Summary
from helpdesk.monitoring.summaries.wording import period_name
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import WORKBOOK, send_made
from helpdesk.web.forms import page
from helpdesk.web.leadership import door
from helpdesk.web.leadership.summary_forms import ScheduleForm, SummaryForm
from helpdesk.web.once import done_before
from helpdesk.web.typed import whole_number

MEDIA_TYPES: dict[Format, str] = {
    "pdf": "application/pdf",
    "xlsx": WORKBOOK,
}


@door.route("/ringkasan", methods=["GET", "POST"])
def summaries() -> ResponseReturnValue:
    """Ask for a summary, and find the earlier ones."""
    form, at = SummaryForm(), clock.now()
    form.offer(at, language_now(), request.args.get("periode"))
    if form.validate_on_submit():
        try:
            made = _ask(form)
        except Invalid as invalid:
            form.take_errors(invalid)
        else:
            return redirect(_url_of(made) if made else url_for("leadership.summaries"))
    shelf = newest_summaries(before_id=whole_number(request.args.get("sebelum")))
    return page(
        "leadership/summaries.html",
        form,
        shelf=shelf,
        named=_named,
        is_first="sebelum" not in request.args,
    )


@door.get("/ringkasan/<int:summary_id>")
def summary(summary_id: int) -> str:
    """The summary as a page; until it is ready, how far it is."""
    found = find_summary(summary_id)
    if not found.is_ready:
        return render_template("leadership/summary_progress.html", summary=found, named=_named)
    document = draw_page(paper_of(summary_id))
    return render_template(
        "leadership/summary.html", summary=found, document=document, named=_named
    )


@door.get("/ringkasan/<int:summary_id>/kemajuan")
def summary_progress(summary_id: int) -> Response:
    """How far it is, for a page that asks again and again; nothing when nothing changed."""
    found = find_summary(summary_id)
    answer = Response(render_template("leadership/_summary_state.html", summary=found))
    answer.set_etag(f"{found.status}-{found.progress}-{found.attempts}-{language_now()}")
    answer.make_conditional(request)
    return answer


@door.post("/ringkasan/<int:summary_id>/unduh/<any(pdf, xlsx):kind>")
@in_own_units
def download_summary(summary_id: int, kind: Format) -> Response:
    """The file, written into the audit trail before it leaves."""
    found, actor = find_summary(summary_id), current_actor()
    if not found.is_ready:
        raise NotFound
    content = content_of(found, kind)
    unit_of_work(lambda: note_export(find_summary(summary_id), kind, by=actor))
    return send_made(content, file_name_of(found, kind), MEDIA_TYPES[kind])


@door.post("/ringkasan/<int:summary_id>/ulangi")
def retry_summary(summary_id: int) -> ResponseReturnValue:
    """Try again what could not be built."""
    return redirect(_url_of(try_again(summary_id, by=current_actor())))


@door.route("/ringkasan/pengaturan", methods=["GET", "POST"])
def summary_settings() -> ResponseReturnValue:
    """Who compiles summaries, and who is told about the monthly one."""
    row = schedule.settings_row()
    form = ScheduleForm(obj=row, data={"readers": sorted(schedule.reader_ids())})
    form.offer()
    if form.saves(
        lambda: schedule.change_schedule(
            form.as_facts(schedule.Schedule),
            form.readers.data,
            version=form.seen_version,
            by=current_actor(),
        ),
        row=row,
    ):
        flash(_("Saved."))
        return redirect(url_for("leadership.summaries"))
    return page("leadership/summary_settings.html", form)


def _ask(form: SummaryForm) -> Summary | None:
    """The summary that was asked for; None when this very form was sent before."""
    wanted = form.wanted(clock.now())
    if done_before("summary", form.key, wanted.period, wanted.unit_id, wanted.language):
        return None
    return ask_for_summary(wanted, by=current_actor())


def _named(summary: Summary) -> str:
    return period_name(period_of(summary))


def _url_of(summary: Summary) -> str:
    return url_for("leadership.summary", summary_id=summary.id)
