"""Questions that nobody answers: the complainant is reminded once, and from the moment named to them we wait no longer.

Then the clocks that rested for it run again, whoever asked is told, and customer care decides how to go on: by a call
where a number is known. An answer that comes later is taken as always.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.one_by_one import each_due
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.moves import Move
from helpdesk.tickets.reaching import number_to_call
from helpdesk.tickets.records import Question
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance

JOB = "follow up questions"
ROUND = 100
AFTER_A_FAULT = timedelta(minutes=30)


def follow_up_questions(at: datetime, limit: int = ROUND) -> int:
    """Remind of what was asked, and wait no longer for what is overdue *at* that moment; returns how many were due.

    Opens a unit for each question, so that one of them never holds up the others.
    """
    return each_due(
        "question", Question.id, Question.look_at, at, limit, look_at_question, AFTER_A_FAULT
    )


def look_at_question(question_id: int, at: datetime) -> None:
    """Do what is due of one question *at* that moment, inside the caller's unit of work."""
    its_ticket = select(Question.ticket_id).where(Question.id == question_id).scalar_subquery()
    # The ticket is locked before its question, as by whoever answers.
    ticket = db.session.scalars(locked_tickets(Ticket.id == its_ticket)).one()
    question = db.session.scalar(
        select(Question)
        .where(Question.id == question_id, Question.look_at <= at)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if question is None or question.look_at is None or question.due_at is None:
        return  # another worker was faster, or the complainant
    if at < question.due_at:
        _remind(ticket, question, question.look_at)
        question.look_at = question.due_at
    else:
        _wait_no_longer(ticket, question, question.due_at)


def _remind(ticket: Ticket, question: Question, at: datetime) -> None:
    if ticket.can_be_written_to:
        _note(ticket, question, Move.REMIND, at)


def _wait_no_longer(ticket: Ticket, question: Question, at: datetime) -> None:
    question.look_at, question.is_overdue = None, True
    if number_to_call(ticket):
        ticket.call_wanted_at = ticket.call_wanted_at or clock.now()
    db.session.flush()
    _note(ticket, question, Move.UNANSWERED, at)


def _note(ticket: Ticket, question: Question, move: Move, at: datetime) -> None:
    asked_for = next((d for d in ticket.dispositions if d.id == question.disposition_id), None)
    due_at = question.due_at.isoformat() if question.due_at else None
    facts = {"question_id": question.id, "due_at": due_at}
    advance(ticket, move, by=Actor.system(), at=at, disposition=asked_for, details=facts)
