"""The postman: claims a message, sends it outside any transaction, and settles it where the lease
is still his.

When he dies between sending and settling, the lease runs out and the message goes again: twice
rather than never. Two postmen who are both alive never send the same one.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.messaging import receipts
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.senders import registry
from helpdesk.messaging.senders.base import Refused, TryLater
from helpdesk.messaging.templates import render_message

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)

# The pauses after the first, second, ... attempt; after the last attempt he gives up: eight within
# about a day.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
MAX_ATTEMPTS = len(PAUSES) + 1
JITTER = 0.2
ERROR_LENGTH = 500


class Outcome(StrEnum):
    """What became of one candidate."""

    SENT = "sent"
    DELAYED = "delayed"
    FAILED = "failed"
    LOST = "lost"  # another postman has it


@dataclass(frozen=True)
class Counts:
    """How one round went."""

    sent: int = 0
    delayed: int = 0
    failed: int = 0
    lost: int = 0

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.delayed} delayed, {self.failed} failed"


def deliver_due(at: datetime, limit: int = 50) -> Counts:
    """Send what is due at *at*, at most *limit* messages, longest due first.

    Opens its units itself and talks to the network between them: raises RuntimeError inside a unit
    of work. A message that cannot be sent is set aside with its reason and never holds up the
    others.
    """
    if in_transaction():
        raise RuntimeError("no network inside a transaction: the postman opens his own units")
    outcomes: Counter[Outcome] = Counter()
    for message_id in claims.candidates(OutboxMessage, at, limit):
        outcomes[_deliver(message_id)] += 1
    return Counts(**{outcome.value: outcomes[outcome] for outcome in Outcome})


def pause_after(attempts: int, least: timedelta = timedelta(0)) -> timedelta | None:
    """How long to wait after that many attempts, never less than *least*; None: give up.

    With jitter, so that what failed together does not come back together.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return max(least, PAUSES[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER))


def _deliver(message_id: int) -> Outcome:
    token = claims.claim(OutboxMessage, message_id, clock.now(), LEASE)
    if token is None:
        return Outcome.LOST
    attempts = 1
    try:
        message = _take_out(message_id)
        attempts = message.attempts + 1
        rendered = render_message(message)
        sender = registry.sender_for(message.channel)
        db.session.close()  # a slow provider must not hold a connection, nor a reading transaction
        reference = sender.send(rendered, message)
    except TryLater as problem:
        return _set_aside(message_id, token, attempts, problem.reason or "try later", problem.after)
    except Refused as problem:
        return _settle_failed(message_id, token, attempts, problem.reason)
    except (
        Exception
    ) as fault:  # one bad message must not stop the others: its fault goes on its row
        log.exception("message could not be sent", extra={"message_id": message_id})
        return _set_aside(message_id, token, attempts, f"{type(fault).__name__}: {fault}")
    return _settle_sent(message_id, token, attempts, reference)


def _take_out(message_id: int) -> OutboxMessage:
    """The row as it is now, detached once the session is closed."""
    return db.session.get_one(OutboxMessage, message_id, populate_existing=True)


def _set_aside(
    message_id: int, token: str, attempts: int, reason: str, least: timedelta = timedelta(0)
) -> Outcome:
    pause = pause_after(attempts, least)
    if pause is None:
        return _settle_failed(message_id, token, attempts, reason)

    def write() -> bool:
        if not claims.still_mine(OutboxMessage, message_id, token):
            return False
        message = _take_out(message_id)
        message.attempts = attempts
        message.error = reason[:ERROR_LENGTH]
        return claims.settle(OutboxMessage, message_id, token, look_at=clock.now() + pause)

    return Outcome.DELAYED if unit_of_work(write) else _lost(message_id)


def _settle_failed(message_id: int, token: str, attempts: int, reason: str) -> Outcome:
    changes = {"attempts": attempts, "error": reason[:ERROR_LENGTH]}
    settled = _settle(message_id, token, "failed", changes)
    return Outcome.FAILED if settled else _lost(message_id)


def _settle_sent(message_id: int, token: str, attempts: int, reference: str) -> Outcome:
    changes = {"attempts": attempts, "provider_ref": reference, "sent_at": clock.now()}
    return Outcome.SENT if _settle(message_id, token, "sent", changes) else _lost(message_id)


def _settle(message_id: int, token: str, status: str, changes: dict[str, object]) -> bool:
    def write() -> bool:
        if not claims.still_mine(OutboxMessage, message_id, token):
            return False
        receipts.move_forward(status, OutboxMessage.id == message_id, **changes)
        return claims.settle(OutboxMessage, message_id, token)

    return unit_of_work(write)


def _lost(message_id: int) -> Outcome:
    log.warning("another postman took the message over", extra={"message_id": message_id})
    return Outcome.LOST
