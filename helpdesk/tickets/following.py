"""Complaints that were joined to another: they go its way, and hear of it.

A ticket that was merged *follows* its leading ticket. Nobody follows a follower, so a way never has a second step.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.moves import Move
from helpdesk.tickets.states import Grade, Kind, gravity_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance


class News(StrEnum):
    """What those who follow a ticket hear of it; never what was said on it, nor by whom."""

    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"


def has_followers(ticket: Ticket) -> bool:
    """Were other complaints joined to this one?"""
    return db.session.scalar(_ANYBODY, {"lead": ticket.id}) is not None


_ANYBODY = select(Ticket.id).where(Ticket.merged_into_id == bindparam("lead")).limit(1)


def must_not_be_graver(ticket: Ticket, grade: Grade) -> None:
    """Raise Invalid where one that follows *ticket* is graver than *grade*: it would wait longer than promised."""
    following = select(Ticket.grade).where(Ticket.merged_into_id == ticket.id)
    if any(gravity_of(one) > gravity_of(grade) for one in db.session.scalars(following)):
        sentence = _l(
            "A complaint that is joined to this one is graver than that. Separate it first, so that nobody "
            "waits longer than promised."
        )
        raise Invalid({"grade": sentence})


def must_not_be_thanked(ticket: Ticket, kind: Kind) -> None:
    """Raise Invalid where *kind* is only thanked for, and what follows *ticket* was promised an answer."""
    if not kind.is_thanked:
        return
    following = select(Ticket.kind).where(Ticket.merged_into_id == ticket.id)
    if any(not Kind(one).is_thanked for one in db.session.scalars(following)):
        sentence = _l(
            "A complaint or a question is joined to this one and waits for its answer. Separate it first."
        )
        raise Invalid({"kind": sentence})


def must_be_told(ticket: Ticket, text: str) -> None:
    """Raise Invalid where *text*, which those who follow *ticket* would read, is empty and there are such."""
    if not text.strip() and has_followers(ticket):
        sentence = _l("Write what the others who complained of this read as their answer.")
        raise Invalid({"text_for_followers": sentence})


def followers_of(ticket: Ticket) -> list[Ticket]:
    """The tickets that were merged into this one, oldest first, locked for the caller's unit of work.

    But for those whose personal data were deleted: nobody waits there.
    """
    theirs = Ticket.merged_into_id == ticket.id, Ticket.erased_at.is_(None)
    return list(db.session.scalars(locked_tickets(*theirs)))


def pass_on(ticket: Ticket, news: News, *, by: Actor, at: datetime, text: str = "") -> None:
    """Tell everybody who follows *ticket* what became of it; *text* is what all of them may read."""
    if not has_followers(ticket):
        return
    may_speak = by.kind is ActorKind.STAFF and by.may(Permission.REPLY)
    speaker = by if may_speak else Actor.system()  # the other complainant is nobody to them
    for follower in followers_of(ticket):
        details = {"news": news.value}
        advance(follower, Move.NEWS, by=speaker, at=at, text=text, details=details)
