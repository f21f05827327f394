"""Understanding what was stored: claimed, read outside any transaction, settled in one unit with the claim.

A message whose understanding fails goes aside for a growing while, with the kind and place of the fault, and after
the last attempt into quarantine, where a person looks at it. It never holds up the others, and it is never lost: its
bytes are stored.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from helpdesk.intake.email import receive_mail
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.inbox import EMAIL, WHATSAPP
from helpdesk.intake.mail_outcome import Outcome, Reason
from helpdesk.intake.mail_reading import read_arrived
from helpdesk.intake.urgent_mail import raise_alarm
from helpdesk.intake.whatsapp.arrivals import read_posted, receive_post
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.lib.logs import WORDLESS, place_of

log = logging.getLogger(__name__)

JOB, POSTS_JOB = "understand mail", "understand whatsapp"
LEASE = timedelta(minutes=5)
# The pauses after the first, second, ... attempt that failed; after the last one a person must look.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
MAX_ATTEMPTS = len(PAUSES) + 1
ERROR_LENGTH = 500
ROUND = 200
ROUND_LASTS = timedelta(seconds=10)  # a stop waits for the round to end

Settling = Callable[[Inbound], Outcome]


def understand_mail(at: datetime) -> int:
    """``understand_due`` of email, with its photographs that take a while to clean."""
    return understand_due(at, channel=EMAIL)


def understand_posts(at: datetime) -> int:
    """``understand_due`` of what WhatsApp's provider posts: somebody holds their telephone and waits for an answer."""
    return understand_due(at, channel=WHATSAPP)


def understand_due(at: datetime, *, channel: str | None = None) -> int:
    """Understand what is due at *at*, of one channel or of all, longest due first; how many have a fate now.

    Ends after ``ROUND`` messages or ten seconds; the rest has its turn in the next round. Opens its units itself:
    raises RuntimeError inside a unit of work.
    """
    began_at, understood = clock.now(), 0
    which = () if channel is None else (Inbound.channel == channel,)
    for row_id in claims.candidates(Inbound, at, ROUND, *which):
        understood += understand(row_id) is not None
        if clock.now() - began_at > ROUND_LASTS:
            break
    return understood


def understand(row_id: int) -> Fate | None:
    """Understand one message now; its fate, or None while it has none.

    It has none while another worker is at it, and after a failed attempt. Raises RuntimeError inside a unit of work,
    LookupError when there is no such row.
    """
    if in_transaction():
        raise RuntimeError("a message is understood in units of its own")
    row = _take_out(row_id)
    if row.fate:
        return Fate(row.fate)
    was_left = row.lease_token is not None  # a worker died over it, perhaps because of it
    token = claims.claim(Inbound, row_id, clock.now(), LEASE)
    if token is None:
        return _fate_of(row_id)
    if was_left and _count_death(row_id, token) >= MAX_ATTEMPTS:
        return _settle(row_id, token, lambda _row: Outcome.aside(Reason.FAULT))
    try:
        return _settle(row_id, token, _read(row_id))
    except Exception as fault:  # noted on the row; the other messages go on
        extra = {"inbox_id": row_id, WORDLESS: True}  # its words may quote the message
        log.exception("message could not be understood", extra=extra)
        return _set_aside(row_id, token, f"could not be understood: {place_of(fault)}")


def _read(row_id: int) -> Settling:
    """Read the message and take its files in; what is left is to be done inside the unit."""
    row = _take_out(row_id)
    reader = _READERS[row.channel]
    settling = reader(row)
    db.session.close()  # cleaning photographs took a while: let the reading transaction go
    return settling


def _read_mail(row: Inbound) -> Settling:
    arrived = read_arrived(row)
    return lambda fresh: receive_mail(fresh, arrived)


def _read_post(row: Inbound) -> Settling:
    post = read_posted(row)
    return lambda fresh: receive_post(fresh, post)


_READERS: dict[str, Callable[[Inbound], Settling]] = {EMAIL: _read_mail, WHATSAPP: _read_post}


def _settle(row_id: int, token: str, settling: Settling) -> Fate | None:
    """Decide and give the row its fate, in one unit with the claim; None when another worker has taken it over."""

    def unit() -> Fate | None:
        if not claims.still_mine(Inbound, row_id, token):
            return None
        row = _take_out(row_id)
        outcome = settling(row)
        end_with(row, outcome)
        if outcome.is_urgent:
            raise_alarm(row)
        claims.settle(Inbound, row_id, token)
        return Fate(row.fate)

    return unit_of_work(unit) or _fate_of(row_id)


def end_with(row: Inbound, outcome: Outcome) -> None:
    """Write on *row* what became of it, inside the caller's unit of work."""
    row.fate, row.reason = outcome.fate.value, outcome.reason.value
    row.ticket_id, row.event_id = outcome.ticket_id, outcome.event_id
    row.settled_at = clock.now()
    if outcome.reason is not Reason.FAULT:
        row.error = ""


def _set_aside(row_id: int, token: str, words: str) -> Fate | None:
    def unit() -> Fate | None:
        if not claims.still_mine(Inbound, row_id, token):
            return None
        row = _take_out(row_id)
        row.attempts += 1
        row.error = words[:ERROR_LENGTH]
        if row.attempts < MAX_ATTEMPTS:
            pause = PAUSES[row.attempts - 1]
            claims.settle(Inbound, row_id, token, look_at=clock.now() + pause)
            return None
        end_with(row, Outcome.aside(Reason.FAULT))
        claims.settle(Inbound, row_id, token)
        return Fate.QUARANTINED

    return unit_of_work(unit)


def _count_death(row_id: int, token: str) -> int:
    """Count the attempt of a worker that never came back; how many there were."""

    def unit() -> int:
        if not claims.still_mine(Inbound, row_id, token):
            return 0
        row = _take_out(row_id)
        row.attempts += 1
        row.error = "the worker ended in the middle of it"
        return row.attempts

    return unit_of_work(unit)


def _fate_of(row_id: int) -> Fate | None:
    fate = _take_out(row_id).fate
    return Fate(fate) if fate else None


def _take_out(row_id: int) -> Inbound:
    """The row as it is now. Raises LookupError when there is none."""
    row = db.session.get(Inbound, row_id, populate_existing=True)
    if row is None:
        raise LookupError(f"there is no message {row_id} in the inbox")
    return row
