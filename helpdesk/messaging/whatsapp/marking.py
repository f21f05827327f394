"""What we send along with a message, so that a receipt finds it although we died before we could note its id.

The id of the row alone would not do: after a backup was restored it may be another message's, and a receipt of the
first, which can come days late, would pass for the second that never went.
"""

from __future__ import annotations

import hashlib

from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage

_MOST_DIGITS = 18


def mark_of(message: OutboxMessage) -> str:
    """The row's id, and what tells it from any other that has, or had, the same."""
    written = f"{message.dedupe_key} {message.created_at.isoformat()}"
    return f"{message.id}-{hashlib.sha256(written.encode()).hexdigest()[:16]}"


def marked_with(mark: str) -> OutboxMessage | None:
    """The message that *mark* was sent along with; None when it is not one of ours."""
    told = mark.partition("-")[0]
    if not (told.isascii() and told.isdigit() and len(told) <= _MOST_DIGITS):
        return None
    found = db.session.get(OutboxMessage, int(told))
    return found if found is not None and mark_of(found) == mark else None
