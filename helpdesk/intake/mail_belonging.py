"""To which ticket a mail belongs, and who its sender is to that ticket.

In this order: our own token, in what it answers or in the address that it was sent to; the mails of others that are
known on a ticket; the number in its subject, which anybody can have heard and which therefore says least.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import number_prefix
from helpdesk.intake.mail_submission import address_of
from helpdesk.lib.database import db
from helpdesk.lib.mail.message import ReadMail
from helpdesk.messaging.mail_identity import OwnIdentity, note_reference, read_identity, subjects_of
from helpdesk.messaging.message import OutboxMessage
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.arrivals import Link
from helpdesk.tickets.number import parse_number
from helpdesk.tickets.objecting import can_object
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import EXITS, Identity, Status
from helpdesk.tickets.ticket import Ticket

TICKET = "ticket"


class Proof(StrEnum):
    """By what a mail names its ticket."""

    TOKEN = "token"  # noqa: S105 - the name of a proof, no secret
    REFERENCE = "reference"
    NUMBER = "number"


@dataclass(frozen=True)
class Claim:
    """The subject that a mail says it belongs to; *identity* is our message that it answers, where it is one."""

    subject: tuple[str, int]
    proof: Proof
    identity: OwnIdentity | None = None

    @property
    def ticket_id(self) -> int | None:
        """None where the subject is no ticket, such as a monthly summary."""
        return self.subject[1] if self.subject[0] == TICKET else None

    @property
    def is_of_staff(self) -> bool:
        """Does it answer what was sent to a member of staff?"""
        return self.identity is not None and self.identity.recipient_kind == "staff"


def claim_of(mail: ReadMail) -> Claim | None:
    """What *mail* answers, by a token or by a mail that is known; None for a mail that stands alone."""
    for text in (*_answered(mail), *mail.recipients):
        if identity := read_identity(text):
            subject = (identity.subject_kind, identity.subject_id)
            if not _is_erased(subject):
                return Claim(subject, Proof.TOKEN, identity)
            # A colleague's answer is no complaint, and there is nothing any more that it could be written on.
            is_of_staff = identity.recipient_kind == "staff"
            return Claim(("", 0), Proof.TOKEN, identity) if is_of_staff else None
    known = subjects_of(_answered(mail))  # none is left of a ticket whose data were deleted
    return Claim(_own_first(known, mail), Proof.REFERENCE) if known else None


def note_mail(mail: ReadMail, ticket_id: int) -> None:
    """Let whatever answers *mail* be known on the ticket, inside the caller's unit of work."""
    if mail.message_id.strip(" <>") and mail.sender.address:
        note_reference(
            mail.message_id,
            subject=(TICKET, ticket_id),
            address=address_of(mail) or mail.sender.address,
            mail_subject=mail.subject,
        )


def number_claim_of(mail: ReadMail) -> Claim | None:
    """The ticket whose whole number, with our prefix, stands in the subject."""
    prefix = number_prefix()
    parsed = parse_number(mail.subject, prefix=prefix)
    if parsed.problem or prefix.lower() not in mail.subject.lower():
        return None
    number = parsed.numbers[0]
    ticket_id = db.session.scalar(
        select(Ticket.id).where(
            Ticket.number_year == number.year,
            Ticket.number_seq == number.seq,
            Ticket.erased_at.is_(None),
        )
    )
    return Claim((TICKET, ticket_id), Proof.NUMBER) if ticket_id else None


def _is_erased(subject: tuple[str, int]) -> bool:
    """Were the personal data of this ticket deleted? Then what comes for it stands alone."""
    kind, subject_id = subject
    erased = select(Ticket.id).where(Ticket.id == subject_id, Ticket.erased_at.is_not(None))
    return kind == TICKET and db.session.scalar(erased) is not None


def fetch_claimed(ticket_id: int) -> Ticket:
    """The ticket, locked for the caller's unit of work, as its complainant would reach it."""
    number = number_of(db.session.get_one(Ticket, ticket_id))
    return find_to_change(Actor.complainant(ticket_id), number)


def is_complainant(sender: str, ticket: Ticket) -> bool:
    """Is *sender* an address of the person who complained? Never, where nothing about them is stored."""
    if ticket.reply_channel == "email" and ticket.reply_address == sender:
        return True
    known = ticket.complainant.identifiers if ticket.complainant else []
    return any(one.kind == IdentifierKind.EMAIL and one.value == sender for one in known)


def is_copied(sender: str, ticket: Ticket) -> bool:
    """Did *sender* get a copy of a letter that we wrote about the ticket?"""
    copied = db.session.scalars(
        select(OutboxMessage.cc).where(
            OutboxMessage.subject_kind == TICKET, OutboxMessage.subject_id == ticket.id
        )
    )
    return any(sender in (address.lower() for address in cc or ()) for cc in copied)


def is_guarded(ticket: Ticket) -> bool:
    """Must nobody but its complainant be heard on it without somebody having looked?"""
    return ticket.is_restricted or ticket.identity == Identity.ANONYMOUS


def why_anew(ticket: Ticket) -> Link | None:
    """Why what its complainant writes now becomes a ticket of its own; None while the ticket still takes it.

    A closed ticket takes it while an objection would be possible. A merged one does too: it goes to those who handle
    the leading ticket, as what is written on the track page does.
    """
    if ticket.state in EXITS - {Status.MERGED}:
        return Link.LEFT
    if ticket.state is Status.CLOSED and not can_object(ticket):
        return Link.TOO_LATE
    return None


def _own_first(known: list[tuple[str, int]], mail: ReadMail) -> tuple[str, int]:
    """Of the subjects that share a Message-ID the sender's own ticket: anybody can use another's Message-ID again."""
    sender = address_of(mail)
    for kind, subject_id in known if len(known) > 1 else ():
        if kind == TICKET and is_complainant(sender, fetch_claimed(subject_id)):
            return kind, subject_id
    return known[0]


def _answered(mail: ReadMail) -> list[str]:
    """The mails that it answers, the nearest first."""
    nearest = [mail.in_reply_to] if mail.in_reply_to else []
    return [*nearest, *reversed(mail.references)]
