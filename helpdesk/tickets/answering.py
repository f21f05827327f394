"""Answering: approve or return what a unit submitted, reply in between, give the final answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.lib.uploads import Received
from helpdesk.messaging.templates import FILES
from helpdesk.tickets.files import attach
from helpdesk.tickets.following import News, must_be_told, pass_on
from helpdesk.tickets.moves import Move
from helpdesk.tickets.questions import drop_questions
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import DispositionStatus
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import advance, is_gate_open, may_answer, require

ALONE = _l(
    "A red complaint is answered when the answer of a unit is approved. Without one, only a supervisor may answer it."
)


def approve_answer(disposition: Disposition, *, by: Actor) -> TicketEvent:
    """Accept what the unit submitted."""
    ticket = disposition.ticket
    require(ticket, Move.APPROVE, by=by, disposition=disposition)
    _must_be_submitted(disposition)
    disposition.status = DispositionStatus.APPROVED.value
    disposition.settled_at = clock.now()
    disposition.version += 1
    return advance(ticket, Move.APPROVE, by=by, disposition=disposition)


def return_answer(
    disposition: Disposition, reason: str, *, by: Actor, due_at: datetime | None = None
) -> TicketEvent:
    """Hand the answer back to the unit, with a reason; its clock runs again, until *due_at* or the policy's limit."""
    if not reason.strip():
        raise Invalid({"reason": _l("Write what is missing.")})
    if due_at is not None and due_at <= clock.now():
        raise Invalid({"due_at": _l("The deadline must lie in the future.")})
    ticket = disposition.ticket
    require(ticket, Move.RETURN_ANSWER, by=by, disposition=disposition)
    _must_be_submitted(disposition)
    disposition.status = DispositionStatus.ACCEPTED.value
    disposition.is_open = True
    disposition.due_at = due_at
    disposition.version += 1
    return advance(ticket, Move.RETURN_ANSWER, by=by, disposition=disposition, text=reason.strip())


def why_handed_back(disposition: Disposition) -> str:
    """What customer care found missing in the unit's answer the last time it handed one back; '' if it never did."""
    handed_back = select(TicketEvent.text).where(
        TicketEvent.ticket_id == disposition.ticket_id,
        TicketEvent.disposition_id == disposition.id,
        TicketEvent.kind == Move.RETURN_ANSWER.value,
    )
    return db.session.scalar(handed_back.order_by(TicketEvent.id.desc()).limit(1)) or ""


def reply_interim(
    ticket: Ticket, text: str, *, by: Actor, files: Sequence[Received] = ()
) -> TicketEvent:
    """Tell the complainant how it goes; possible at any time before the closing."""
    if not text.strip():
        raise Invalid({"text": _l("The reply is empty.")})
    facts = {FILES: len(files)}
    event = advance(ticket, Move.INTERIM_REPLY, by=by, text=text.strip(), details=facts)
    attach(event, files)
    return event


def answer_ticket(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    files: Sequence[Received] = (),
    text_for_followers: str = "",
) -> TicketEvent:
    """Give the final answer. The gate: every disposition is approved, returned or recalled.

    Raises Refused for a red complaint that nobody else looked at, unless a supervisor answers it.

    The INM clock stops here when a follow-up is recorded, else when it is. Whose complaint was joined to this one
    reads *text_for_followers* instead: the answer may say who asked. Raises Invalid when they would read nothing.
    """
    if not text.strip():
        raise Invalid({"text": _l("The answer is empty.")})
    require(ticket, Move.ANSWER, by=by)
    if not may_answer(ticket, by):
        raise Refused(ALONE)
    if not is_gate_open(ticket.dispositions):
        raise Conflict(_l("A unit has not finished yet. Until then you can send an interim reply."))
    must_be_told(ticket, text_for_followers)
    at = clock.now()
    ticket.answered_at = at
    ticket.first_answered_at = ticket.first_answered_at or at
    ticket.was_returned = False
    drop_questions(ticket)
    facts = {"cycle": ticket.reopenings, FILES: len(files)}
    event = advance(ticket, Move.ANSWER, by=by, at=at, text=text.strip(), details=facts)
    attach(event, files)
    pass_on(ticket, News.ANSWERED, by=by, at=at, text=text_for_followers.strip())
    return event


def _must_be_submitted(disposition: Disposition) -> None:
    if disposition.status != DispositionStatus.SUBMITTED:
        raise Conflict(
            _l("This answer has changed since you opened it. Look again before you decide.")
        )
