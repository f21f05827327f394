"""Files of a ticket. The bytes were checked, cleaned and made durable before the unit of work began."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.examined_files import want_examined
from helpdesk.lib.uploads import Received
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Identity, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.timeline import is_for_care_alone

FROM_COMPLAINANT = frozenset(
    {
        Move.OPEN,
        Move.ADD_MESSAGE,
        Move.OBJECT,
        Move.CONTEST,
        Move.REPLY_TO_QUESTION,
        Move.CONFIRM,
        Move.RATE,
    }
)


def attach(
    event: TicketEvent, files: Sequence[Received], *, is_evidence: bool = False
) -> list[Attachment]:
    """Name the *files* on the event they came with; units see them once customer care has looked, where it must.

    Evidence that another ticket carries too is noted on the event (``seen_on``: ids of tickets), for customer care.
    """
    if not files:
        return []
    is_hidden = _awaits_a_look(event, db.session.get_one(Ticket, event.ticket_id))
    attachments = [
        Attachment(
            ticket_id=event.ticket_id,
            event_id=event.id,
            **file.as_columns(),
            is_evidence=is_evidence,
            is_hidden_from_units=is_hidden,
            created_at=clock.now(),
        )
        for file in files
    ]
    if is_evidence:
        elsewhere = {other for file in files for other in _seen_before(file, event.ticket_id)}
        if elsewhere:
            event.details = {**event.details, "seen_on": sorted(elsewhere)}
    db.session.add_all(attachments)
    db.session.flush()
    want_examined(one for file in files for one in (file.shown_digest, file.original_digest))
    return attachments


def _awaits_a_look(event: TicketEvent, ticket: Ticket) -> bool:
    """Did it come after the units' copy was made? Then customer care decides first, as it did about what came before.

    Triage decides about everything at once; until then no unit has the ticket. Where the complainant is named and
    the units read the original, nothing is hidden from them. What a unit asked for it reads as it comes, words and
    files alike (``timeline.may_read``).
    """
    if event.kind not in FROM_COMPLAINANT or ticket.status == Status.RECEIVED:
        return False
    is_asked_for = event.kind == Move.REPLY_TO_QUESTION and event.unit_id is not None
    is_copied = ticket.identity != Identity.NAMED or ticket.unit_text is not None
    return is_copied and not is_asked_for


def _seen_before(file: Received, ticket_id: int) -> list[int]:
    """Ids of other tickets that carry the same bytes: the same photograph as evidence twice is a question to ask."""
    return list(
        db.session.scalars(
            select(Attachment.ticket_id)
            .where(Attachment.received_digest == file.sha256, Attachment.ticket_id != ticket_id)
            .distinct()
            .limit(5)
        )
    )


def has_evidence(disposition_id: int) -> bool:
    """Did the unit already bring evidence for this disposition, with a follow-up or an earlier answer?"""
    found = (
        select(Attachment.id)
        .join(TicketEvent)
        .where(TicketEvent.disposition_id == disposition_id, Attachment.is_evidence)
        .limit(1)
    )
    return db.session.scalar(found) is not None


def files_of_work(disposition_id: int) -> list[Attachment]:
    """Everything a unit brought for one disposition, oldest first."""
    return list(
        db.session.scalars(
            select(Attachment)
            .join(TicketEvent)
            .where(TicketEvent.disposition_id == disposition_id)
            .order_by(Attachment.id)
        )
    )


def complainants_files(ticket_id: int) -> list[Attachment]:
    """What came with the complaint and with later messages, oldest first: everything that is no evidence."""
    return list(
        db.session.scalars(
            select(Attachment)
            .where(Attachment.ticket_id == ticket_id, Attachment.is_evidence.is_(False))
            .order_by(Attachment.id)
        )
    )


def hide_from_units(ticket_id: int, attachment_ids: Sequence[int]) -> None:
    """Keep exactly these files of the complainant out of the units' copy."""
    for file in complainants_files(ticket_id):
        file.is_hidden_from_units = file.id in attachment_ids


def hide_what_came_later(ticket_id: int) -> None:
    """Keep what came with words for customer care alone from units, until somebody has looked at it for them."""
    files = select(Attachment).join(TicketEvent).where(Attachment.ticket_id == ticket_id)
    for file in db.session.scalars(files.options(contains_eager(Attachment.event))):
        if is_for_care_alone(file.event):
            file.is_hidden_from_units = True
