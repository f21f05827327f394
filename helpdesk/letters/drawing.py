"""A letter's fields as a PDF: words from its template, always in the letter's own language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_date
from flask import current_app
from flask_babel import force_locale, get_locale, gettext

from helpdesk.accounts.organisation import local_zone
from helpdesk.letters.letter import Letter, LetterKind, from_facts
from helpdesk.lib.database import in_transaction
from helpdesk.lib.pdf import render_pdf
from helpdesk.lib.qr import qr_svg

STYLESHEETS = ("css/paper.css",)


def draw(letter: Letter, *, pin: str = "", link: str = "") -> bytes:
    """Draw *letter* anew, the same bytes for the same letter; *pin* and *link* go to paper only.

    Takes about a second. Raises RuntimeError inside a unit of work: nobody waits for a drawing
    while holding the only write lock.
    """
    if in_transaction():
        raise RuntimeError("a letter is drawn before or after a unit of work, never inside")
    with force_locale(letter.language):
        title = title_of(letter)
        html = _words_of(letter, title=title, pin=pin, link=link)
    return render_pdf(
        html,
        title=title,
        lang=letter.language,
        stylesheets=STYLESHEETS,
        created_at=letter.created_at,
    )


def title_of(letter: Letter) -> str:
    """What the document is called in the language of the moment: *Tanda terima pengaduan KLH-…*."""
    if letter.kind == LetterKind.RECEIPT:
        return str(gettext("Complaint receipt %(number)s", number=letter.number))
    return str(gettext("Disposition sheet %(number)s", number=letter.number))


def _words_of(letter: Letter, **more: Any) -> str:
    """The body as HTML. Straight from the environment: what pages add (the signed-in user, the
    reader's theme) must not reach a letter, or two readers would get different ones."""
    fields = from_facts(letter.fields)
    template = current_app.jinja_env.get_template(f"letters/{letter.kind}.html")
    address = more["link"] or fields.get("track_url") or fields.get("ticket_url")
    qr = qr_svg(address, title=gettext("QR code"), description=address) if address else ""
    return str(template.render(letter=letter, fields=fields, qr=qr, dated=_dated, **more))


def _dated(at: datetime) -> str:
    """The day as beside a signature, without its weekday: *20 November 2026*."""
    here = at.astimezone(local_zone())
    return str(format_date(here.date(), "d MMMM y", locale=get_locale()))
