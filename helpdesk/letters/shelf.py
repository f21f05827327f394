"""Letters as PDFs, kept so that whoever downloads a letter twice gets the same bytes.

Reading changes no row, so that a GET may do it. Keeping is for a POST and for the worker.
"""

from __future__ import annotations

import logging

from sqlalchemy import select, update

from helpdesk.letters.drawing import draw
from helpdesk.letters.letter import Letter
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage

log = logging.getLogger(__name__)


def render_letter(letter: Letter) -> bytes:
    """The letter as PDF: the kept one, or drawn now where none is kept yet (or its file was lost).

    Writes nothing. Raises RuntimeError when it would have to draw inside a unit of work.
    """
    storage = get_storage()
    if letter.pdf_digest and storage.exists(letter.pdf_digest):
        with storage.open(letter.pdf_digest) as file:
            return file.read()
    return draw(letter)


def keep_letter(letter: Letter) -> bytes:
    """Like :func:`render_letter`, and keep the PDF, in a short unit of its own.

    When two do so at the same moment, the first to finish decides which bytes are the letter's.
    """
    pdf = render_letter(letter)
    if letter.pdf_digest:
        return pdf
    letter_id, digest = letter.id, get_storage().put(pdf)  # on the disk before the row names it
    unit_of_work(lambda: _note_digest(letter_id, digest))
    db.session.refresh(letter)
    return render_letter(letter)


def keep_pending(limit: int = 20) -> int:
    """Keep the PDFs of up to *limit* letters that have none yet, oldest first; returns how many.

    Raises ExceptionGroup at the end for those that could not be drawn: they hold up no other.
    """
    pending = db.session.scalars(
        select(Letter).where(Letter.pdf_digest.is_(None)).order_by(Letter.id).limit(limit)
    ).all()
    faults: list[Exception] = []
    for letter in pending:
        try:
            keep_letter(letter)
        except Exception as fault:
            log.exception("letter not drawn", extra={"letter_id": letter.id})
            faults.append(fault)
    if faults:
        raise ExceptionGroup("letters that could not be drawn", faults)
    return len(pending)


def _note_digest(letter_id: int, digest: str) -> None:
    db.session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.pdf_digest.is_(None))
        .values(pdf_digest=digest)
    )
