"""What becomes of a mail, decided inside one unit of work: every mail that can exist ends with one fate.

Nothing here believes a header that it need not. A *From* can be forged, a subject can be guessed, a mail can be passed
on; so a mail is the complainant's word on a ticket only when it answers one of ours **and** comes from their address.
Whatever else names a ticket is shown to customer care as somebody else's, or waits in quarantine.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, func, or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.intake import mail_bounces, mail_staff
from helpdesk.intake.admission import admit
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_belonging import (
    Claim,
    Proof,
    claim_of,
    fetch_claimed,
    is_complainant,
    is_copied,
    is_guarded,
    note_mail,
    number_claim_of,
    why_anew,
)
from helpdesk.intake.mail_outcome import Outcome, Reason, note_beginning, twin_of
from helpdesk.intake.mail_reading import Arrived
from helpdesk.intake.mail_submission import (
    address_of,
    mail_facts,
    new_words_of,
    said_by,
    submission_of,
    words_of,
)
from helpdesk.intake.submission import Wish
from helpdesk.intake.urgent_mail import weigh
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.mail.addresses import untagged
from helpdesk.lib.mail.message import Nature, ReadMail
from helpdesk.messaging.mail_identity import read_identity
from helpdesk.messaging.relay import is_own
from helpdesk.registry.complainant import Identifier, IdentifierKind
from helpdesk.registry.undeliverable import note_reached
from helpdesk.tickets.arrivals import Link, link_tickets, take_from_machine, take_from_other
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.states import Channel, Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.urgent_words import say_whom_to_call

MOST_TICKETS = 20  # of one address within an hour; a person with a real grievance writes fewer
MOST_MESSAGES = 40  # on one ticket within an hour: each is told to its desk
_HOUR = timedelta(hours=1)


def receive_mail(row: Inbound, arrived: Arrived) -> Outcome:
    """Decide about the mail of *row* and do it, inside the caller's unit of work."""
    note_beginning(row, arrived.mail)
    twin = twin_of(row)
    if twin is not None:
        return Outcome(Fate.COPY, Reason.SAME_MAIL, twin.ticket_id)
    outcome = weigh(_decide(row, arrived), new_words_of(arrived.mail))
    if outcome.fate in (Fate.OPENED, Fate.ADDED) and outcome.ticket_id is not None:
        note_mail(arrived.mail, outcome.ticket_id)
    return outcome


def _decide(row: Inbound, arrived: Arrived) -> Outcome:
    mail = arrived.mail
    if mail.bounce is not None:
        return mail_bounces.take_bounce(mail, mail.bounce)
    if _is_by_hand_from_us(mail):
        claim = claim_of(mail)
        return Outcome.aside(Reason.OWN_ADDRESS, claim.ticket_id if claim else None)
    if mail.nature is Nature.AUTOMATIC or is_own(mail.sender.address):
        return _take_automatic(row, arrived)
    if not address_of(mail):
        return Outcome.aside(Reason.NO_SENDER)
    claim = claim_of(mail)
    if claim is not None and claim.ticket_id is None:
        return Outcome.aside(Reason.NO_TICKET)
    claim = claim or number_claim_of(mail)
    if claim is None:
        return _open(row, arrived)
    if mail.checks.has_failed:
        return Outcome.aside(Reason.NOT_PROVED, claim.ticket_id)
    if claim.is_of_staff and claim.identity is not None:
        return mail_staff.take_from_staff(row, arrived, claim.identity)
    return _take_claimed(row, arrived, claim)


def _is_by_hand_from_us(mail: ReadMail) -> bool:
    """Does one of our addresses alone speak for a machine? A colleague may pass a complaint on from a shared mailbox.

    Nothing is sent because of it, so there is no loop; what the house wrote itself carries its own token.
    """
    is_only_sign = mail.nature_reason in ("", f"From: {mail.sender.address}")
    is_ours = mail.bounce is None and is_own(mail.sender.address)
    return is_ours and is_only_sign and read_identity(mail.message_id) is None


def _take_claimed(row: Inbound, arrived: Arrived, claim: Claim) -> Outcome:
    ticket = fetch_claimed(claim.ticket_id or 0)
    sender = address_of(arrived.mail)  # its domain as it is stored, however it was spelt
    if is_complainant(sender, ticket):
        return _take_from_complainant(row, arrived, ticket, claim.proof)
    if claim.proof is Proof.NUMBER and not is_copied(sender, ticket):
        return _open(row, arrived, ticket, Link.QUOTED)
    if is_guarded(ticket):
        return Outcome.aside(Reason.OTHER_SENDER, ticket.id)
    if _takes_no_more(ticket):
        return Outcome.aside(Reason.TOO_MANY, ticket.id)
    said = new_words_of(arrived.mail)
    event = take_from_other(
        ticket,
        said,
        sender=said_by(arrived.mail.sender),
        by=Actor.system(),
        files=arrived.taken.files,
        details={"mail": mail_facts(row, arrived, shown=said)},
    )
    say_whom_to_call(ticket, event, sender)
    return Outcome(Fate.ADDED, Reason.OTHER_PERSON, ticket.id, event.id)


