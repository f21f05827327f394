"""When a conversation is to be answered, and what becomes of two that turn out to be one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.database import db
from helpdesk.messaging.whatsapp import staff_telephones
from helpdesk.messaging.whatsapp.contact import Contact

# People send one thought in five messages: it is answered once, when they have been silent for so long ...
QUIET = timedelta(seconds=4)
# ... or have tapped, which ends a thought, and what they wrote before has had the time to overtake it ...
QUIET_AFTER_TAP = timedelta(seconds=1)
# ... or when the first of them has waited for so long.
PATIENCE = timedelta(seconds=20)


def _conversation_of(contact: Contact, heard_at: datetime) -> Conversation:
    """The conversation with *contact*, locked; made when there is none. Inside the caller's unit of work."""
    standing = select(Conversation).where(Conversation.contact_id == contact.id).with_for_update()
    found = db.session.scalar(standing.execution_options(populate_existing=True))
    if found is None:
        found = Conversation(contact_id=contact.id, heard_at=heard_at, gathered={})
        db.session.add(found)
        db.session.flush()
    return found


def note_heard(
    contact: Contact, heard_at: datetime, at: datetime, *, quiet: timedelta | None
) -> None:
    """Something came from *contact*, inside the caller's unit of work; due to be answered when they were *quiet* so
    long after it, with None not at all.

    The row stays locked to the end of the unit: whoever answers now either sees what came, or is done before, and
    then it is due once more.
    """
    conversation = _conversation_of(contact, heard_at)
    conversation.heard_at = max(conversation.heard_at, heard_at)
    if quiet is not None:
        waiting = select(func.min(WhatsAppMessage.arrived_at)).where(
            WhatsAppMessage.contact_id == contact.id, WhatsAppMessage.handled_at.is_(None)
        )
        waits_since = db.session.scalar(waiting)
        if waits_since is not None:
            conversation.look_at = max(at, min(at + quiet, waits_since + PATIENCE))


def join(stays: Contact, goes: Contact) -> None:
    """The two are one account: what the one said is the other's, inside the caller's unit of work.

    Where both had a conversation, the one that stays goes on; the other is kept for the record, and is silent.
    """
    db.session.execute(
        update(WhatsAppMessage)
        .where(WhatsAppMessage.contact_id == goes.id)
        .values(contact_id=stays.id)
        .execution_options(synchronize_session=False)
    )
    staff_telephones.follow(stays, goes)
    rows = select(Conversation).where(Conversation.contact_id.in_((stays.id, goes.id)))
    theirs = {row.contact_id: row for row in db.session.scalars(rows.with_for_update())}
    older = theirs.get(goes.id)
    if older is None:
        return
    kept = theirs.get(stays.id)
    if kept is None:
        older.contact_id = stays.id
    else:
        if kept.person_wanted_at is None and older.person_wanted_at is not None:
            kept.person_wanted_at, kept.wanted_because = (
                older.person_wanted_at,
                older.wanted_because,
            )
        kept.look_at = min((one for one in (kept.look_at, older.look_at) if one), default=None)
        older.look_at = older.person_wanted_at = None
    db.session.flush()
