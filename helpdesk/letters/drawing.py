"""A letter's fields as a PDF: words from its template, always in the letter's own language."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from babel.dates import format_date
from flask import current_app
from flask_babel import force_locale, get_locale, gettext

from helpdesk.accounts.organisation import local_zone
from helpdesk.letters.letter import Letter, LetterKind, from_facts
from helpdesk.letters.wording import blocks_of, filled
from helpdesk.lib.database import in_transaction
from helpdesk.lib.media_types import kind_of
from helpdesk.lib.pdf import render_pdf, render_roll
from helpdesk.lib.qr import qr_svg
from helpdesk.lib.storage import get_storage

STYLESHEETS = ("css/paper.css",)
ROLL_STYLESHEETS = ("css/roll.css",)
ROLL_WIDTH = 80  # mm; such a printer leaves four at each side


class Paper(StrEnum):
    """What is printed on: sheets, or the 80 mm roll of a receipt printer."""

    A4 = "a4"
    ROLL = "roll"


def draw(
    letter: Letter,
    *,
    pin: str = "",
    link: str = "",
    blocks: Mapping[str, str] | None = None,
    paper: Paper = Paper.A4,
) -> bytes:
    """Draw *letter* anew, the same bytes for the same letter.

    *pin* and *link* (the signed address of the track page, to which the QR code then leads) are for the copy of the
    person who complained, at the moment the complaint is taken in: drawn, and kept nowhere. A roll is for receipts
    alone.
    *blocks* are fixed words to be looked at in the place of the letter's own (see ``wording``).
    Takes about a second. Raises RuntimeError inside a unit of work: nobody waits for a drawing
    while holding the only write lock.
    """
    if in_transaction():
        raise RuntimeError("a letter is drawn before or after a unit of work, never inside")
    with force_locale(letter.language):
        title = title_of(letter)
        html = _words_of(letter, blocks, paper, title=title, pin=pin, link=link)
    if paper is Paper.ROLL:
        return render_roll(
            html,
            width=ROLL_WIDTH,
            title=title,
            lang=letter.language,
            stylesheets=ROLL_STYLESHEETS,
            created_at=letter.created_at,
        )
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
        if letter.fields.get("is_complaint", True):  # older ones do not say
            return str(gettext("Complaint receipt %(number)s", number=letter.number))
        kind = letter.fields["kind"]
        return str(gettext("Receipt %(number)s: %(kind)s", number=letter.number, kind=kind))
    if letter.kind == LetterKind.DISPOSITION_SHEET:
        return str(gettext("Disposition sheet %(number)s", number=letter.number))
    number = letter.number or gettext("draft")
    if letter.kind == LetterKind.CLOSING_NOTICE:
        return str(gettext("Closing notice %(number)s", number=number))
    if letter.kind == LetterKind.REQUEST:
        return str(gettext("Request for details %(number)s", number=number))
    if letter.kind == LetterKind.REFERRAL:
        return str(gettext("Referral %(number)s", number=number))
    return str(gettext("Reply letter %(number)s", number=number))


def _words_of(letter: Letter, blocks: Mapping[str, str] | None, paper: Paper, **more: Any) -> str:
    """The body as HTML. Straight from the environment: what pages add (the signed-in user, the
    reader's theme) must not reach a letter, or two readers would get different ones."""
    fields = from_facts(letter.fields)
    shape = "_roll" if paper is Paper.ROLL else ""
    template = current_app.jinja_env.get_template(f"letters/{letter.kind}{shape}.html")
    address = more["link"] or fields.get("track_url") or fields.get("ticket_url")
    qr = qr_svg(address, title=gettext("QR code"), description=address) if address else ""
    logo = picture_data(fields["letterhead"].get("logo_digest") or "")
    if blocks is None:
        blocks = blocks_of(letter.kind, letter.language, letter.wording_version)
    words = filled(blocks, organisation=fields["letterhead"]["organisation"], number=letter.number)
    return str(
        template.render(
            letter=letter, fields=fields, words=words, qr=qr, logo=logo, dated=_dated, **more
        )
    )


def picture_data(digest: str) -> str:
    """A stored picture as a ``data:`` address, which a document may load; empty when there is
    none."""
    storage = get_storage()
    if not digest or not storage.exists(digest):
        return ""
    with storage.open(digest) as file:
        content = file.read()
    return f"data:{kind_of(content).media_type};base64,{b64encode(content).decode()}"


def _dated(at: datetime) -> str:
    """The day as beside a signature, without its weekday: *20 November 2026*."""
    here = at.astimezone(local_zone())
    return str(format_date(here.date(), "d MMMM y", locale=get_locale()))