def _take_from_complainant(row: Inbound, arrived: Arrived, ticket: Ticket, proof: Proof) -> Outcome:
    """Their message; the answer, where one question is open. A number alone proves too little to be an answer."""
    note_reached(IdentifierKind.EMAIL, address_of(arrived.mail))
    why = why_anew(ticket)
    if why is not None:
        return _open(row, arrived, ticket, why, is_theirs=True)
    if _takes_no_more(ticket):
        return Outcome.aside(Reason.TOO_MANY, ticket.id)
    said = new_words_of(arrived.mail)
    if not said and not arrived.taken.files:
        return Outcome.aside(Reason.EMPTY, ticket.id)
    is_proved = proof is not Proof.NUMBER or arrived.mail.checks.has_passed
    facts = mail_facts(row, arrived, shown=said) | ({} if is_proved else {"is_unproved": True})
    event = add_message(
        ticket,
        said,
        by=Actor.complainant(ticket.id),
        files=arrived.taken.files,
        details={"mail": facts, "channel": Channel.EMAIL.value},
        may_answer=is_proved,
    )
    say_whom_to_call(ticket, event, address_of(arrived.mail))
    return Outcome(Fate.ADDED, Reason(f"by_{proof.value}"), ticket.id, event.id)


def _open(
    row: Inbound,
    arrived: Arrived,
    earlier: Ticket | None = None,
    why: Link | None = None,
    *,
    is_theirs: bool = False,
) -> Outcome:
    """A ticket of its own, linked to the *earlier* one that it names. Whose was confidential stays so."""
    if not words_of(arrived.mail) and not arrived.taken.files:
        return Outcome.aside(Reason.EMPTY)
    if _sent_too_many(address_of(arrived.mail)):
        return Outcome.aside(Reason.TOO_MANY)
    was_confidential = earlier is not None and (
        earlier.is_restricted or earlier.identity == Identity.WITHHELD
    )
    wish = Wish.CONFIDENTIAL if is_theirs and was_confidential else Wish.ORDINARY
    if not arrived.mail.checks.has_failed:
        note_reached(IdentifierKind.EMAIL, address_of(arrived.mail))
    ticket = admit(submission_of(row, arrived, wish=wish)).ticket
    if earlier is not None and why is not None:
        fresh = fetch_claimed(ticket.id)
        link_tickets(fresh, earlier, why, by=Actor.system())
    return Outcome(Fate.OPENED, Reason(why.value) if why else Reason.NEW, ticket.id)


def _take_automatic(row: Inbound, arrived: Arrived) -> Outcome:
    """Kept on the ticket of the complainant whose machine answered; else in the inbox alone. Never answered.

    Where it names a ticket it quotes what is in there, so it is as guarded as the ticket either way.
    """
    mail = arrived.mail
    is_ours = is_own(mail.sender.address)
    reason = Reason.OWN_ADDRESS if is_ours else Reason.MACHINE
    claim = claim_of(mail)
    if claim is None or claim.ticket_id is None:
        return Outcome(Fate.AUTOMATIC, reason)
    if claim.is_of_staff or is_ours or mail.checks.has_failed:
        return Outcome(Fate.AUTOMATIC, reason, claim.ticket_id)
    ticket = fetch_claimed(claim.ticket_id)
    if is_guarded(ticket) and not is_complainant(address_of(mail), ticket):
        return Outcome(Fate.AUTOMATIC, reason, ticket.id)
    said = new_words_of(arrived.mail)
    event = take_from_machine(
        ticket,
        said,
        sender=said_by(mail.sender),
        by=Actor.system(),
        details={"mail": mail_facts(row, arrived, shown=said)},
    )
    return Outcome(Fate.AUTOMATIC, reason, ticket.id, event.id)


def _sent_too_many(sender: str) -> bool:
    """Has *sender* opened as many tickets by mail within the hour as one person may, under whichever tags?"""
    local, _at, domain = untagged(sender).rpartition("@")
    with_tag = and_(
        Identifier.value.startswith(f"{local}+", autoescape=True),
        Identifier.value.endswith(f"@{domain}", autoescape=True),
    )
    opened = (
        select(func.count(Ticket.id.distinct()))
        .join(Identifier, Identifier.complainant_id == Ticket.complainant_id)
        .where(
            Identifier.kind == IdentifierKind.EMAIL.value,
            or_(Identifier.value == f"{local}@{domain}", with_tag),
            Ticket.channel == Channel.EMAIL.value,
            Ticket.recorded_at > clock.now() - _HOUR,
        )
    )
    return (db.session.scalar(opened) or 0) >= MOST_TICKETS


def _takes_no_more(ticket: Ticket) -> bool:
    """Did as many mails come to *ticket* within the hour as a conversation may have?"""
    added = select(func.count()).where(
        Inbound.ticket_id == ticket.id,
        Inbound.fate == Fate.ADDED.value,
        Inbound.settled_at > clock.now() - _HOUR,
    )
    return (db.session.scalar(added) or 0) >= MOST_MESSAGES
