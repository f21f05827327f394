"""The sender of email: over the SMTP relay of the house; without one that is active, into files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum

from helpdesk.lib import clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.smtp import Rejected, SmtpConnection, Stage
from helpdesk.lib.database import db
from helpdesk.lib.examined_files import closed_among
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.mail_caps import cap_reached
from helpdesk.messaging.mail_composing import Composed, Uncomposable, compose
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.relay import account_of, active_relay, doubt_token, is_own
from helpdesk.messaging.senders.base import (
    NOBODY_THERE,
    OURS_TO_MEND,
    UNTIL_MENDED,
    UNTIL_NEXT_ROUND,
    NotYet,
    Pace,
    Refused,
    Sender,
    TryLater,
)
from helpdesk.messaging.templates import Rendered

log = logging.getLogger(__name__)

PATIENT_TRIES = 3  # for a copy that is refused for now, as by greylisting
REFERENCE_LENGTH = 128
NO_SUCH_ADDRESS = ("5.1.", "5.2.1")  # RFC 3463 §3.2, §3.3: bad address; mailbox disabled
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})


class Obstacle(StrEnum):
    """Why a mail does not go, beside what a server says; stored as the reason."""

    OWN_ADDRESS = "own_address"
    NO_MAIL = "no_mail"
    SENDER = "sender"
    UNEXAMINED = "unexamined"
    INFECTED = "infected"


class EmailChannel:
    """Email, through whatever relay is set up at the moment."""

    def __init__(self, *, without_relay: Sender) -> None:
        self._without_relay = without_relay

    @contextmanager
    def opened(self) -> Iterator[Sender]:
        """The sender of one postman for one round, with one connection for all his messages."""
        relay = active_relay()
        if relay is None:
            yield self._without_relay
            return
        db.session.expunge(relay)
        with closing(RelaySender(relay)) as sender:
            yield sender

    def pace(self) -> Pace:
        """As the administrator allows it."""
        relay = active_relay()
        return Pace(relay.connections, relay.per_minute) if relay is not None else Pace()


class RelaySender:
    """Carries one message after the other to the relay."""

    def __init__(self, relay: MailRelay) -> None:
        self._relay = relay
        self._connection: SmtpConnection | None = None
        self._down: WireFault | None = None

    def send(self, rendered: Rendered, message: OutboxMessage) -> str:
        """As the contract says; the server's last words are the reference."""
        self._keep_back(message)
        try:
            composed = compose(rendered, message, self._relay)
        except Uncomposable as problem:
            raise Refused(f"{Obstacle.NO_MAIL} {problem}") from problem
        db.session.close()  # a slow server must not hold a connection to the database
        with _kept_if_taken(composed.content) as digest:
            try:
                reference = self._hand_over(composed, message)
            except WireFault as fault:
                raise self._later(fault) from fault
            except Rejected as refusal:
                raise _verdict(refusal) from refusal
        message.sent_digest = digest
        log.info("message sent", extra={"message_id": message.id, "about": message.event})
        return reference

    def close(self) -> None:
        """Leave the server."""
        if self._connection is not None:
            self._connection.close()

    def _keep_back(self, message: OutboxMessage) -> None:
        if self._down is not None:
            raise NotYet(UNTIL_NEXT_ROUND, str(self._down))
        if is_own(message.address):
            raise Refused(Obstacle.OWN_ADDRESS)
        closed = closed_among(file["digest"] for file in message.enclosures or ()).values()
        if any(one.is_infected for one in closed):
            raise Refused(Obstacle.INFECTED)
        if closed:
            raise NotYet(UNTIL_NEXT_ROUND, Obstacle.UNEXAMINED)
        if (reached := cap_reached(message, self._relay, clock.now())) is not None:
            raise reached

    def _hand_over(self, composed: Composed, message: OutboxMessage) -> str:
        if self._connection is None:
            self._connection = SmtpConnection(account_of(self._relay))
        taken = self._connection.deliver(
            composed.envelope,
            composed.content,
            waits_for_copies=message.attempts + 1 < PATIENT_TRIES,
        )
        without = f" (without {', '.join(taken.without)})" if taken.without else ""
        return f"{taken.words[: REFERENCE_LENGTH - len(without)]}{without}"[:REFERENCE_LENGTH]

    def _later(self, fault: WireFault) -> TryLater:
        doubt_token(self._relay, fault)
        self._connection = None  # signed in anew, perhaps with another token
        if fault.trouble in NOBODY_THERE:
            self._down = fault
        if fault.trouble in OURS_TO_MEND:
            return NotYet(UNTIL_MENDED, str(fault))
        return TryLater(reason=str(fault))


@contextmanager
def _kept_if_taken(content: bytes) -> Iterator[str]:
    """Keep *content* before anybody has it; what was not taken goes again, for no row would ever name it."""
    storage = get_storage()
    digest, kept_at = storage.put(content), clock.now()
    try:
        yield digest
    except BaseException:
        storage.discard_untouched(digest, since=kept_at)
        raise


def _verdict(refusal: Rejected) -> TryLater | Refused:
    """What a refusal means for the message; one of our own address is not the message's fault."""
    if refusal.stage is Stage.SENDER and refusal.is_permanent:
        return NotYet(UNTIL_MENDED, f"{Obstacle.SENDER} {refusal.words}")
    if not refusal.is_permanent:
        return TryLater(reason=refusal.words)
    is_dead = refusal.stage is Stage.RECIPIENT and _names_no_mailbox(refusal)
    return Refused(refusal.words, is_address_dead=is_dead)


def _names_no_mailbox(refusal: Rejected) -> bool:
    """Is it the address that is wrong, rather than a policy of theirs or our right to send?"""
    words = refusal.words.split(maxsplit=2)
    enhanced = words[1] if len(words) > 1 and words[1].startswith("5.") else ""
    if enhanced:
        return enhanced.startswith(NO_SUCH_ADDRESS)
    return refusal.code in _NO_SUCH_MAILBOX
