"""Messages that tell a number and a PIN: hidden from all but their reader, and removed here once they have arrived.

They are known by how their key in the outbox begins; so is the one by which such a message is sent again.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask_babel import force_locale, gettext
from sqlalchemy import and_, func, or_, select

from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage

KEY = "talk/key/"  # a PIN stands in the text
NAMELESS_KEY = "talk/key/nameless/"
TOLD = "talk/told/"  # it stood there
NAMELESS_TOLD = "talk/told/nameless/"
FAMILIES = (NAMELESS_KEY, KEY, NAMELESS_TOLD, TOLD)  # the closer one first
ROUND = 50
# What the provider took and cannot bring fails within minutes, and goes again with its words. When nothing is heard
# for an hour the telephone is off: that can last for weeks, and a PIN must not lie here as long as that.
STAYS = timedelta(hours=1)
_BEHIND_KEYS = "talk/key0"  # the first name after all that begin as KEY does
_PIN = re.compile(r"(PIN: \*?)\d+")


def family_of(message: OutboxMessage) -> str:
    """Which of ``FAMILIES`` the message is of; '' for one without a PIN."""
    return next((one for one in FAMILIES if message.dedupe_key.startswith(one)), "")


def is_removed(message: OutboxMessage) -> bool:
    """Has the PIN left its words? Then nobody may be sent them any more."""
    return message.dedupe_key.startswith(TOLD)


def without_key(message: OutboxMessage) -> str:
    """The words of a message of ours for anybody but its reader: no PIN, and of an anonymous complaint no number."""
    family = family_of(message)
    if family == NAMELESS_KEY:
        with force_locale(message.language):
            return str(gettext("(Number and PIN of an anonymous complaint.)"))
    if family == KEY:
        return _PIN.sub(r"\1••••••", message.text or "")
    return message.text or ""


def remove_told(at: datetime) -> int:
    """A PIN that arrived by *at*, or will not arrive any more, is nobody's to read here; returns how many were removed.

    Inside the caller's unit of work.
    """
    has_arrived = OutboxMessage.status.in_(("delivered", "read"))
    went_at = func.coalesce(OutboxMessage.sent_at, OutboxMessage.created_at)
    is_silent = and_(OutboxMessage.status != "queued", went_at <= at - STAYS)
    told = select(OutboxMessage).where(
        # Said as a range: of LIKE SQLite makes no use in an index.
        OutboxMessage.dedupe_key >= KEY,
        OutboxMessage.dedupe_key < _BEHIND_KEYS,
        or_(has_arrived, is_silent),
    )
    rows = list(db.session.scalars(told.order_by(OutboxMessage.id).limit(ROUND).with_for_update()))
    for message in rows:
        message.text = without_key(message)
        message.dedupe_key = message.dedupe_key.replace(KEY, TOLD, 1)
    return len(rows)
