"""Following a complaint: number and PIN, or the signed link; then its page, its files, its receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import Form
from wtforms.validators import InputRequired

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import number_prefix
from helpdesk.letters.drawing import title_of
from helpdesk.letters.shelf import render_letter
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.lib.limits_storage import count_in_unit, limited
from helpdesk.tickets import keys
from helpdesk.tickets.correspondence import find_own_letter, letters_to_complainant
from helpdesk.tickets.moves import Move
from helpdesk.tickets.number import Problem, TicketNumber, parse_number
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.own_contacts import is_out_of_reach
from helpdesk.tickets.papers import receipt_of
from helpdesk.tickets.questions import open_questions
from helpdesk.tickets.records import Attachment, Rating, TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.web import words
from helpdesk.web.closed_files import must_be_open
from helpdesk.web.downloads import send_pdf, send_stored
from helpdesk.web.forms import HouseForm, line_field, page
from helpdesk.web.once import draw_key
from helpdesk.web.public import door, keyring, sent_here
from helpdesk.web.public.keyring import with_key
from helpdesk.web.public.receiving import forget
from helpdesk.web.public.story import way_of
from helpdesk.web.public.track_forms import TrackForms, empty_words
from helpdesk.web.typed import digits_in


class KeyForm(HouseForm):
    """The two things that open a complaint."""

    number = line_field(_l("Complaint number"), 80, InputRequired())
    pin = line_field(_l("PIN"), 20, InputRequired())


@door.route("/lacak", methods=["GET", "POST"])
@limited("20/minute; 100/hour")
def track() -> ResponseReturnValue:
    """Ask for number and PIN. A wrong PIN and a number that does not exist are answered alike."""
    form = KeyForm(number=request.args.get("nomor", ""))
    if not form.validate_on_submit():
        return page("public/track.html", form)
    number = whole_number_in(form)
    if number is None:
        return page("public/track.html", form)
    ticket = _locked(number)
    if not keys.check_pin(ticket, digits_in(form.pin.data)) or ticket is None:
        count_in_unit("failed tracking", _COUNTED_FOR)
        form.form_errors.append(_WRONG)
        return page("public/track.html", form)
    keyring.add(ticket)
    return redirect(url_for("public.complaint", number=number_of(ticket)))


@door.get("/k/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """The signed link of messages and QR codes."""
    ticket = keys.ticket_of_link(token)
    keyring.add(ticket)
    return redirect(url_for("public.complaint", number=number_of(ticket)))


@door.get("/lacak/keluhan")
def latest() -> ResponseReturnValue:
    """The complaint that was opened last on this device."""
    numbers = keyring.numbers()
    if not numbers:
        return redirect(url_for("public.track"))
    return redirect(url_for("public.complaint", number=numbers[-1]))


@door.get("/lacak/keluhan/<number>")
@with_key
def complaint(number: str) -> ResponseReturnValue:
    """Where the complaint stands, and what its complainant can do now."""
    ticket, actor = keyring.fetch(number)
    return show(ticket, actor)


@door.post("/lacak/tutup")
def close() -> ResponseReturnValue:
    """Close every complaint on this device, for telephones and PCs that others use too."""
    keyring.drop_all()
    forget()
    sent_here.forget()
    flash(_("Closed on this device. With number and PIN you open it again."))
    return redirect(url_for("public.track"))


@door.get("/lacak/keluhan/<number>/tanda-terima.pdf")
@limited("20/minute", methods=("GET",))
@with_key
def receipt(number: str) -> ResponseReturnValue:
    """The receipt, without PIN."""
    ticket, _actor = keyring.fetch(number)
    return send_pdf(render_letter(receipt_of(ticket, say=words.word)), f"{number}.pdf")


@door.get("/lacak/keluhan/<number>/surat/<int:letter_id>")
@limited("20/minute", methods=("GET",))
@with_key
def letter(number: str, letter_id: int) -> ResponseReturnValue:
    """A letter of ours to the complainant, the proof that the Ombudsman asks for."""
    ticket, _actor = keyring.fetch(number)
    found = find_own_letter(ticket, letter_id)
    return send_pdf(render_letter(found), f"{title_of(found)}.pdf")


@door.get("/lacak/berkas/<int:file_id>")
def file(file_id: int) -> Response:
    """One file of a complaint that is open here, if its complainant may see it."""
    found = db.session.scalar(
        select(Attachment)
        .join(TicketEvent)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .where(
            Attachment.id == file_id,
            keyring.is_open_here(),
            Attachment.is_evidence.is_(False),
            TicketEvent.audience == "public",
        )
    )
    if found is None:
        raise NotFound
    must_be_open(found)
    return send_stored(found.shown_digest, found.name, found.media_type)


def show(ticket: Ticket, actor: Actor, *, refused: Form | None = None) -> ResponseReturnValue:
    """The page of *ticket*, with *refused* (a form of it that was not accepted) in its place."""
    questions = open_questions(ticket) if ticket.is_waiting else []
    rating = rating_of(ticket) if ticket.score is not None else None
    moves = moves_open_to(ticket, actor)
    way = way_of(ticket)
    drawn = render_template(
        "public/complaint.html",
        ticket=ticket,
        number=number_of(ticket),
        others=[other for other in keyring.numbers() if other != number_of(ticket)],
        way=way,
        moves=moves,
        questions=questions,
        letters=letters_to_complainant(ticket.id) if way.has_letters else [],
        rating=rating,
        refused=refused,
        forms=TrackForms(rating, refused),
        is_out_of_reach=Move.CHANGE_CONTACTS in moves and is_out_of_reach(ticket),
        empty_words=empty_words,
        draw_key=draw_key,
    )
    return drawn, 422 if refused is not None else 200


def rating_of(ticket: Ticket) -> Rating | None:
    """What was said of the present answer; an earlier one, before an objection, is over."""
    of_cycle = Rating.ticket_id == ticket.id, Rating.cycle == ticket.reopenings
    return db.session.scalar(select(Rating).where(*of_cycle))


_COUNTED_FOR = timedelta(hours=1)
_WRONG = _l(
    "Number and PIN do not belong together. Please check both. After ten wrong PINs it rests for "
    "one hour; the link in our message still works."
)


def whole_number_in(form: Any) -> TicketNumber | None:
    """The number, typed any way. Without its last digit a hint, and no word on what exists."""
    parsed = parse_number(form.number.data, prefix=number_prefix())
    if parsed.problem is None:
        return parsed.numbers[0]
    form.number.errors = [_HINTS[parsed.problem]]
    return None


_HINTS: dict[Problem, Any] = {
    Problem.INCOMPLETE: _l(
        "Please type the whole number with its last digit, such as KLH-26-00042-8."
    ),
    Problem.CHECKSUM: _l("A digit of the number is wrong or two are swapped. Please compare them."),
}


def _locked(number: TicketNumber) -> Ticket | None:
    """The ticket with its row locked: failures counted at one moment must not hide each other."""
    return db.session.scalar(
        select(Ticket)
        .where(Ticket.number_year == number.year, Ticket.number_seq == number.seq)
        .with_for_update()
    )
