"""The whole case as one PDF: what it will hold, asking for it (noted), waiting for a long one, fetching it."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, NotFound
from helpdesk.lib.storage import get_storage
from helpdesk.lib.words import language_now
from helpdesk.tickets import access, case_files
from helpdesk.tickets.case_file import (
    CaseFile,
    draw_case_file,
    gather,
    pictures_in,
    what_it_shows,
)
from helpdesk.tickets.case_files import CaseFileOrder
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf, send_stored
from helpdesk.web.forms import HouseForm, page
from helpdesk.web.staff import door
from helpdesk.web.staff.noting import note_act, note_reads
from helpdesk.web.staff.ticket import find_to_read


@door.route("/tiket/<number>/berkas-kasus", methods=["GET", "POST"])
@in_own_units
def case_file(number: str) -> ResponseReturnValue:
    """What the case file holds for this reader; asked for, a short one at once and a long one from the worker."""
    actor, form = current_actor(), HouseForm()
    if not form.validate_on_submit():
        ticket = find_to_read(actor, number) if request.method == "GET" else _find(number)
        return _page(ticket, form)
    unit_of_work(lambda: note_act("export_case_file", _find(number).id, actor))
    case = gather(_find(number), actor, language_now())
    if case_files.is_drawn_at_once(case):
        if note_reads(actor, case.picture.joined.tickets):
            case = gather(_find(number), actor, language_now())
        return send_pdf(draw_case_file(case, language_now()), _called(case.picture.number))
    unit_of_work(lambda: _order(number, case))
    return redirect(url_for("staff.case_file", number=number))


@door.get("/berkas-kasus/<int:order_id>/kemajuan")
def case_file_progress(order_id: int) -> ResponseReturnValue:
    """How far the worker is, as a fragment for the page that waits."""
    order, _ticket = case_files.find_order(order_id, current_actor())
    return render_template("staff/_case_file_progress.html", order=order)


@door.get("/berkas-kasus/<int:order_id>")
def case_file_pdf(order_id: int) -> Response:
    """A case file that the worker has built, for who asked for it, for a day."""
    actor = current_actor()
    order, ticket = case_files.find_order(order_id, actor)
    digest, number = order.pdf_digest or "", number_of(ticket)
    if not get_storage().exists(digest or "0" * 64):
        raise NotFound
    case = gather(_find(number), actor, order.language)
    if order.shows != what_it_shows(case):
        raise Conflict(
            _l("What you may read of this ticket has changed. Ask for the case file again.")
        )
    note_reads(actor, [case.picture.ticket, *case.picture.joined.tickets], case_file_id=order_id)
    return send_stored(digest, _called(number), "application/pdf")


def _page(ticket: Ticket, form: HouseForm) -> ResponseReturnValue:
    actor = current_actor()
    case = gather(ticket, actor, language_now())
    return page(
        "staff/case_file.html",
        form,
        ticket=ticket,
        number=number_of(ticket),
        scope=case.picture.scope,
        case=case,
        pictures=len(pictures_in(case)),
        is_drawn_at_once=case_files.is_drawn_at_once(case),
        order=case_files.newest_order(ticket.id, actor),
    )


def _order(number: str, case: CaseFile) -> CaseFileOrder:
    by = current_actor()
    return case_files.order_case_file(_find(number), case, language_now(), by=by)


def _find(number: str) -> Ticket:
    return access.find_for(current_actor(), number)


def _called(number: str) -> str:
    return f"{number}-berkas.pdf"
