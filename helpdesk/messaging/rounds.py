"""One round of the postmen: which messages it takes, and which postman carries each.

A channel may be spoken by several postmen at once, each in a thread with an application context of its own. Everything
for one address goes to the same postman: it arrives in the order in which it was written, and what is counted for each
address is never counted twice at the same moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zlib import crc32

from flask.globals import app_ctx
from sqlalchemy import select

from helpdesk.lib import claims
from helpdesk.lib.database import db
from helpdesk.lib.limits_storage import count_by_itself
from helpdesk.lib.mail.addresses import untagged
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.senders.base import Pace

MINUTE = timedelta(minutes=1)

Bag = list[int]
Carry = Callable[[Bag], None]


def bags_for(at: datetime, limit: int, paces: dict[str, Pace]) -> list[Bag]:
    """What is due at *at*, as one bag of message ids for each postman who is needed: at most *limit* for each.

    A message that its channel's pace has no room for is left where it is.
    """
    rest = claims.candidates(OutboxMessage, at, limit, OutboxMessage.channel.not_in(sorted(paces)))
    bags = [rest]
    for channel, pace in paces.items():
        of_channel = OutboxMessage.channel == channel
        due = claims.candidates(OutboxMessage, at, limit * pace.postmen, of_channel)
        bags += _divided(due[: _room(channel, pace, len(due))], pace.postmen)
    db.session.rollback()  # the reading ends before anybody writes
    return [bag for bag in bags if bag]


def carry_all(bags: Sequence[Bag], carry: Carry) -> None:
    """Let one postman *carry* each of the *bags*, all at the same time.

    Returns when all are home; raises the first fault that one of them met.
    """
    if len(bags) <= 1:
        for bag in bags:
            carry(bag)
        return
    app = app_ctx.app  # itself: in another thread current_app is nobody

    def go(bag: Bag) -> None:
        with app.app_context():
            carry(bag)

    with ThreadPoolExecutor(len(bags), thread_name_prefix="postman") as postmen:
        rounds = [postmen.submit(go, bag) for bag in bags]
    for one in rounds:
        one.result()


def _room(channel: str, pace: Pace, wanted: int) -> int:
    """How many of *wanted* may go now; taken from the minute's amount, which all processes share.

    What is taken and then does not go is lost for this minute, no more.
    """
    if pace.per_minute is None or not wanted:
        return wanted
    taken = count_by_itself(f"pace/{channel}", MINUTE, wanted)
    return max(0, min(wanted, pace.per_minute - (taken - wanted)))


def _divided(ids: Sequence[int], postmen: int) -> list[Bag]:
    if postmen <= 1 or len(ids) <= 1:
        return [list(ids)]
    addresses = select(OutboxMessage.id, OutboxMessage.address).where(OutboxMessage.id.in_(ids))
    address_of = {row.id: row.address for row in db.session.execute(addresses)}
    bags: dict[int, Bag] = defaultdict(list)
    for message_id in ids:  # in their order, which each bag keeps
        address = address_of.get(message_id, "")
        bags[crc32(untagged(address).encode()) % postmen].append(message_id)
    return list(bags.values())
