"""Messages that tell a number and a PIN: hidden from all but their reader, and removed here once they have arrived.

They are known by how their key in the outbox begins; so is the one by which such a message is sent again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
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
# Said as a range: of LIKE SQLite makes no use in an index.
_IS_KEY = and_(OutboxMessage.dedupe_key >= KEY, OutboxMessage.dedupe_key < _BEHIND_KEYS)
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


def replace_keys(
    subject: tuple[str, int],
    number: str,
    *,
    link: str,
    fresh_link: str,
    but_at: Collection[str] = (),
    is_pin_new: bool = True,
) -> None:
    """The PIN of *number*, which *subject* is about, was replaced: what may still go tells the old one to nobody.

    Inside the caller's unit of work. The *fresh_link* takes the place of the *link*, which is dead; the new PIN is told
    by whoever asked for it. What goes to *but_at*, where somebody else is, keeps the dead one. Where not *is_pin_new*
    the links alone were.
    """
    is_about = and_(
        OutboxMessage.subject_kind == subject[0],
        OutboxMessage.subject_id == subject[1],
        OutboxMessage.recipient_kind == "complainant",
    )
    # Of an anonymous complaint only its number, among the words, says whose keys these are.
    names_it = and_(_IS_KEY, OutboxMessage.text.contains(number, autoescape=True))
    for which in (is_about, names_it):  # each is one range of an index, which both together are not
        may_go = select(OutboxMessage).where(
            which,
            OutboxMessage.status.in_(("queued", "sent", "failed")),
            OutboxMessage.address.not_in(sorted(but_at)),
        )
        for message in db.session.scalars(may_go.with_for_update()):
            _replace_in(message, link, fresh_link, is_pin_new=is_pin_new)


def _replace_in(message: OutboxMessage, link: str, fresh_link: str, *, is_pin_new: bool) -> None:
    # What failed keeps the values that it had: whoever sends it again gives it the link of that day.
    if message.status != "failed" and message.values.get("link") == link:
        message.values = {**message.values, "link": fresh_link}
    if message.text is None:
        return
    message.text = message.text.replace(link, fresh_link)
    if is_pin_new and family_of(message) in (KEY, NAMELESS_KEY):
        with force_locale(message.language):
            said = str(gettext("(replaced by a new one)"))
        message.text = _PIN.sub(rf"\g<1>{said}", message.text)


def remove_told(at: datetime) -> int:
    """A PIN that arrived by *at*, or will not arrive any more, is nobody's to read here; returns how many were removed.

    Inside the caller's unit of work.
    """
    has_arrived = OutboxMessage.status.in_(("delivered", "read"))
    went_at = func.coalesce(OutboxMessage.sent_at, OutboxMessage.created_at)
    is_silent = and_(OutboxMessage.status != "queued", went_at <= at - STAYS)
    told = select(OutboxMessage).where(_IS_KEY, or_(has_arrived, is_silent))
    rows = list(db.session.scalars(told.order_by(OutboxMessage.id).limit(ROUND).with_for_update()))
    for message in rows:
        message.text = without_key(message)
        message.dedupe_key = message.dedupe_key.replace(KEY, TOLD, 1)
    return len(rows)
