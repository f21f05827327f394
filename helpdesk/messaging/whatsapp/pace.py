"""How fast one person is written to, and in which order: counted in the outbox, which every process shares."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.senders.base import NotYet
from helpdesk.messaging.whatsapp.saying import CHANNEL

# The provider allows one message in six seconds to the same person, with bursts that are made up for afterwards.
# https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits (pair rate)
PAIR_TIME = timedelta(minutes=1)
PAIR_MOST = 10
# So long what was said first is waited for; then it has a trouble of its own.
IN_ORDER_FOR = timedelta(minutes=10)
UNTIL_THE_FIRST_IS_GONE = timedelta(seconds=5)


class Wait(StrEnum):
    """Why a message waits; stored as the reason."""

    PAIR = "pair_rate"
    ORDER = "in_order"


def held_back(message: OutboxMessage, at: datetime) -> NotYet | None:
    """What keeps *message* back at *at*; None when it may go."""
    same_person = (OutboxMessage.channel == CHANNEL, OutboxMessage.address == message.address)
    before = select(OutboxMessage.id).where(
        *same_person,
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.status == "queued",
        OutboxMessage.id < message.id,
        OutboxMessage.created_at > at - IN_ORDER_FOR,
    )
    if db.session.scalar(before.limit(1)) is not None:
        return NotYet(UNTIL_THE_FIRST_IS_GONE, Wait.ORDER)
    lately = select(OutboxMessage.sent_at).where(
        *same_person, OutboxMessage.sent_at > at - PAIR_TIME
    )
    newest_first = lately.order_by(OutboxMessage.sent_at.desc())
    first_of_most = db.session.scalar(newest_first.offset(PAIR_MOST - 1).limit(1))
    return NotYet(first_of_most + PAIR_TIME - at, Wait.PAIR) if first_of_most else None
