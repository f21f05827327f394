"""The postman: claims a message, sends it outside any transaction, and settles it where the lease
is still his.

When he dies between sending and settling, the lease runs out and the message goes again: twice
rather than never. Two postmen who are both alive never send the same one.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.exc import OperationalError

from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.lib.logs import WORDLESS, place_of
from helpdesk.messaging import receipts, rounds
from helpdesk.messaging.message import MessageStatus, OutboxMessage
from helpdesk.messaging.senders import registry
from helpdesk.messaging.senders.base import NotYet, Refused, TryLater
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


@dataclass(frozen=True)
class Undelivered:
    """A message that will not arrive, and why. *is_address_dead*: nothing else sent there would."""

    message: OutboxMessage
    reason: str
    is_address_dead: bool = False


WhenFailed = Callable[[Undelivered], object]


def _tell_nobody(_failure: Undelivered) -> None:
    """For whoever delivers without knowing what the messages are about."""


def deliver_due(at: datetime, limit: int = 50, *, when_failed: WhenFailed = _tell_nobody) -> Counts:
    """Send what is due at *at*, at most *limit* messages for each postman, longest due first.

    Opens its units itself and talks to the network between them: raises RuntimeError inside a unit
    of work. A message that cannot be sent is set aside with its reason and never holds up the
    others. *when_failed* is called for each that is given up, in the unit that writes it down.
    """
    if in_transaction():
        raise RuntimeError("no network inside a transaction: the postman opens his own units")
    outcomes: list[Outcome] = []  # appended to by all postmen, which is one step in Python

    def carry(bag: rounds.Bag) -> None:
        with registry.OpenSenders() as senders:
            for message_id in bag:
                outcomes.append(_Delivery(message_id, senders, when_failed).deliver())

    rounds.carry_all(rounds.bags_for(at, limit, registry.paces()), carry)
    counted = Counter(outcomes)
    return Counts(**{outcome.value: counted[outcome] for outcome in Outcome})


def pause_after(attempts: int, least: timedelta = timedelta(0)) -> timedelta | None:
    """How long to wait after that many attempts, never less than *least*; None: give up.

    With jitter, so that what failed together does not come back together.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return max(least, PAUSES[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER))


class _Delivery:
    """One message on its way: claimed, sent, settled."""

    def __init__(
        self, message_id: int, senders: registry.OpenSenders, when_failed: WhenFailed
    ) -> None:
        self._message_id = message_id
        self._senders = senders
        self._when_failed = when_failed
        self._attempts = 1
        self._token = ""
        self._check_at: datetime | None = None

    def deliver(self) -> Outcome:
        token = claims.claim(OutboxMessage, self._message_id, clock.now(), LEASE)
        if token is None:
            return Outcome.LOST
        self._token = token
        try:
            message = _take_out(self._message_id)
            reference = self._hand_over(message)
        except NotYet as problem:
            return self._put_back(problem)
        except TryLater as problem:
            return self._set_aside(problem.reason or "try later", problem.after)
        except Refused as problem:
            return self._give_up(problem.reason, is_address_dead=problem.is_address_dead)
        # One bad message must not stop the others: its fault goes on its row
        except Exception as fault:
            extra = {"message_id": self._message_id, WORDLESS: True}  # they may quote the message
            log.exception("message could not be sent", extra=extra)
            return self._set_aside(f"could not be sent: {place_of(fault)}")
        return self._settle_sent(reference, message)

    def _hand_over(self, message: OutboxMessage) -> str:
        self._attempts = message.attempts + 1
        rendered = render_message(message)
        sender = self._senders.sender_for(message.channel)
        db.session.close()  # a slow provider must not hold a connection, nor a reading transaction
        try:
            return sender.send(rendered, message)
        finally:
            self._check_at = message.check_at  # the sender knows whether it matters that it arrives

    def _put_back(self, problem: NotYet) -> Outcome:
        """Nothing was tried, so nothing is counted; with jitter all the same."""
        jitter = random.uniform(1, 1 + JITTER)
        return self._wait(self._attempts - 1, problem.reason, problem.after * jitter)

    def _set_aside(self, reason: str, least: timedelta = timedelta(0)) -> Outcome:
        pause = pause_after(self._attempts, least)
        if pause is None:
            return self._give_up(reason)
        return self._wait(self._attempts, reason, pause)

    def _wait(self, attempts: int, reason: str, pause: timedelta) -> Outcome:
        def write() -> bool:
            if not self._is_mine():
                return False
            message = _take_out(self._message_id)
            if message.status != "queued":  # it did go: its receipt was faster than the answer
                return claims.settle(OutboxMessage, self._message_id, self._token)
            message.attempts = attempts
            message.error = reason[:ERROR_LENGTH]
            look_at = clock.now() + pause
            return claims.settle(OutboxMessage, self._message_id, self._token, look_at=look_at)

        return Outcome.DELAYED if unit_of_work(write) else self._lost()

    def _give_up(self, reason: str, *, is_address_dead: bool = False) -> Outcome:
        def tell() -> None:
            self._when_failed(Undelivered(_take_out(self._message_id), reason, is_address_dead))

        written = {"error": reason[:ERROR_LENGTH], "check_at": self._check_at}
        try:
            settled = self._settle("failed", tell, **written)
        except OperationalError as fault:
            # For a moment's trouble of the database nobody would ever be told
            return self._put_back(NotYet(PAUSES[0], f"could not be given up: {place_of(fault)}"))
        except Exception:  # who is told must not keep it in the queue, nor stop the others
            extra = {"message_id": self._message_id, WORDLESS: True}
            log.exception("nobody was told", extra=extra)
            settled = self._settle("failed", None, **written)
        return Outcome.FAILED if settled else self._lost()

    def _settle_sent(self, reference: str, message: OutboxMessage) -> Outcome:
        settled = self._settle(
            "sent",
            None,
            provider_ref=receipts.kept_reference(reference),
            sent_at=clock.now(),
            sent_digest=message.sent_digest,
            sent_from=message.sent_from,
            sent_as=message.sent_as,
            check_at=self._check_at,
        )
        return Outcome.SENT if settled else self._lost()

    def _settle(
        self, status: MessageStatus, and_then: Callable[[], None] | None, **changes: object
    ) -> bool:
        def write() -> bool:
            if not self._is_mine():
                return False
            mine = OutboxMessage.id == self._message_id
            moved = receipts.move_forward(status, mine, attempts=self._attempts, **changes)
            if not moved and status == "sent":
                receipts.keep_facts(self._message_id, changes)
            if not claims.settle(OutboxMessage, self._message_id, self._token):
                return False
            if and_then is not None and moved:
                and_then()
            return True

        return unit_of_work(write)

    def _is_mine(self) -> bool:
        return claims.still_mine(OutboxMessage, self._message_id, self._token)

    def _lost(self) -> Outcome:
        log.warning("another postman took the message over", extra={"message_id": self._message_id})
        return Outcome.LOST


def _take_out(message_id: int) -> OutboxMessage:
    """The row as it is now, detached once the session is closed."""
    return db.session.get_one(OutboxMessage, message_id, populate_existing=True)
