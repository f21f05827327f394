"""How the outbox is doing: what waits, what should have gone, and what failed and was left at that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import FORGOTTEN, NOT_THEIRS
from helpdesk.messaging.sending_again import keys_of_sending_again
from helpdesk.messaging.told_keys import NAMELESS_KEY, NAMELESS_TOLD

LATE_AFTER = timedelta(minutes=15)
# What nobody sent again within it is past helping, and must not hide what fails tomorrow.
REMEMBERED_FOR = timedelta(days=7)
_MOST = 1000


@dataclass(frozen=True)
class OutboxState:
    """How the outbox is doing: *waiting* are still to be sent, *late* ones should have gone.

    *failed* are those of the last seven days that were not sent again; *nameless* ones among them told number and PIN
    of an anonymous complaint, of which no ticket and no talk can tell. *oldest_due_at* is the moment at which the next
    of the waiting was, or will be, due; None when none waits.
    """

    waiting: int
    late: int
    failed: int
    nameless: int
    oldest_due_at: datetime | None

    @property
    def is_well(self) -> bool:
        """Does nothing ask for the administrator's attention?"""
        return not self.late and not self.failed


def state_of_outbox(at: datetime) -> OutboxState:
    """Count what waits, what is late at *at*, and what failed for good and stayed so."""
    waiting = select(func.count()).where(OutboxMessage.status == "queued")
    late = waiting.where(OutboxMessage.look_at < at - LATE_AFTER)
    oldest = select(func.min(OutboxMessage.look_at)).where(OutboxMessage.status == "queued")
    questions = (waiting, late, oldest)
    row = db.session.execute(select(*(one.scalar_subquery() for one in questions))).one()
    failed = _left_failed(at)
    nameless = _left_failed(at, _IS_NAMELESS) if failed else 0
    return OutboxState(row[0], row[1], failed, nameless, row[2])


_IS_NAMELESS = or_(
    OutboxMessage.dedupe_key.startswith(NAMELESS_KEY),
    OutboxMessage.dedupe_key.startswith(NAMELESS_TOLD),
)


def _left_failed(at: datetime, *which: ColumnElement[bool]) -> int:
    """Of the newest that failed, those that nobody sent again; what was not to be sent did not fail."""
    failed = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.status == "failed",
            OutboxMessage.error.not_in((NOT_THEIRS, FORGOTTEN)),
            func.coalesce(OutboxMessage.failed_at, OutboxMessage.created_at) >= at - REMEMBERED_FOR,
            *which,
        )
        .order_by(OutboxMessage.id.desc())
        .limit(_MOST)
    )
    ids = db.session.scalars(failed).all()
    if not ids:
        return 0
    keys = [key for message_id in ids for key in keys_of_sending_again(message_id)]
    sent_again = select(func.count()).where(OutboxMessage.dedupe_key.in_(keys))
    return len(ids) - (db.session.scalar(sent_again) or 0)
