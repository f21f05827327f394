"""Questions to the complainant, and what the complainant writes by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.uploads import Received
from helpdesk.sla.due import warn_between
from helpdesk.tickets.files import attach
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import Question, TicketEvent
from helpdesk.tickets.states import Channel
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import advance, require

_REMINDED_AFTER = 0.75  # of the time to answer
_SHORT = timedelta(hours=6)


def ask_complainant(
    ticket: Ticket, text: str, *, by: Actor, disposition: Disposition | None = None
) -> Question:
    """Ask the complainant something. While it is open the ticket waits; only pausable clocks rest, INM's never.

    They rest until the answer, at the longest until the moment by which it is asked for: see ``unanswered``.
    """
    if not text.strip():
        raise Invalid({"text": _l("Write the question.")})
    require(ticket, Move.ASK, by=by, disposition=disposition)
    until = _answer_by(ticket)
    question = Question(
        ticket_id=ticket.id,
        disposition_id=disposition.id if disposition else None,
        text=text.strip(),
        asked_at=clock.now(),
        asked_by_id=by.user_id,
        due_at=until,
        look_at=_remind_at(until),
    )
    db.session.add(question)
    db.session.flush()
    ticket.is_waiting = True
    advance(
        ticket,
        Move.ASK,
        by=by,
        disposition=disposition,
        text=question.text,
        details={"question_id": question.id, "due_at": until.isoformat()},
    )
    return question


def _answer_by(ticket: Ticket) -> datetime:
    """By when the complainant is asked to answer: our own deadline, or a week where none lies ahead."""
    now = clock.now()
    is_ahead = ticket.due_at is not None and ticket.due_at > now
    return ticket.due_at if ticket.due_at and is_ahead else now + timedelta(days=7)


def _remind_at(until: datetime) -> datetime:
    """When to remind of the answer; who is asked for it within hours is not reminded."""
    now = clock.now()
    return until if until - now < _SHORT else warn_between(now, until, _REMINDED_AFTER)


def drop_questions(ticket: Ticket) -> None:
    """Wait no longer for answers: the ticket has moved past what was asked."""
    for question in open_questions(ticket):
        question.answered_at, question.look_at = clock.now(), None
    ticket.is_waiting = False


def open_questions(ticket: Ticket) -> list[Question]:
    """What we still wait to hear, oldest first."""
    return list(
        db.session.scalars(
            select(Question)
            .where(Question.ticket_id == ticket.id, Question.answered_at.is_(None))
            .order_by(Question.id)
        )
    )


def answer_question(
    ticket: Ticket,
    question_id: int,
    text: str,
    *,
    by: Actor,
    files: Sequence[Received] = (),
    channel: Channel | None = None,
    details: Mapping[str, Any] | None = None,
) -> TicketEvent:
    """The complainant answers (or customer care writes down what was said, and over which *channel*).

    *details* are further facts for the event, such as the mail that it came with.
    """
    question = db.session.get(Question, question_id)
    if question is None or question.ticket_id != ticket.id or question.answered_at is not None:
        raise Conflict(_l("This question was already answered."))
    if not text.strip() and not files:
        raise Invalid({"text": _l("Write your answer.")})
    require(ticket, Move.REPLY_TO_QUESTION, by=by)
    question.answered_at, question.look_at = clock.now(), None
    question.answer = text.strip()
    ticket.call_wanted_at = None  # whoever answers is there
    db.session.flush()
    ticket.is_waiting = bool(open_questions(ticket))
    asked_for = next((d for d in ticket.dispositions if d.id == question.disposition_id), None)
    event = advance(
        ticket,
        Move.REPLY_TO_QUESTION,
        by=by,
        disposition=asked_for,
        text=text.strip(),
        details={"question_id": question.id, **heard_over(channel), **(details or {})},
    )
    attach(event, files)
    return event


def add_message(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    files: Sequence[Received] = (),
    channel: Channel | None = None,
    details: Mapping[str, Any] | None = None,
    may_answer: bool = True,
) -> TicketEvent:
    """The complainant adds a message or photograph. With one open question it is the answer to it.

    *channel* is how it reached customer care, when it was they who wrote it down; *details* are further facts for
    the event. Without *may_answer* it stays a message: it is not certain enough that the complainant wrote it.
    """
    if not text.strip() and not files:
        raise Invalid({"text": _l("Write a message or add a photo.")})
    waiting = open_questions(ticket) if ticket.is_waiting else []
    if may_answer and len(waiting) == 1 and by.kind is ActorKind.COMPLAINANT:
        return answer_question(ticket, waiting[0].id, text, by=by, files=files, details=details)
    facts = {**heard_over(channel), **(details or {})}
    event = advance(ticket, Move.ADD_MESSAGE, by=by, text=text.strip(), details=facts)
    attach(event, files)
    return event


def heard_over(channel: str | None) -> dict[str, str]:
    """By which channel staff heard what they write down; nothing where the complainant wrote it."""
    return {"channel": str(channel)} if channel else {}
