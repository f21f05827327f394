"""The job that fetches the mailboxes: store, commit, and only then mark as seen or move.

Each mailbox is fetched by one worker at a time, which holds its lease, and in a thread of its own, so that a server
that does not answer delays nobody else. Nothing depends on the lease: a message is one row by its key.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from flask import Flask
from flask.globals import app_ctx

from helpdesk.intake import mailbox_alerts, mailbox_reading, mailboxes
from helpdesk.intake.mailbox import Mailbox
from helpdesk.intake.mailbox_reading import Turn
from helpdesk.lib import claims, clock
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.database import db, unit_of_work

log = logging.getLogger(__name__)

JOB = "fetch mail"
PAUSE = timedelta(seconds=20)  # between two looks into a mailbox that is well
LONGEST_PAUSE = timedelta(minutes=5)  # and into one that fails: wrong passwords lock accounts
LEASE = timedelta(minutes=3)  # so long does a killed worker delay its mailboxes
PATIENCE = 15.0  # seconds that the job waits; who is slower goes on beside the next turn
AT_ONCE = 16  # mailboxes

_threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="fetch-mail")
# The turn of each mailbox that this process began last: one that outlives its lease is not begun a second time beside
# itself, or a single slow server would have all threads in the end.
_turns: dict[int, Future[int]] = {}


def fetch_due(at: datetime) -> int:
    """Fetch every mailbox that is due at *at*, each in a thread; how many new messages are known to be stored."""
    app = app_ctx.app  # itself: in another thread current_app is nobody
    due = claims.candidates(Mailbox, at, AT_ONCE)
    idle = [one for one in due if one not in _turns or _turns[one].done()]
    turns = {one: _threads.submit(_fetch_within, app, one) for one in idle}
    _turns.update(turns)
    ended, _slow = wait(turns.values(), timeout=PATIENCE)
    return sum(turn.result() for turn in ended)


def fetch_mailbox(mailbox_id: int) -> int:
    """Fetch one mailbox now; how many new messages were stored, 0 when another worker is at it.

    Whatever goes wrong with the server is written on the row. Raises what the database raises.
    """
    began_at = clock.now()
    token = claims.claim(Mailbox, mailbox_id, began_at, LEASE)
    if token is None:
        return 0
    version = unit_of_work(lambda: mailboxes.find_mailbox(mailbox_id).version)
    turn, fault = None, None
    try:
        turn = mailbox_reading.look_into(mailbox_id, began_at)
        fault = turn.fault
    except WireFault as error:
        fault = error
    except Exception as error:
        log.exception("mailbox could not be fetched", extra={"mailbox": mailbox_id})
        fault = WireFault(Trouble.UNEXPECTED, type(error).__name__)
    unit_of_work(lambda: _settle(mailbox_id, token, version, began_at, turn, fault))
    return turn.stored if turn else 0


def _fetch_within(app: Flask, mailbox_id: int) -> int:
    with app.app_context():
        return fetch_mailbox(mailbox_id)


def _settle(
    mailbox_id: int,
    token: str,
    version: int,
    began_at: datetime,
    turn: Turn | None,
    fault: WireFault | None,
) -> None:
    """Give the mailbox back with what became of the turn, and alert if it is time."""
    at = clock.now()
    row = db.session.get_one(Mailbox, mailbox_id, with_for_update=True)
    if not row.is_active:
        claims.settle(Mailbox, mailbox_id, token, look_at=None)
        return
    if row.version != version:  # changed meanwhile: what we found is of the old settings
        claims.settle(Mailbox, mailbox_id, token, look_at=at)
        return
    if not claims.settle(Mailbox, mailbox_id, token, look_at=_next_look(row, at, turn, fault)):
        return
    if turn is not None:
        row.read_up_to = turn.read_up_to
    if fault is not None:
        _note_failure(row, fault, at)
    else:
        row.fetched_at = began_at
        _note_success(row)


def _next_look(row: Mailbox, at: datetime, turn: Turn | None, fault: WireFault | None) -> datetime:
    if fault is None:
        return at if turn is not None and turn.is_more else at + PAUSE
    failing_for = at - (row.failing_since or at)
    return at + min(max(failing_for / 4, PAUSE), LONGEST_PAUSE)


def _note_failure(row: Mailbox, fault: WireFault, at: datetime) -> None:
    row.error = str(fault)
    row.failing_since = row.failing_since or at
    log.warning("mailbox is not readable: %s", fault.trouble, extra={"mailbox": row.id})
    if row.alerted_at is None and at - row.failing_since >= timedelta(
        minutes=row.alert_after_minutes
    ):
        mailbox_alerts.tell(mailbox_alerts.UNREADABLE, row, row.failing_since)
        row.alerted_at = at


def _note_success(row: Mailbox) -> None:
    if row.alerted_at is not None and row.failing_since is not None:
        mailbox_alerts.tell(mailbox_alerts.RECOVERED, row, row.failing_since)
    row.error, row.failing_since, row.alerted_at = "", None, None
