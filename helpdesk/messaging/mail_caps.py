"""How much automatic mail one complainant and one ticket get: the belt for a loop that no header told of.

Counted in the outbox, which every process shares. What staff write themselves is not capped. However an address is
tagged, one mailbox stands behind it: ``wati+1@`` and ``wati+2@`` are counted together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select

from helpdesk.lib.database import db
from helpdesk.lib.mail.addresses import untagged
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.senders.base import NotYet

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
_LAST = "\uffff"  # sorts behind every character of an address


class Cap(StrEnum):
    """Which cap was reached; stored as the reason why a message waits."""

    ADDRESS = "cap_address"
    TICKET = "cap_ticket"


def is_automatic(message: OutboxMessage) -> bool:
    """Did the house write it by itself? A letter has words of its own."""
    return message.text is None


def cap_reached(message: OutboxMessage, relay: MailRelay, at: datetime) -> NotYet | None:
    """What keeps *message* back at *at*, until enough of the earlier ones are long enough ago; None when it may go."""
    if message.recipient_kind != "complainant" or not is_automatic(message):
        return None
    about = (
        OutboxMessage.subject_kind == message.subject_kind,
        OutboxMessage.subject_id == message.subject_id,
    )
    its_mailbox = (_goes_to_mailbox_of(message.address),)
    for cap, which, most, window in (
        (Cap.TICKET, about, relay.per_ticket_and_hour, HOUR),
        (Cap.ADDRESS, its_mailbox, relay.per_address_and_day, DAY),
    ):
        lasts = _lasts(which, most, window, at)
        if lasts is not None:
            return NotYet(lasts, cap)
    return None


def _goes_to_mailbox_of(address: str) -> ColumnElement[bool]:
    """Sent to *address* under whichever tag. The two bounds let both databases find the tags in the index."""
    plain = untagged(address)
    local, _at, domain = plain.rpartition("@")
    tagged, to = f"{local}+", OutboxMessage.address
    is_tagged = and_(
        to >= tagged, to <= f"{tagged}{_LAST}", to.endswith(f"@{domain}", autoescape=True)
    )
    return or_(to == plain, is_tagged)


def _lasts(
    which: tuple[ColumnElement[bool], ...], most: int, window: timedelta, at: datetime
) -> timedelta | None:
    """How much longer *most* are too many; None when they are not."""
    first_of_most = db.session.scalar(
        select(OutboxMessage.sent_at)
        .where(
            *which,
            OutboxMessage.channel == "email",
            OutboxMessage.recipient_kind == "complainant",
            OutboxMessage.text.is_(None),
            OutboxMessage.sent_at > at - window,
        )
        .order_by(OutboxMessage.sent_at.desc())
        .offset(most - 1)
        .limit(1)
    )
    return None if first_of_most is None else first_of_most + window - at
