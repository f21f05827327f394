"""The end of a mail: its fate with the reason as a code, what lists show of it, and whether it came before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, update

from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.lib import once
from helpdesk.lib.database import db
from helpdesk.lib.mail.message import ReadMail
from helpdesk.messaging.mail_identity import reference_of

SENDER_LENGTH = 190
SUBJECT_LENGTH = 200


class Reason(StrEnum):
    """Why the fate is what it is; the words are the pages'."""

    # a ticket of its own
    NEW = "new"
    QUOTED = "quoted"
    TOO_LATE = "too_late"
    LEFT = "left"
    # added to a ticket
    BY_TOKEN = "by_token"  # noqa: S105 - the name of a proof, no secret
    BY_REFERENCE = "by_reference"
    BY_NUMBER = "by_number"
    BY_STAFF = "by_staff"
    OTHER_PERSON = "other_person"
    ATTACHED = "attached"  # by hand, out of quarantine
    # by a machine, or back to us
    MACHINE = "machine"
    OWN_ADDRESS = "own_address"
    UNDELIVERED = "undelivered"
    UNKNOWN_BOUNCE = "unknown_bounce"
    SAME_MAIL = "same_mail"
    # waiting for a person
    NO_SENDER = "no_sender"
    NO_TICKET = "no_ticket"
    NOT_PROVED = "sender_not_proved"
    OTHER_SENDER = "other_sender"
    NO_RIGHT = "no_right"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    FAULT = "fault"
    # a POST of WhatsApp
    MESSAGES = "messages"
    SAME_MESSAGES = "same_messages"
    RECEIPTS = "receipts"
    LINE_NEWS = "line_news"
    NOTHING_FOR_US = "nothing_for_us"
    OTHER_NUMBER = "other_number"
    PARTLY_READ = "partly_read"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Outcome:
    """What became of a mail. In quarantine *ticket_id* is the ticket that it names; *is_urgent*: it must not wait."""

    fate: Fate
    reason: Reason
    ticket_id: int | None = None
    event_id: int | None = None
    is_urgent: bool = False

    @classmethod
    def aside(cls, reason: Reason, ticket_id: int | None = None) -> Outcome:
        """A person must look at it."""
        return cls(Fate.QUARANTINED, reason, ticket_id)


def note_beginning(row: Inbound, mail: ReadMail) -> None:
    """Write on *row* what lists show of its mail and by what it is known again."""
    row.sender = mail.sender.address[:SENDER_LENGTH]
    row.subject = mail.subject[:SUBJECT_LENGTH]
    row.body_digest = mail.body_digest
    row.reference = reference_of(mail.message_id) if mail.message_id.strip(" <>") else None


def twin_of(row: Inbound) -> Inbound | None:
    """The row of the same mail that was understood before; None for the first one, and without a Message-ID.

    Two workers with a copy each meet at the remembered key: the later waits, runs again and finds the earlier. It is
    locked, so that whoever moves it to another ticket meanwhile takes the copy along.
    """
    if row.reference is None or row.body_digest is None:
        return None
    key = f"mail/{row.reference}/{row.body_digest}"
    earlier = once.remember(key, "inbox", row.body_digest)
    if isinstance(earlier, once.Same | once.OtherBody):
        return db.session.get(
            Inbound, int(earlier.result), with_for_update=True, populate_existing=True
        )
    once.settle(key, str(row.id))
    return db.session.scalar(
        select(Inbound)
        .where(
            Inbound.reference == row.reference,
            Inbound.body_digest == row.body_digest,
            Inbound.fate != "",
            Inbound.id != row.id,
        )
        .order_by(Inbound.id)
        .limit(1)
        .with_for_update()
    )


def take_copies_along(row: Inbound) -> None:
    """Let every copy of the mail of *row* be about the ticket that it is about: as guarded, and found there."""
    if row.reference is None or row.body_digest is None:
        return
    db.session.execute(
        update(Inbound)
        .where(
            Inbound.reference == row.reference,
            Inbound.body_digest == row.body_digest,
            Inbound.fate == Fate.COPY.value,
        )
        .values(ticket_id=row.ticket_id)
        .execution_options(synchronize_session=False)
    )


def has_namesake(row: Inbound) -> bool:
    """Did another mail come under the same Message-ID? One of the two is not what it says."""
    if row.reference is None:
        return False
    other = select(Inbound.id).where(
        Inbound.reference == row.reference,
        Inbound.id != row.id,
        Inbound.body_digest != row.body_digest,
    )
    return db.session.scalar(other.limit(1)) is not None
