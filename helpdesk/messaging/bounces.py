"""Our own mails that came back: the message has failed, whatever its server said when it took it."""

from __future__ import annotations

from helpdesk.lib.database import db
from helpdesk.lib.mail.message import Bounce
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.postman import ERROR_LENGTH, Undelivered
from helpdesk.messaging.receipts import move_forward
from helpdesk.messaging.senders.email import NO_SUCH_ADDRESS


def note_bounce(outbox_id: int, bounce: Bounce) -> Undelivered | None:
    """Take the word of a mail server on the message *outbox_id*, inside the caller's unit of work.

    Returns what failed by it; None where the server still tries, the message is unknown, or its failure was known.
    A report on a copy to somebody else says nothing about the message itself.
    """
    message = db.session.get(OutboxMessage, outbox_id)
    if message is None or not message.address:  # unknown, or forgotten
        return None
    if not bounce.is_permanent or _is_about_a_copy(message, bounce):
        return None
    reason = f"{bounce.status} {bounce.diagnostic}".strip()[:ERROR_LENGTH]
    if not move_forward("failed", OutboxMessage.id == outbox_id, error=reason, look_at=None):
        return None
    db.session.refresh(message)
    is_dead = not bounce.status or bounce.status.startswith(NO_SUCH_ADDRESS)
    return Undelivered(message, reason, is_dead)


def _is_about_a_copy(message: OutboxMessage, bounce: Bounce) -> bool:
    copies = {one.lower() for one in message.cc or ()}
    return bounce.recipient in copies and bounce.recipient != message.address.lower()
