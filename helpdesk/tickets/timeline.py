"""The story of a ticket as each reader may hear it. Facts only; words live in ``templates/timeline``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.tickets.access import Scope
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Access, Identity
from helpdesk.tickets.ticket import Ticket

_QUIET = {Move.REDACT, Move.GUARD, Move.NEW_PIN, Move.RESEND_LINK}  # customer care's own business
_FOR_EVERY_UNIT = {Move.NOTE}  # its audience was chosen by whoever wrote it
# What the complainant wrote unasked: it may say who they are, and no units' copy is made of it.
_OWN_WORDS = {Move.ADD_MESSAGE, Move.CONFIRM, Move.CONTEST, Move.OBJECT, Move.RATE}
# Between leadership and whom it addressed: of units, only the one that was.
_FROM_ABOVE = {Move.INSTRUCT, Move.ACKNOWLEDGE_INSTRUCTION, Move.ANSWER_INSTRUCTION}


def times_lately(ticket: Ticket, move: Move) -> int:
    """How often *move* was made within the last 24 hours."""
    made = select(func.count()).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.kind == move.value,
        TicketEvent.at > clock.now() - timedelta(days=1),
    )
    return db.session.scalar(made) or 0


def story_of(
    ticket: Ticket, scope: Scope, *, unit_ids: frozenset[int] = frozenset()
) -> list[TicketEvent]:
    """Every event that a member of staff of this *scope* may read, newest first, with its files."""
    events = db.session.scalars(_NEWEST_FIRST, {"ticket_id": ticket.id}).unique()
    told = [event for event in events if may_read(event, ticket, scope, unit_ids)]
    return _but_private_links(told, scope)


def stories_of(
    tickets: Sequence[Ticket], scope: Scope, *, unit_ids: frozenset[int] = frozenset()
) -> dict[int, list[TicketEvent]]:
    """The same of several tickets at once, by the ticket's id; each under what its own complainant wished."""
    stories: dict[int, list[TicketEvent]] = {ticket.id: [] for ticket in tickets}
    by_id = {ticket.id: ticket for ticket in tickets}
    events = db.session.scalars(
        select(TicketEvent)
        .where(TicketEvent.ticket_id.in_(sorted(by_id)))
        .options(selectinload(TicketEvent.attachments))
        .order_by(TicketEvent.at.desc(), TicketEvent.id.desc())
    )
    told = [one for one in events if may_read(one, by_id[one.ticket_id], scope, unit_ids)]
    for event in _but_private_links(told, scope):
        stories[event.ticket_id].append(event)
    return stories


def _but_private_links(told: list[TicketEvent], scope: Scope) -> list[TicketEvent]:
    """*told*, but for others than customer care only links between tickets that are open and of somebody named.

    The two are of one person: that would tell who sent what is withheld, or that there is what is for few. Either may
    have become so since, so it is asked each time; most stories cost no query.
    """
    linked = {event.details["ticket_id"] for event in told if event.kind == Move.LINK}
    if scope is Scope.CARE or not linked:
        return told
    plain = select(Ticket.id).where(
        Ticket.id.in_(sorted(linked | {event.ticket_id for event in told})),
        Ticket.identity == Identity.NAMED.value,
        Ticket.access == Access.ORDINARY.value,
    )
    open_ids = set(db.session.scalars(plain))
    return [
        event
        for event in told
        if event.kind != Move.LINK or {event.ticket_id, event.details["ticket_id"]} <= open_ids
    ]


_NEWEST_FIRST = (
    select(TicketEvent)
    .where(TicketEvent.ticket_id == bindparam("ticket_id"))
    .options(joinedload(TicketEvent.attachments))
    .order_by(TicketEvent.at.desc(), TicketEvent.id.desc())
)


def is_for_care_alone(event: TicketEvent) -> bool:
    """Are these words for customer care where the name is withheld? Of their files units see what it shows them."""
    is_reply_to_care = event.kind == Move.REPLY_TO_QUESTION and event.unit_id is None
    is_mere_consent = event.kind == Move.CONFIRM and not event.text
    return (event.kind in _OWN_WORDS and not is_mere_consent) or is_reply_to_care


def files_without_words(tickets: Sequence[Ticket], scope: Scope) -> list[Attachment]:
    """What customer care shows to units of words that stay with it, oldest first, each with its event."""
    withheld = [one.id for one in tickets if one.identity != Identity.NAMED]
    if scope is not Scope.UNIT or not withheld:
        return []
    files = db.session.scalars(
        select(Attachment)
        .join(TicketEvent)
        .where(Attachment.ticket_id.in_(withheld), Attachment.is_hidden_from_units.is_(False))
        .options(contains_eager(Attachment.event))
        .order_by(Attachment.id)
    )
    return [file for file in files if is_for_care_alone(file.event)]


def may_read(event: TicketEvent, ticket: Ticket, scope: Scope, unit_ids: frozenset[int]) -> bool:
    """May a member of staff of this *scope*, at work in *unit_ids*, read the event and open its files?"""
    if scope is Scope.CARE:
        return True
    if event.audience == "care" or event.kind in _QUIET:
        return False
    if scope is Scope.UNIT:
        if ticket.identity != Identity.NAMED:
            if is_for_care_alone(event):
                return False
            # Such words too, but for the unit that asked for them.
            if event.kind == Move.REPLY_TO_QUESTION:
                return event.unit_id in unit_ids
        if event.kind in _FROM_ABOVE:
            return event.unit_id in unit_ids
        is_of_others = event.unit_id is not None and event.unit_id not in unit_ids
        return not is_of_others or event.audience == "public" or event.kind in _FOR_EVERY_UNIT
    if scope is Scope.RECORDER:
        return event.audience == "public"
    return True
