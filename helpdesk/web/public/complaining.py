"""The public form: what happened, where, when, who may know, and how we answer."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.actor import Actor
from helpdesk.catalogue.choosing import offered_places
from helpdesk.intake.admission import Admitted, Outcome, admit
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.limits_storage import count_made, limited
from helpdesk.lib.once import was_remembered
from helpdesk.lib.uploads import Received
from helpdesk.tickets.papers import issue_receipt_of
from helpdesk.web import words
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import page
from helpdesk.web.locale import chosen_just_now
from helpdesk.web.once import draw_key
from helpdesk.web.public import door, keyring, receiving, sent_here, unadmitted
from helpdesk.web.public.complaint_form import ComplaintForm
from helpdesk.web.uploads_in_forms import keep_for_next_try


@door.route("/keluhan", methods=["GET", "POST"])
@in_own_units
# A whole hospital may stand behind one address: what is refused must not keep others from complaining.
@limited("10/minute; 120/hour", made="30/hour")
def complain() -> ResponseReturnValue:
    """Take a complaint, once; refused, it keeps every word and every file."""
    form, places = _form()
    if request.method == "GET":
        return _page(form, places)
    if form.is_robot:
        return redirect(url_for("public.received"))
    if chosen_just_now():
        return _otherwise(form, places)
    return _take(form, places)


def _take(form: ComplaintForm, places: list[tuple[str, str]]) -> ResponseReturnValue:
    form.validate()
    files = unadmitted.take_in(form.files, form.key, is_of_ours=form.was_drawn_here)
    form.must_tell(files)
    if not form.errors and (number := _sent_before(form)):
        return _received_before(number, form, files)
    admitted = None if form.errors else _admit(form, files)
    if admitted is None:
        keep_for_next_try(form.key, files)
        return _page(form, places, files)
    return _hand_over(admitted, form, files)


def _otherwise(form: ComplaintForm, places: list[tuple[str, str]]) -> ResponseReturnValue:
    """In another language, type or colour: everything typed and chosen stays, and nothing is looked at yet."""
    files = unadmitted.take_in(form.files, form.key, is_of_ours=form.was_drawn_here)
    keep_for_next_try(form.key, files)
    return _page(form, places, files)


@door.get("/t/<code>")
def at_place(code: str) -> ResponseReturnValue:
    """The short address of a QR poster. A code that is no place any more opens the form without one."""
    return redirect(url_for("public.complain", tempat=code))


def _hand_over(
    admitted: Admitted, form: ComplaintForm, files: list[Received]
) -> ResponseReturnValue:
    """To number and PIN, for the browser that sent the form, however often it sent it."""
    if admitted.outcome is Outcome.OPENED:
        count_made()
    if admitted.ticket.link_version > 1:
        # The PIN was replaced since, perhaps because of whoever sits at this browser: only it opens.
        return redirect(url_for("public.track"))
    if admitted.outcome is Outcome.CHANGED:
        return _already_sent(admitted, form, files)
    unadmitted.release()
    receiving.hand_over(admitted)
    sent_here.note(form.text.data or "", admitted.ticket)
    return redirect(url_for("public.received"))


def _form() -> tuple[ComplaintForm, list[tuple[str, str]]]:
    offered = offered_places()
    places = [(str(place.id), name_of(place)) for place in offered]
    by_code = {place.code: str(place.id) for place in offered}
    form = ComplaintForm(place_id=by_code.get(request.args.get("tempat", ""), ""))
    form.offer(places)
    return form, places


def _admit(form: ComplaintForm, files: list[Received]) -> Admitted | None:
    submission = form.submission(files)

    def unit() -> Admitted:
        admitted = admit(submission)
        if admitted.outcome is Outcome.OPENED:
            by = Actor.complainant(admitted.ticket.id)
            issue_receipt_of(admitted.ticket, say=words.word, by=by)
        return admitted

    try:
        return unit_of_work(unit)
    except Invalid as invalid:
        form.take_errors(invalid)
        return None
    except Conflict:  # another browser's form; what no row names would lie on the disk for ever
        keep_for_next_try(form.key, files)
        raise


def _already_sent(
    admitted: Admitted, form: ComplaintForm, files: list[Received]
) -> ResponseReturnValue:
    """The same page came back with other words: a message to the first, or a second complaint?"""
    keyring.add(admitted.ticket)
    message_key, complaint_key = draw_key(), draw_key()
    for key in (message_key, complaint_key):
        keep_for_next_try(key, files)
    drawn = render_template(
        "public/already_sent.html",
        form=form,
        number=admitted.number,
        files=files,
        message_key=message_key,
        complaint_key=complaint_key,
    )
    return drawn, 409


def _sent_before(form: ComplaintForm) -> str:
    """The number under which this browser sent the same words before, on another form; '' when they are new."""
    is_decided = request.form.get("decision") == "new"
    if is_decided or was_remembered(f"complaint/{form.key}"):
        return ""
    return sent_here.number_for(form.text.data or "")


def _received_before(
    number: str, form: ComplaintForm, files: list[Received]
) -> ResponseReturnValue:
    """The back button and the same words: it is with us already, unless it happened again."""
    keep_for_next_try(form.key, files)
    drawn = render_template("public/received_before.html", form=form, number=number, files=files)
    return drawn, 409


def _page(
    form: ComplaintForm, places: list[tuple[str, str]], files: list[Received] | None = None
) -> ResponseReturnValue:
    chosen = dict(places).get(form.place_id.data or "", "")
    came_by_poster = request.args.get("tempat") and request.method == "GET"
    return page(
        "public/complain.html",
        form,
        files=files or [],
        poster_place=chosen if came_by_poster else "",
    )
