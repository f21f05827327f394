"""Files from outside are examined by a virus scanner, where one is set; administrators hear when it is away.

``lib.examined_files`` says which files wait and which are closed. Whatever becomes of the scanner, nothing that came in
waits for it but the files themselves: they are tried again, at growing pauses, for as long as it takes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Role
from helpdesk.audit import trail
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.inbox import EMAIL
from helpdesk.intake.notices import occasion_of, tell_of_channel, was_told
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import claims, clock, examined_files, heartbeats
from helpdesk.lib.clients.clamd import Clamd, TooLarge
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.lib.examined_files import FOUND_LENGTH, ExaminedFile, Verdict
from helpdesk.lib.settings import current_settings
from helpdesk.lib.storage import get_storage
from helpdesk.tickets.hearers import holders_of
from helpdesk.tickets.records import Attachment

log = logging.getLogger(__name__)

JOB, WATCH_JOB, OLDER_JOB = "examine files", "watch the virus scanner", "take up older files"
JOBS = (JOB, WATCH_JOB, OLDER_JOB)
UNREACHABLE, RECOVERED = "scanner_unreachable", "scanner_recovered"
TOLD_AFTER = timedelta(minutes=10)  # loading new signatures takes it a minute or two
LEASE = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=2)
TOO_LARGE_AGAIN = timedelta(hours=6)  # somebody may have raised its limit
ROUND = 100
ROUND_LASTS = timedelta(seconds=20)  # a stop waits for the round to end
OLDER_AT_ONCE = 500
MOST_TRIES = 1000
# Every column that names a file from outside which is handed out, and of which rows.
_FROM_OUTSIDE: tuple[tuple[InstrumentedAttribute[str | None], ColumnElement[bool]], ...] = (
    (Attachment.shown_digest, true()),
    (Attachment.original_digest, true()),
    (WhatsAppMessage.shown_digest, true()),
    (WhatsAppMessage.original_digest, true()),
    (Inbound.raw_digest, Inbound.channel == EMAIL),
)


@dataclass(frozen=True)
class Examined:
    """What came of one try. *is_away*: the scanner cannot be had at all; *is_gone*: the file is not there."""

    verdict: Verdict = Verdict.WAITING
    found: str = ""
    is_away: bool = False
    is_gone: bool = False


def examine_due(at: datetime) -> int:
    """Have examined what is due at *at*, what is closed meanwhile first; returns how many were. Opens its own units."""
    if in_transaction():
        raise RuntimeError("no network inside a transaction")
    address, examined = current_settings().clamd, 0
    if not address:
        return 0
    due = claims.candidates(ExaminedFile, at, ROUND, ExaminedFile.is_older.is_(False))
    for row_id in due or claims.candidates(ExaminedFile, at, ROUND):
        came = _examine(row_id, Clamd(address))
        examined += bool(came and came.verdict)
        if (came and came.is_away) or clock.now() - at > ROUND_LASTS:
            break
    return examined


def watch(at: datetime) -> None:
    """Does the scanner examine? Administrators hear once when it has not for a while, and once when it does again.

    Raises WireFault while it is away, so that the job's heartbeat says since when.
    """
    address = current_settings().clamd
    if not address:
        return
    since = heartbeats.failing_since(WATCH_JOB)
    db.session.rollback()
    try:
        Clamd(address).try_out()
    except WireFault:
        if since is not None and at - since >= TOLD_AFTER:
            unit_of_work(lambda: _tell(UNREACHABLE, since))
        raise
    if since is not None and was_told(UNREACHABLE, since):
        unit_of_work(lambda: _tell(RECOVERED, since))


def take_up_older(_at: datetime) -> None:
    """Let the newest of the files that came before the scanner be examined, once those taken up before were."""
    if not current_settings().clamd:
        return
    waiting = select(ExaminedFile.id).where(
        ExaminedFile.verdict == Verdict.WAITING, ExaminedFile.is_older
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        return
    for column, which in _FROM_OUTSIDE:
        unknown = (
            select(column)
            .outerjoin(ExaminedFile, ExaminedFile.digest == column)
            .where(column.is_not(None), ExaminedFile.id.is_(None), which)
            .order_by(column.class_.id.desc())
            .limit(OLDER_AT_ONCE)
        )
        digests = [digest for digest in db.session.scalars(unknown) if digest]
        unit_of_work(partial(examined_files.put_down, digests, is_older=True))


def _examine(row_id: int, scanner: Clamd) -> Examined | None:
    """One file; None where another worker is at it."""
    token = claims.claim(ExaminedFile, row_id, clock.now(), LEASE)
    if token is None:
        return None
    digest = db.session.scalar(select(ExaminedFile.digest).where(ExaminedFile.id == row_id)) or ""
    db.session.rollback()  # a slow scanner must not hold a connection to the database
    came = _ask(scanner, digest)
    unit_of_work(lambda: _settle(row_id, token, came))
    return came


def _ask(scanner: Clamd, digest: str) -> Examined:
    try:
        with get_storage().open(digest) as file:
            found = scanner.found_in(file)
    except NotFound:  # for ever, or as long as the disk is not there
        log.warning("file to be examined is gone")
        return Examined(is_gone=True)
    except TooLarge:
        return Examined(Verdict.TOO_LARGE)
    except WireFault as fault:
        is_away = fault.trouble is not Trouble.ANSWER
        if not is_away:
            log.warning("file not examined", extra={"fault": str(fault)})
        return Examined(is_away=is_away)
    return Examined(Verdict.FOUND if found else Verdict.CLEAN, found[:FOUND_LENGTH])


def _settle(row_id: int, token: str, came: Examined) -> None:
    if not claims.still_mine(ExaminedFile, row_id, token):
        return
    row, now = db.session.get_one(ExaminedFile, row_id, populate_existing=True), clock.now()
    if came.is_gone and row.is_older:  # open as it is, and it must not hold up those after it
        db.session.delete(row)
        return
    row.verdict, row.found = came.verdict, came.found
    row.tries = min(row.tries + 1, MOST_TRIES)
    again = None
    if came.verdict is Verdict.WAITING:
        again = now + min(FIRST_PAUSE * 2 ** min(row.tries - 1, 10), LONGEST_PAUSE)
    elif came.verdict is Verdict.TOO_LARGE:
        again = now + TOO_LARGE_AGAIN
    else:
        row.examined_at = now
    claims.settle(ExaminedFile, row_id, token, look_at=again)
    if came.verdict is Verdict.FOUND:
        _note_found(row)


def _note_found(row: ExaminedFile) -> None:
    """In the trail: of every ticket with the file, and of every email that nobody made a ticket of."""
    log.warning("malicious program found", extra={"found": row.found})
    on_tickets = select(Attachment.ticket_id).where(
        or_(Attachment.shown_digest == row.digest, Attachment.original_digest == row.digest)
    )
    in_mails = select(Inbound.ticket_id, Inbound.id).where(Inbound.raw_digest == row.digest)
    subjects: set[tuple[str, int | None]] = {
        ("ticket", ticket_id) for ticket_id in db.session.scalars(on_tickets)
    }
    for ticket_id, inbox_id in db.session.execute(in_mails):
        subjects.add(("ticket", ticket_id) if ticket_id else ("inbox", inbox_id))
    for subject in subjects or {("", None)}:
        details = {"found": row.found}
        trail.record("malware_found", by=Actor.system(), subject=subject, details=details)


def _tell(event: str, since: datetime) -> None:
    tell_of_channel(
        holders_of(Role.ADMIN),
        event,
        occasion=occasion_of(event, since),
        subject=("scanner", 0),
        since=since,
        path="/admin/",
    )
