"""Closing and reopening: five closings counted apart, the objection, the rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.roles import Permission
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.lib.uploads import Received
from helpdesk.tickets.dispositions import call_off
from helpdesk.tickets.files import attach
from helpdesk.tickets.following import News, must_be_told, pass_on
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import TOO_LATE, can_object
from helpdesk.tickets.questions import drop_questions, heard_over
from helpdesk.tickets.reaching import could_know_answer
from helpdesk.tickets.records import Rating, TicketEvent
from helpdesk.tickets.states import Closing, Grade, Kind
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require, was_there


def confirm_solved(
    ticket: Ticket,
    *,
    by: Actor,
    words: str = "",
    channel: str = "",
    files: Sequence[Received] = (),
) -> TicketEvent:
    """The complainant says *selesai*; staff who write it down give their *words* and by which *channel* they came."""
    require(ticket, Move.CONFIRM, by=by)
    if by.kind is ActorKind.STAFF and not words.strip():
        raise Invalid({"words": _l("Write what they said, in their own words.")})
    ticket.call_wanted_at = None  # they know what was answered
    event = _close(
        ticket, Move.CONFIRM, Closing.CONFIRMED, by=by, text=words.strip(), channel=channel
    )
    attach(event, files)
    return event


def object_to_answer(
    ticket: Ticket,
    reason: str,
    *,
    by: Actor,
    files: Sequence[Received] = (),
    details: Mapping[str, Any] | None = None,
) -> TicketEvent:
    """*Belum*: the complainant objects, within the reopen window, and the next cycle begins.

    *details* are further facts for the event.
    """
    if not reason.strip():
        raise Invalid({"text": _l("Tell us what is not solved yet.")})
    require(ticket, Move.OBJECT, by=by)
    if not can_object(ticket):
        raise Conflict(TOO_LATE)
    ticket.call_wanted_at = None  # they know what was answered
    ticket.reopenings += 1
    ticket.closed_at = None
    ticket.closing = ""
    ticket.answered_at = None
    facts = {"cycle": ticket.reopenings, **(details or {})}
    event = advance(ticket, Move.OBJECT, by=by, text=reason.strip(), details=facts)
    attach(event, files)
    pass_on(ticket, News.REOPENED, by=by, at=event.at)
    return event


def close_unilaterally(
    ticket: Ticket, reason: str, *, by: Actor, text_for_followers: str = ""
) -> TicketEvent:
    """A supervisor closes without the complainant's word; the reason is told to them.

    Whose complaint was joined to this one reads *text_for_followers* instead. Raises Invalid when they would read
    nothing.
    """
    if not reason.strip():
        raise Invalid({"reason": _l("Write the reason. The person who complained will read it.")})
    require(ticket, Move.CLOSE_UNILATERALLY, by=by)
    must_be_told(ticket, text_for_followers)
    recalled = call_off(ticket)
    drop_questions(ticket)
    at = clock.now()
    # The reason is what the person is told: for the statutory clock it is our answer.
    ticket.first_answered_at = ticket.first_answered_at or at
    return _close(
        ticket,
        Move.CLOSE_UNILATERALLY,
        Closing.UNILATERAL,
        by=by,
        at=at,
        text=reason.strip(),
        recalled=recalled,
        text_for_followers=text_for_followers.strip(),
    )


def close_by_silence(ticket: Ticket, *, at: datetime) -> TicketEvent:
    """No word within the configured working days: assumed when the person could be asked, else no_contact."""
    closing = Closing.ASSUMED if could_know_answer(ticket) else Closing.NO_CONTACT
    return _close(ticket, Move.CLOSE_BY_SILENCE, closing, by=Actor.system(), at=at)


def solve_on_the_spot(
    ticket: Ticket, what_was_done: str, grade: Grade, *, by: Actor
) -> TicketEvent:
    """Record in the same screen that the matter was solved before the person left: still graded and counted.

    Raises Refused where somebody else must look at it first (``why_not_on_the_spot``).
    """
    _must_have_been_there(ticket, Move.SOLVE, what_was_done, by)
    if refusal := why_not_on_the_spot(Kind(ticket.kind), grade, by):
        raise Refused(refusal)
    at = (
        clock.now()
        if ticket.recorded_at - ticket.received_at < timedelta(hours=1)
        else ticket.received_at
    )
    ticket.grade = grade.value
    ticket.followed_up_at = ticket.first_answered_at = ticket.answered_at = at
    return _close(ticket, Move.SOLVE, Closing.ON_THE_SPOT, by=by, at=at, text=what_was_done.strip())


def report_solved(ticket: Ticket, what_was_done: str, grade: Grade, *, by: Actor) -> TicketEvent:
    """Tell customer care what was done on the spot about a matter too grave to be closed there; it stays open.

    The recorder's *grade* is kept with it: customer care grades the ticket.
    """
    _must_have_been_there(ticket, Move.REPORT_SOLVED, what_was_done, by)
    return advance(
        ticket,
        Move.REPORT_SOLVED,
        by=by,
        text=what_was_done.strip(),
        details={"grade": grade.value},
    )


def why_not_on_the_spot(kind: Kind, grade: Grade, by: Actor) -> Any:
    """Why *by* may not close such a matter on the spot; None where they may.

    A second person confirms the end of a grave complaint. Only hijau, and what is no complaint, is closed by who took
    it down.
    """
    if kind is not Kind.COMPLAINT or grade is Grade.GREEN:
        return None
    if grade is Grade.RED:
        return _l("A red complaint is never closed on the spot: somebody else looks at it as well.")
    if not by.may(Permission.TRIAGE):
        return _l("Only customer care may close a yellow complaint on the spot.")
    return None


def _must_have_been_there(ticket: Ticket, move: Move, what_was_done: str, by: Actor) -> None:
    if not what_was_done.strip():
        raise Invalid({"solution": _l("Write what was done.")})
    require(ticket, move, by=by)
    if not was_there(by, ticket):
        raise Refused(_l("Only who took it down can say that it was solved on the spot."))


def rate_handling(
    ticket: Ticket,
    score: int,
    comment: str,
    *,
    by: Actor,
    channel: str = "",
    files: Sequence[Received] = (),
) -> Rating:
    """Rate the handling, 1 to 5, once per answer; a second thought of the complainant replaces what stood before.

    Raises Conflict where staff, to whom they said it by *channel*, would replace it.
    """
    if score not in range(1, 6):
        raise Invalid({"score": _l("Choose a number from 1 to 5.")})
    require(ticket, Move.RATE, by=by)
    rating = db.session.scalars(
        select(Rating).where(Rating.ticket_id == ticket.id, Rating.cycle == ticket.reopenings)
    ).one_or_none()
    if rating is not None and by.kind is ActorKind.STAFF:
        raise Conflict(_l("This answer has been rated already."))
    if rating is None:
        rating = Rating(ticket_id=ticket.id, cycle=ticket.reopenings, score=score, at=clock.now())
        db.session.add(rating)
    rating.score, rating.comment, rating.at = score, comment.strip()[:1000], clock.now()
    ticket.score = score
    details = {"score": score, **heard_over(channel)}
    attach(advance(ticket, Move.RATE, by=by, text=rating.comment, details=details), files)
    return rating


def _close(
    ticket: Ticket,
    move: Move,
    closing: Closing,
    *,
    by: Actor,
    at: datetime | None = None,
    text: str = "",
    recalled: Sequence[int] = (),
    channel: str = "",
    text_for_followers: str = "",
) -> TicketEvent:
    at = at or clock.now()
    ticket.closing = closing.value
    ticket.closed_at = at
    ticket.was_returned = False
    ended = {"recalled": list(recalled)} if recalled else {}
    details = {"closing": closing.value, **ended, **heard_over(channel)}
    event = advance(ticket, move, by=by, at=at, text=text, details=details)
    pass_on(ticket, News.CLOSED, by=by, at=at, text=text_for_followers)
    return event
