"""What this browser has sent already: the back button and the same words again are no second complaint.

The signed session holds a keyed digest of the words and the complaint's id, for two hours; nothing of it is told to
another browser.
"""

from __future__ import annotations

from datetime import timedelta

from flask import session

from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.lib.sealing import keyed_digest
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.public import keyring

LASTS = timedelta(hours=2)
MOST = 6  # a cookie holds 4 KB
_SENT = "sent"


def note(text: str, ticket: Ticket) -> None:
    """Remember that this browser sent *text* as *ticket*."""
    if not text.strip():
        return  # a voice message alone: there are no words to be the same
    until = int((clock.now() + LASTS).timestamp())
    session[_SENT] = [*_kept()[1 - MOST :], (_digest(text), number_of(ticket), until)]


def number_for(text: str) -> str:
    """The number under which this browser sent the same words before, while it may open it; else ''."""
    wanted = _digest(text)
    for digest, number, _until in reversed(_kept()):
        if digest == wanted and text.strip():
            try:
                keyring.fetch(number)
            except NotFound:
                return ""
            return number
    return ""


def forget() -> None:
    """Remember nothing any more: the device is somebody else's."""
    session.pop(_SENT, None)


def _kept() -> list[tuple[str, str, int]]:
    now = int(clock.now().timestamp())
    kept: list[tuple[str, str, int]] = session.get(_SENT, [])
    return [(digest, number, until) for digest, number, until in kept if until > now]


def _digest(text: str) -> str:
    """The same for the same words, whatever their case and spacing; of no use to who reads the cookie."""
    said = " ".join(text.split()).casefold()
    return keyed_digest(said, purpose="sent here")[:24]
