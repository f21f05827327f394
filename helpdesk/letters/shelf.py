"""Letters as PDFs, kept so that whoever downloads a letter twice gets the same bytes.

Reading changes no row, so that a GET may do it. Keeping is for the worker.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from helpdesk.letters.drawing import draw
from helpdesk.letters.letter import Letter
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.lib.storage import get_storage

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
AGAIN_AFTER = timedelta(hours=1)


def render_letter(letter: Letter) -> bytes:
    """The letter as PDF: the kept one, or drawn now where none is kept yet (or its file was lost).

    Writes nothing. Raises RuntimeError when it would have to draw inside a unit of work, NotFound where what it said
    was deleted.
    """
    if not letter.fields:
        raise NotFound
    storage = get_storage()
    if letter.pdf_digest and storage.exists(letter.pdf_digest):
        with storage.open(letter.pdf_digest) as file:
            return file.read()
    return draw(letter)


def keep_pending(at: datetime, limit: int = 20) -> int:
    """Draw and keep up to *limit* letters that are due at *at*, longest due first; returns how many.

    One that cannot be drawn has its next turn in an hour and holds up no other; ExceptionGroup is raised for such at
    the end. Opens its units itself.
    """
    kept = 0
    faults: list[Exception] = []
    for letter_id in claims.candidates(Letter, at, limit):
        token = claims.claim(Letter, letter_id, clock.now(), LEASE)
        if token is None:
            continue
        try:
            kept += _keep(letter_id, token)
        except Exception as fault:
            log.exception("letter not drawn", extra={"letter_id": letter_id})
            unit_of_work(partial(_put_off, letter_id, token))
            faults.append(fault)
    if faults:
        raise ExceptionGroup("letters that could not be drawn", faults)
    return kept


def _keep(letter_id: int, token: str) -> bool:
    """Draw the letter and name its PDF on it; False when another worker has taken it over."""
    digest = get_storage().put(draw(db.session.get_one(Letter, letter_id)))

    def name_it() -> bool:
        if not claims.still_mine(Letter, letter_id, token):
            return False
        db.session.get_one(Letter, letter_id).pdf_digest = digest
        return claims.settle(Letter, letter_id, token)

    return unit_of_work(name_it)


def _put_off(letter_id: int, token: str) -> None:
    claims.settle(Letter, letter_id, token, look_at=clock.now() + AGAIN_AFTER)
