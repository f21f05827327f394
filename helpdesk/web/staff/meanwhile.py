"""What happened on a ticket between opening a form and sending it, for the page that shows both texts.

Where what happened has settled the matter, sending again would be refused for ever: the page then says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Refused
from helpdesk.tickets.access import scope_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.timeline import story_of
from helpdesk.tickets.workflow import require, require_on
from helpdesk.web.forms import Difference

WORDS: dict[str, Any] = {
    Move.SOLVE: _l("recorded that it was solved on the spot"),
    Move.TRIAGE: _l("graded and classified it"),
    Move.REGRADE: _l("changed the grade"),
    Move.RECLASSIFY: _l("changed category or title"),
    Move.AMEND: _l("corrected the data"),
    Move.CHANGE_CONTACTS: _l("changed how we reach them"),
    Move.GUARD: _l("decided who may read it"),
    Move.REDACT: _l("redacted the units' copy"),
    Move.TAKE: _l("became the owner"),
    Move.DISPOSE: _l("sent it to a unit"),
    Move.COPY: _l("sent a unit a copy for information"),
    Move.TAKE_NOTE: _l("read the copy for the unit"),
    Move.RECALL: _l("recalled it from a unit"),
    Move.ASSIGN: _l("gave it to an officer"),
    Move.ACCEPT: _l("accepted it for the unit"),
    Move.SEND_BACK: _l("sent it back for the unit"),
    Move.ASK_TIME: _l("asked for more time for the unit"),
    Move.SET_DEADLINE: _l("set the unit's deadline"),
    Move.DECLINE_TIME: _l("gave the unit no more time"),
    Move.FOLLOW_UP: _l("recorded a follow-up"),
    Move.SUBMIT: _l("submitted the unit's answer"),
    Move.APPROVE: _l("approved the unit's answer"),
    Move.RETURN_ANSWER: _l("handed the answer back to the unit"),
    Move.ASK: _l("asked the complainant"),
    Move.REPLY_TO_QUESTION: _l("answered the question"),
    Move.POSTPONE: _l("told the complainant of a later deadline"),
    Move.REMIND: _l("reminded the complainant of a question"),
    Move.UNANSWERED: _l("noted that a question was not answered in time"),
    Move.ADD_MESSAGE: _l("added a message"),
    Move.OTHER_WROTE: _l("kept what somebody else wrote"),
    Move.MACHINE_WROTE: _l("kept an automatic reply"),
    Move.LINK: _l("noted a ticket that may belong to it"),
    Move.REPORT_SOLVED: _l("wrote what was done on the spot"),
    Move.NOTE: _l("wrote an internal note"),
    Move.INTERIM_REPLY: _l("sent an interim reply"),
    Move.WRITE: _l("wrote to the complainant by email"),
    Move.UNDELIVERED: _l("noted that a message did not arrive"),
    Move.OTHER_ROAD: _l("sent a message by email instead of WhatsApp"),
    Move.CALL_WANTED: _l("noted that the complainant must be called"),
    Move.CALLED: _l("called the complainant"),
    Move.MOVED: _l("noted the complainant's new WhatsApp number"),
    Move.SEND_AGAIN: _l("sent a message again"),
    Move.VOUCH: _l("made sure of the sender's address"),
    Move.ANSWER: _l("gave the final answer"),
    Move.CONFIRM: _l("said or wrote down that it is solved"),
    Move.OBJECT: _l("said that it is not solved"),
    Move.RATE: _l("rated the handling, or wrote the rating down"),
    Move.CLOSE_BY_SILENCE: _l("closed it, nobody objected"),
    Move.CLOSE_UNILATERALLY: _l("closed it without the complainant's word"),
    Move.EXIT: _l("ended it without handling"),
    Move.REVIVE: _l("took it up again"),
    Move.HOLD: _l("kept its personal data because of a dispute"),
    Move.RELEASE: _l("ended the hold on its personal data"),
    Move.ERASE: _l("deleted its personal data"),
    Move.CONTEST: _l("objected to its end"),
    Move.MERGE: _l("joined it to another ticket"),
    Move.ABSORB: _l("joined another complaint to it"),
    Move.SPLIT: _l("separated it from the ticket that it was joined to"),
    Move.LET_GO: _l("separated a complaint from it"),
    Move.NEWS: _l("passed on what became of the ticket that it is joined to"),
    Move.NEW_PIN: _l("gave a new PIN"),
    Move.RESEND_LINK: _l("sent the link again"),
    Move.LETTER: _l("issued a letter"),
    Move.INSTRUCT: _l("gave an instruction"),
    Move.ACKNOWLEDGE_INSTRUCTION: _l("acknowledged the instruction"),
    Move.ANSWER_INSTRUCTION: _l("answered the instruction"),
    Move.WARN: _l("warned that a deadline is near"),
    Move.BREACH: _l("noted that a deadline has passed"),
    Move.ESCALATE: _l("told somebody higher up"),
}


@dataclass(frozen=True)
class Happening:
    """One event in words: who did what, and what they wrote."""

    event: TicketEvent
    who: Any
    what: Any


@dataclass
class Meanwhile:
    """Everything new that this person may read, newest first, and the fields that differ now."""

    happenings: Sequence[Happening]
    differences: list[Difference] = field(default_factory=list)
    is_over: bool = False  # the step itself can no longer be taken


def meanwhile(
    ticket: Ticket, disposition: Disposition | None, move: Move, *, by: Actor, since: int
) -> Meanwhile:
    """What was written on *ticket* after the event with the id *since*, and whether that settled *move*."""
    story = story_of(ticket, scope_of(by, ticket), unit_ids=by.unit_ids)
    # That it was opened is known to every page that was really shown
    new = (event for event in story if event.id > since and event.kind != Move.OPEN)
    happenings = [Happening(event, _who(event), WORDS[event.kind]) for event in new]
    return Meanwhile(happenings, is_over=_is_over(ticket, disposition, move, by=by))


def require_step(ticket: Ticket, disposition: Disposition | None, move: Move, *, by: Actor) -> None:
    """Raise Conflict or Refused unless *by* may take this step now, on the ticket or on a unit's work."""
    if disposition:
        require_on(disposition, move, by=by)
    else:
        require(ticket, move, by=by)


def newest_event(ticket: Ticket) -> int:
    """The id of the last event, for a form to remember."""
    newest = select(func.max(TicketEvent.id)).where(TicketEvent.ticket_id == ticket.id)
    return db.session.scalar(newest) or 0


def _is_over(ticket: Ticket, disposition: Disposition | None, move: Move, *, by: Actor) -> bool:
    """Would this step be refused however often its form is sent?"""
    try:
        require_step(ticket, disposition, move, by=by)
    except (Conflict, Refused):
        return True
    return False


def _who(event: TicketEvent) -> Any:
    if event.actor_kind == ActorKind.COMPLAINANT:
        return _l("The complainant")
    return event.actor_label or "Tanggap"
