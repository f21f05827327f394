"""What customer care does with a mail that was set aside: a ticket of its own, part of another, or nothing.

The first two also with one that was taken for a machine's, or that somebody laid aside: *seen* is the fate that the
person was shown, so that two who look at the same mail do not undo each other's decision unseen.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.intake.admission import admit
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_access import RECONSIDERED, find_quarantined
from helpdesk.intake.mail_belonging import fetch_claimed, is_complainant, note_mail
from helpdesk.intake.mail_outcome import Outcome, Reason, take_copies_along
from helpdesk.intake.mail_reading import Arrived, read_arrived, take_files
from helpdesk.intake.mail_submission import (
    address_of,
    mail_facts,
    new_words_of,
    said_by,
    submission_of,
)
from helpdesk.intake.naming_tickets import ticket_named
from helpdesk.intake.submission import Wish
from helpdesk.intake.understanding import end_with
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.arrivals import Link, link_tickets, take_from_other
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.states import Channel, Identity
from helpdesk.tickets.ticket import Ticket

REASON_LENGTH = 300


def read_whole(row: Inbound) -> Arrived:
    """The mail with its files taken in, whoever wrote it: a person wants to keep it. Outside any unit of work.

    Raises NotFound when its bytes are gone.
    """
    arrived = read_arrived(row)
    if arrived.taken.files or arrived.taken.refused:
        return arrived
    return replace(arrived, taken=take_files(arrived.mail.files, arrived.mail.surplus))


def make_ticket(
    row_id: int, arrived: Arrived, *, by: Actor, seen: str = Fate.QUARANTINED
) -> Ticket:
    """Make the mail a ticket of its sender's, linked to the one that it names; inside the caller's unit of work."""
    row = _take_up(row_id, by, seen)
    submission = submission_of(row, arrived, wish=_wish_of(row, arrived))
    if not submission.text and not submission.files:
        submission = replace(submission, text=_without_words())
    ticket = admit(replace(submission, recorded_by_id=by.user_id), by=by).ticket
    earlier = _named_ticket(row, by)
    if earlier is not None:
        fresh = find_to_change(by, number_of(ticket))
        link_tickets(fresh, earlier, Link.QUOTED, by=by)
    _decide(row, Outcome(Fate.OPENED, Reason.NEW, ticket.id), by, "mail_admitted", arrived=arrived)
    return ticket


def attach_to_ticket(
    row_id: int,
    arrived: Arrived,
    number: str,
    *,
    by: Actor,
    is_complainants: bool,
    seen: str,
) -> Ticket:
    """Put the mail on the ticket with this number: as the complainant's word where somebody has made sure of it.

    Raises Invalid when there is no such ticket for *by*, or the number may be another's.
    """
    row = _take_up(row_id, by, seen)
    ticket = ticket_named(number, by)
    said = new_words_of(arrived.mail) or _without_words()
    facts = {"mail": mail_facts(row, arrived, shown=said)}
    if is_complainants:
        event = add_message(
            ticket, said, by=by, files=arrived.taken.files, channel=Channel.EMAIL, details=facts
        )
    else:
        sender = said_by(arrived.mail.sender)
        event = take_from_other(
            ticket, said, sender=sender, by=by, files=arrived.taken.files, details=facts
        )
    outcome = Outcome(Fate.ADDED, Reason.ATTACHED, ticket.id, event.id)
    _decide(row, outcome, by, "mail_attached", arrived=arrived)
    return ticket


def discard(row_id: int, reason: str, *, by: Actor) -> None:
    """Leave the mail where it is, for *reason*; its bytes stay, and the trail says who decided. Raises Invalid."""
    if not reason.strip():
        raise Invalid({"reason": _l("Write why it leads nowhere.")})
    row = _take_up(row_id, by, Fate.QUARANTINED)
    outcome = Outcome(Fate.DISCARDED, Reason(row.reason), row.ticket_id)
    _decide(row, outcome, by, "mail_discarded", why=reason.strip()[:REASON_LENGTH])


def _without_words() -> str:
    return str(_("(An email without words.)"))


def _take_up(row_id: int, by: Actor, seen: str) -> Inbound:
    """The row, locked. Raises Conflict when somebody decided since it was *seen*."""
    find_quarantined(by, row_id)
    locked = select(Inbound).where(Inbound.id == row_id).with_for_update()
    row = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    if row.fate != seen or seen not in RECONSIDERED | {Fate.QUARANTINED}:
        raise Conflict(_l("Somebody has already decided about this email."))
    return row


def _wish_of(row: Inbound, arrived: Arrived) -> Wish:
    """What is about a confidential complaint stays confidential, also for whoever may not see that complaint."""
    if row.ticket_id is None:
        return Wish.ORDINARY
    earlier = fetch_claimed(row.ticket_id)
    is_theirs = is_complainant(address_of(arrived.mail), earlier)
    is_withheld = is_theirs and earlier.identity == Identity.WITHHELD
    return Wish.CONFIDENTIAL if earlier.is_restricted or is_withheld else Wish.ORDINARY


def _named_ticket(row: Inbound, by: Actor) -> Ticket | None:
    """The ticket that the mail named, where *by* may see it."""
    if row.ticket_id is None:
        return None
    try:
        return find_to_change(by, number_of(db.session.get_one(Ticket, row.ticket_id)))
    except NotFound:
        return None


def _decide(
    row: Inbound,
    outcome: Outcome,
    by: Actor,
    act: str,
    *,
    arrived: Arrived | None = None,
    why: str = "",
) -> None:
    was_for, was = row.reason, row.fate
    end_with(row, outcome)
    take_copies_along(row)
    row.settled_by_id = by.user_id
    if arrived and outcome.ticket_id:
        note_mail(arrived.mail, outcome.ticket_id)
    trail.record(
        act,
        by=by,
        subject=("inbox", row.id),
        details={"was": was, "was_for": was_for, "ticket_id": outcome.ticket_id, "reason": why},
    )
