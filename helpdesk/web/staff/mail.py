"""A mail as it came: for customer care, with its words and its look, and the original as a file.

Its HTML was sanitised when it was read, and is shown in a frame of its own that runs nothing, loads nothing from
elsewhere and belongs to no origin: two walls, because either could have a hole.
"""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.mail_access import APART, RECONSIDERED, find_mail
from helpdesk.intake.mail_reading import read_original
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.lib.examined_files import closed_among
from helpdesk.lib.mail.message import ReadMail
from helpdesk.tickets.access import find_for
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.closed_files import refuse_closed
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_stored
from helpdesk.web.mail_words import KINDS_APART, checks_in_words, why_apart
from helpdesk.web.staff import door
from helpdesk.web.staff.framing import in_frame, with_frame


@door.get("/surel/<int:mail_id>")
def mail(mail_id: int) -> ResponseReturnValue:
    """One mail on its own page."""
    actor = current_actor()
    row = find_mail(actor, mail_id)
    number = number_seen(row, actor)
    return mail_page(
        "staff/mail.html",
        row,
        number=number,
        back=url_for("staff.ticket", number=number) if number else _list_of(row),
        why=why_apart(row.reason) if row.fate in APART else None,
        may_reconsider=row.fate in RECONSIDERED,
    )


def _list_of(row: Inbound) -> str:
    """The list on which a mail without a ticket stands."""
    kind = next((one for one in KINDS_APART if one.fate == row.fate), None)
    return url_for("staff.quarantine", keadaan=kind.name_in_url if kind else None)


@door.get("/surel/<int:mail_id>/isi")
def mail_html(mail_id: int) -> Response:
    """The sanitised HTML alone, for the frame."""
    read = _read(_noted(find_mail(current_actor(), mail_id)))
    if read is None or not read.html:
        raise NotFound
    answer = in_frame(render_template("staff/mail_html.html", html=read.html), styles="'self'")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@door.get("/surel/<int:mail_id>/asli.eml")
def mail_original(mail_id: int) -> Response:
    """The bytes as they came; who takes them along is noted before they are sent."""
    actor = current_actor()
    row = find_mail(actor, mail_id)
    digest, subject = row.raw_digest, _subject_of(row)
    refuse_closed(closed_among([digest]))
    unit_of_work(lambda: _note("mail_downloaded", actor, subject, mail_id))
    return send_stored(digest, f"email-{mail_id}.eml", "message/rfc822")


def mail_page(
    template: str, row: Inbound, *, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """Draw *template* with the mail of *row*."""
    row = _noted(row)
    read = _read(row)
    page = render_template(
        template,
        row=row,
        mail=read,
        checks=checks_in_words(read.checks) if read else "",
        closed=closed_among([row.raw_digest]).get(row.raw_digest),
        frame_url=url_for("staff.mail_html", mail_id=row.id) if read and read.html else "",
        **values,
    )
    return with_frame(page, status)


def named_ticket(row: Inbound, actor: Actor) -> Ticket | None:
    """The ticket that the mail is on, or names; None for whoever may not see that one."""
    if row.ticket_id is None:
        return None
    try:
        return find_for(actor, number_of(db.session.get_one(Ticket, row.ticket_id)))
    except NotFound:
        return None


def number_seen(row: Inbound, actor: Actor) -> str:
    """Its number; empty where the reader may not see it."""
    found = named_ticket(row, actor)
    return number_of(found) if found else ""


def _read(row: Inbound) -> ReadMail | None:
    """The mail; None when its bytes are gone, which the page then says."""
    try:
        return read_original(row)
    except NotFound:
        return None


def _noted(row: Inbound) -> Inbound:
    """The row; where it is about a restricted complaint it is noted first who reads it."""
    ticket = db.session.get(Ticket, row.ticket_id) if row.ticket_id else None
    if ticket is None or ticket.access != Access.RESTRICTED:
        return row
    actor, subject, row_id = current_actor(), _subject_of(row), row.id
    unit_of_work(lambda: _note("read_restricted", actor, subject, row_id))
    return find_mail(current_actor(), row_id)


def _subject_of(row: Inbound) -> tuple[str, int]:
    return ("ticket", row.ticket_id) if row.ticket_id else ("inbox", row.id)


def _note(act: str, actor: Actor, subject: tuple[str, int], mail_id: int) -> None:
    trail.record(act, by=actor, subject=subject, details={"mail_id": mail_id})
