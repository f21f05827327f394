"""POSTs of the provider that were set aside: what the administrator sees of them, and decides.

People's words are on WhatsApp's own pages. Here is only what we could not use: for another number than ours, or not to
be read. Most of it is mended by mending the settings, and then taken in once more.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.inbox import WHATSAPP
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, NotFound

MOST_AT_ONCE = 1000


def posts_set_aside(*, after_id: int = 0, limit: int = 50) -> list[Inbound]:
    """What waits, the oldest first; the next page is asked for with the last id as *after_id*. Reads only."""
    rows = (
        select(Inbound)
        .where(
            Inbound.channel == WHATSAPP,
            Inbound.fate == Fate.QUARANTINED.value,
            Inbound.id > after_id,
        )
        .order_by(Inbound.id)
        .limit(limit)
    )
    return list(db.session.scalars(rows))


def take_in_again(row_id: int, *, by: Actor) -> None:
    """Let the POST be understood once more at the worker's next turn, inside the caller's unit of work.

    What is a row already stays one. Raises NotFound, and Conflict when somebody decided meanwhile.
    """
    row = _take_up(row_id)
    was_for, row.fate, row.reason, row.error, row.attempts = row.reason, "", "", "", 0
    row.settled_at = row.settled_by_id = None
    row.look_at = clock.now()
    _note("post_taken_again", row, was_for, by)


def take_all_in_again(*, by: Actor) -> int:
    """The same with everything that waits, up to a thousand, the oldest first; how many there were."""
    rows = posts_set_aside(limit=MOST_AT_ONCE)
    for row in rows:
        take_in_again(row.id, by=by)
    return len(rows)


def discard_post(row_id: int, *, by: Actor) -> None:
    """Leave the POST where it is; its bytes stay. Raises NotFound, and Conflict when somebody decided meanwhile."""
    row = _take_up(row_id)
    row.fate, row.settled_at, row.settled_by_id = Fate.DISCARDED.value, clock.now(), by.user_id
    _note("post_discarded", row, row.reason, by)


def _take_up(row_id: int) -> Inbound:
    posts = select(Inbound).where(Inbound.id == row_id, Inbound.channel == WHATSAPP)
    row = db.session.scalar(posts.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    if row.fate != Fate.QUARANTINED:
        raise Conflict(_l("Somebody has already decided about this message."))
    return row


def _note(act: str, row: Inbound, was_for: str, by: Actor) -> None:
    trail.record(act, by=by, subject=("inbox", row.id), details={"was_for": was_for})
