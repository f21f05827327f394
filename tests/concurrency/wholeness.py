"""What must be true of the database whoever ran at once and whoever was killed: no half ticket, no gap, no twin."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from helpdesk.letters.letter import Letter
from helpdesk.lib.database import db
from helpdesk.lib.once import OnceKey
from helpdesk.lib.sequences import Sequence
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.outbox import messages_about
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Attachment, SlaClock, TicketEvent
from helpdesk.tickets.ticket import Ticket

AT_RECEIPT = {ClockKind.TRIAGE, ClockKind.ANSWER, ClockKind.RESOLVE}


def whole_tickets() -> dict[str, Ticket]:
    """Every ticket by its number, after making sure that each is whole and the sequence has no gap."""
    db.session.rollback()
    db.session.expire_all()
    tickets = list(db.session.scalars(select(Ticket).order_by(Ticket.number_seq)))
    assert [ticket.number_seq for ticket in tickets] == list(range(1, len(tickets) + 1))
    last = db.session.scalar(select(Sequence.last).where(Sequence.name.startswith("ticket/")))
    assert (last or 0) == len(tickets)
    for ticket in tickets:
        _must_be_whole(ticket)
    _nothing_hangs_in_the_air(len(tickets))
    assert list(wrong_clocks()) == []
    return {number_of(ticket): ticket for ticket in tickets}


def events_of(ticket: Ticket) -> Counter[str]:
    """How often each kind of event happened to the ticket."""
    kinds = db.session.scalars(select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id))
    return Counter(kinds)


def _must_be_whole(ticket: Ticket) -> None:
    events = events_of(ticket)
    assert events["open"] == 1
    # every event raised the version by one, so that whoever read before it is told
    assert ticket.version == 1 + events.total()
    kinds = Counter(
        db.session.scalars(select(SlaClock.kind).where(SlaClock.ticket_id == ticket.id))
    )
    kept_in_mind = Counter({ClockKind.RESOLVE: events["merge"]})  # what a follower was promised
    assert all(kinds[kind] == 1 + kept_in_mind[kind] for kind in AT_RECEIPT), kinds
    told = Counter(message.event for message in messages_about("ticket", ticket.id))
    assert told["received"] == (1 if ticket.can_be_reached else 0)
    files = db.session.scalars(select(Attachment).where(Attachment.ticket_id == ticket.id))
    assert all(get_storage().verify(file.shown_digest) for file in files)


def _nothing_hangs_in_the_air(count: int) -> None:
    """Rows that a half-done opening would have left."""
    opened = select(func.count()).where(TicketEvent.kind == "open")
    assert db.session.scalar(opened) == count
    ids = {str(ticket_id) for ticket_id in db.session.scalars(select(Ticket.id))}
    assert set(db.session.scalars(select(OnceKey.result).where(OnceKey.result != ""))) <= ids
    letters = select(Letter.subject_id).where(Letter.subject_kind == "ticket")
    subjects = list(db.session.scalars(letters))
    assert len(set(subjects)) == len(subjects)
    assert {str(subject) for subject in subjects} <= ids
