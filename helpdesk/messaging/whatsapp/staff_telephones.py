"""Telling staff on WhatsApp: whoever connected a telephone of theirs hears there what cannot wait, or everything.

Nothing is typed that could be mistyped, and nobody else's number can be given: the person sends us a code from the
telephone itself. One approved template, ``staff_news``, carries the subject line of whatever is told; where it is
missing, or the number of the house is in trouble, the news goes by email as if there were no telephone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from helpdesk.accounts import passwords
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.lib.remembered import remembered
from helpdesk.lib.sealing import keyed_digest
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import spoken
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.catalogue import has_template
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import address_of
from helpdesk.messaging.whatsapp.proposals import STAFF_NEWS
from helpdesk.messaging.whatsapp.staff_telephone import StaffTelephone

WORD = "PETUGAS"
CODE_LIVES_FOR = timedelta(minutes=15)
# What somebody is to hear of within minutes. All else can wait until they next look at their mail.
PRESSING = frozenset(
    {
        "sounds_urgent",
        "wrote_urgently",
        "graded_red",
        "due_soon",
        "breached",
        "escalated",
        "instructed",
        "conversation_emergency",
        "mail_sounds_urgent",
        "mailbox_unreadable",
        "backup_failed",
        "backup_unreadable",
        "scanner_unreachable",
    }
)
_PURPOSE = "staff telephone"
# With the hyphens in which it is shown: three words of four letters can be the beginning of a complaint.
_CODE = re.compile(rf"\W*{WORD}[\s+]+(\w{{4}}[-–]\w{{4}}[-–]\w{{4}})\W*", re.IGNORECASE)


@dataclass(frozen=True)
class Connection:
    """The telephone of a member of staff: its *address* ('' when the number is somebody else's by now), and since when.

    *hears_all*: everything is told there, otherwise what cannot wait.
    """

    address: str
    connected_at: datetime
    hears_all: bool


def connection_of(user_id: int) -> Connection | None:
    """The telephone of *user_id*; None when none is connected."""
    row = db.session.get(StaffTelephone, user_id)
    if row is None or row.contact is None or row.connected_at is None:
        return None
    return Connection(address_of(row.contact), row.connected_at, row.hears_all)


def can_be_told(language: str) -> bool:
    """Can news in *language* go out on WhatsApp now, whoever has written to us lately or not?"""
    line = lines.active_line()
    return line is not None and not line.error and has_template(STAFF_NEWS, spoken(language))


def address_for(user: User, event: str) -> str:
    """Where on WhatsApp *user* is told of *event*, inside the caller's unit of work; '' where by another road.

    Who has an email address hears there what can wait, unless they want everything on WhatsApp.
    """
    if user.id not in remembered(
        "staff telephones", trail.edition(), _connected, even_in_unit=True
    ):
        return ""
    connection = connection_of(user.id)
    if connection is None or not can_be_told(user.locale):
        return ""
    is_wanted = connection.hears_all or event in PRESSING or not user.email
    return connection.address if is_wanted else ""


def can_be_mailed(message: OutboxMessage) -> bool:
    """Is *message* for a member of staff who has an email address?"""
    if message.recipient_kind != "staff":
        return False
    user = db.session.get(User, message.recipient_id or 0)
    return user is not None and bool(user.email)


def draw_code(user_id: int) -> str:
    """A code for *user_id* to send us, such as ``PETUGAS K7MF-2PRT-9WXC``; inside the caller's unit of work.

    Any code before it is void. The telephone that is connected stays so until the code has come.
    """
    code = passwords.draw_legible()
    row = _row(user_id) or StaffTelephone(user_id=user_id)
    row.code_digest, row.code_until = _digest(code), clock.now() + CODE_LIVES_FOR
    db.session.add(row)
    return f"{WORD} {code}"


def awaits_code(user_id: int) -> bool:
    """Was a code shown to *user_id* that has not come, and could still come?"""
    row = db.session.get(StaffTelephone, user_id)
    return row is not None and row.code_until is not None and row.code_until > clock.now()


def code_in(text: str) -> str:
    """The code that *text* consists of; '' where there is none, or where more is said."""
    found = _CODE.fullmatch(text)
    return passwords.tidy_one_time(found[1]) if found else ""


def connect(code: str, contact: Contact) -> User | None:
    """Tell whoever was shown *code* at *contact* from now on, inside the caller's unit of work.

    Returns them; None when nobody was shown it, or it is too old, or their account is closed.
    """
    shown = select(StaffTelephone).where(
        StaffTelephone.code_digest == _digest(code), StaffTelephone.code_until > clock.now()
    )
    row = db.session.scalar(shown.with_for_update().execution_options(populate_existing=True))
    user = db.session.get_one(User, row.user_id) if row is not None else None
    if row is None or user is None or not user.is_active:
        return None
    row.contact_id, row.connected_at = contact.id, clock.now()
    row.code_digest = row.code_until = None
    db.session.flush()
    trail.record("staff_telephone_connected", by=user.as_actor(), subject=("user", user.id))
    return user


def choose(hears_all: bool, *, by: Actor) -> None:
    """Let everything come on WhatsApp, or only what cannot wait; inside the caller's unit. Raises NotFound."""
    row = _row(by.user_id or 0)
    if row is None or row.contact_id is None:
        raise NotFound
    row.hears_all = hears_all


def disconnect(*, by: Actor) -> None:
    """Tell *by* nothing on WhatsApp any more, inside the caller's unit of work. Raises NotFound."""
    row = _row(by.user_id or 0)
    if row is None or row.contact_id is None:
        raise NotFound
    db.session.delete(row)
    db.session.flush()
    trail.record("staff_telephone_disconnected", by=by, subject=("user", row.user_id))


def follow(stays: Contact, goes: Contact) -> None:
    """Two contacts turned out to be one account: who is told at the one is told at the other."""
    theirs = update(StaffTelephone).where(StaffTelephone.contact_id == goes.id)
    db.session.execute(theirs.values(contact_id=stays.id))


def _row(user_id: int) -> StaffTelephone | None:
    return db.session.get(StaffTelephone, user_id, with_for_update=True, populate_existing=True)


def _connected() -> frozenset[int]:
    found = select(StaffTelephone.user_id).where(StaffTelephone.contact_id.is_not(None))
    return frozenset(db.session.scalars(found))


def _digest(code: str) -> str:
    return keyed_digest(code, purpose=_PURPOSE)
