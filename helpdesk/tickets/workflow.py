"""The one function that moves a ticket, and the checks before it.

``advance`` is the only writer of a ticket's status. It does four visible things in order: checks the move against
MOVES, changes the row, records one event, and applies the consequences kept in two more tables,
``timing.EFFECTS`` (clocks) and ``announcements.WHO_HEARS`` (messages). It also notes the ticket's day, so that
leadership's figures follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.roles import Permission
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Refused
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets import announcements, timing
from helpdesk.tickets.access import has_it, is_addressed_to, is_given_to, works_on
from helpdesk.tickets.clocks import running
from helpdesk.tickets.letter_kinds import kinds_for
from helpdesk.tickets.moves import ERASED, MOVES, Move, Rule
from helpdesk.tickets.objecting import can_change_contacts, can_contest, can_object
from helpdesk.tickets.records import LeaderInstruction, TicketEvent
from helpdesk.tickets.shown_deadlines import refresh_moved
from helpdesk.tickets.states import (
    COPIES,
    SETTLED,
    WITH_UNIT,
    Audience,
    DispositionStatus,
    Grade,
    Kind,
    Needs,
    Status,
)
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.touching import touch_day
from helpdesk.tickets.urgent_words import end_alarm


def advance(
    ticket: Ticket,
    move: Move,
    *,
    by: Actor,
    at: datetime | None = None,
    to: Status | None = None,
    disposition: Disposition | None = None,
    text: str = "",
    details: dict[str, Any] | None = None,
    audience: Audience | None = None,
) -> TicketEvent:
    """Make one move inside the caller's unit of work and return its event.

    *at* is the moment that counts (default: now); a sweep passes the moment that was due. *to* names the exit of
    ``Move.EXIT``. Raises Conflict when the ticket no longer stands where the move is legal, Refused when it is not
    the actor's to make.
    """
    rule = MOVES[move]
    require(ticket, move, by=by, disposition=disposition)
    at = at or clock.now()
    ticket.status = to or rule.to or ticket.status
    event = TicketEvent(
        ticket=ticket,
        kind=move.value,
        at=at,
        recorded_at=clock.now(),
        actor_kind=by.kind.value,
        actor_id=by.user_id,
        actor_label=_label_of(by, rule, disposition)[:120],
        audience=audience or rule.audience,
        disposition_id=disposition.id if disposition else None,
        unit_id=disposition.unit_id if disposition else None,
        text=text,
        details=details or {},
    )
    dispositions = _settle(ticket, by)
    timing.apply(ticket, event, disposition)
    refresh_moved(ticket, at)
    ticket.needs = _what_care_must_do(ticket, dispositions)
    ticket.version += 1
    db.session.add(event)
    db.session.flush()  # once, with all that followed: messages name the event by its id
    touch_day(ticket)
    announcements.announce(ticket, event, disposition)
    return event


def require(
    ticket: Ticket, move: Move, *, by: Actor, disposition: Disposition | None = None
) -> None:
    """Raise Conflict or Refused unless *by* may make *move* now."""
    rule = MOVES[move]
    if not _is_theirs(rule, ticket, by, [disposition] if disposition else ticket.dispositions):
        raise Refused(_l("This step is not yours to take."))
    if ticket.erased_at is not None:
        raise Conflict(ERASED)
    if ticket.state not in rule.frm:
        raise Conflict(
            _l("The ticket has moved on since you opened it. Look again before you decide.")
        )


def require_on(disposition: Disposition, move: Move, *, by: Actor) -> None:
    """Raise as ``require`` does, and Conflict where the unit's work stands no more where *move* can act on it."""
    require(disposition.ticket, move, by=by, disposition=disposition)
    if not is_possible_on(move, disposition):
        raise Conflict(
            _l("This disposition has changed since you opened it. Look again before you decide.")
        )


def moves_open_to(ticket: Ticket, by: Actor) -> set[Move]:
    """Every move that *by* may make now; buttons are drawn from it. Needs ``ticket.dispositions`` loaded."""
    state, dispositions = ticket.state, ticket.dispositions
    return {
        move
        for move, rule in MOVES.items()
        if state in rule.frm
        and _is_theirs(rule, ticket, by, dispositions)
        and _has_something_to_act_on(move, ticket, by)
    }


def _is_theirs(rule: Rule, ticket: Ticket, by: Actor, dispositions: Iterable[Disposition]) -> bool:
    if by.kind is ActorKind.SYSTEM:
        return rule.by_system
    if by.kind is ActorKind.COMPLAINANT:
        return rule.by_complainant and by.ticket_id == ticket.id
    is_too_late = rule.until_triage and ticket.state is not Status.RECEIVED
    if rule.or_recorder and ticket.recorded_by_id == by.user_id and not is_too_late:
        return True
    holds = has_it if rule.or_copied else works_on
    if rule.or_unit and any(holds(by, disposition) for disposition in dispositions):
        return True
    if rule.needs is None or not by.may(rule.needs):
        return False
    if rule.not_own_unit and any(sent.unit_id in by.unit_ids for sent in dispositions):
        return False
    if rule.own_unit:
        return any(_is_own(rule, by, disposition) for disposition in dispositions)
    return True


def _label_of(by: Actor, rule: Rule, work: Disposition | None) -> str:
    """Their name; *Plh.* before it (*pelaksana harian*) where only the right of a head who is away let them act."""
    if work is None or work.unit_id not in by.acting_unit_ids:
        return by.label
    is_theirs = work.officer_id in (None, by.user_id, *by.away_ids)
    is_heads_alone = rule.needs is Permission.ASSIGN or not is_theirs
    return f"Plh. {by.label}" if is_heads_alone else by.label


def _is_own(rule: Rule, by: Actor, disposition: Disposition) -> bool:
    if rule.needs is Permission.ASSIGN:
        return disposition.unit_id in by.headed_unit_ids
    return is_given_to(by, disposition)


# What follows from other acts, and is never somebody's next step.
_NEVER_OFFERED = frozenset({
    Move.OPEN, Move.REPORT_SOLVED, Move.COPY, Move.ABSORB, Move.LET_GO, Move.NEWS, Move.OTHER_WROTE,
    Move.LINK,
})  # fmt: skip


def _has_something_to_act_on(move: Move, ticket: Ticket, by: Actor) -> bool:
    if move in _NEVER_OFFERED or ticket.erased_at is not None:
        return False
    if move is Move.ANSWER and not may_answer(ticket, by):
        return False
    if move in _ASKS_OF_TICKET:
        return _ASKS_OF_TICKET[move](ticket)
    if move is Move.SOLVE:
        return was_there(by, ticket)
    if move in (Move.CONFIRM, Move.RATE) and by.kind is ActorKind.STAFF:
        # Whoever was thanked was asked nothing; what they rated themselves stands, until they are answered anew.
        is_rated = move is Move.RATE and ticket.score is not None and not ticket.reopenings
        return not Kind(ticket.kind).is_thanked and not is_rated
    if move in (Move.ACKNOWLEDGE_INSTRUCTION, Move.ANSWER_INSTRUCTION):
        return any(is_addressed_to(by, one, ticket) for one in unsettled(ticket, move))
    rule = MOVES[move]
    if rule.on is None:
        return True
    return any(
        is_possible_on(move, disposition) and (not rule.own_unit or _is_own(rule, by, disposition))
        for disposition in ticket.dispositions
    )


def unsettled(ticket: Ticket, move: Move) -> list[LeaderInstruction]:
    """The instructions that still wait to be answered, or (for the acknowledgement) to be seen."""
    is_seeing = move is Move.ACKNOWLEDGE_INSTRUCTION
    return [
        one
        for one in ticket.instructions
        if one.is_open and not (is_seeing and one.acknowledged_at)
    ]


def is_possible_on(move: Move, disposition: Disposition) -> bool:
    """Does the unit's work stand where *move* can still act on it? One request for more time is open at a time."""
    wanted = MOVES[move].on
    if wanted is not None and disposition.status not in wanted:
        return False
    if move is Move.ASK_TIME:
        return disposition.wants_until is None
    return move is not Move.DECLINE_TIME or disposition.wants_until is not None


def was_there(by: Actor, ticket: Ticket) -> bool:
    """Can they say that it was solved on the spot? Who took it down can, and customer care."""
    return ticket.recorded_by_id == by.user_id or by.may(Permission.TRIAGE)


def is_gate_open(dispositions: Iterable[Disposition]) -> bool:
    """A final answer needs every disposition approved, returned or recalled; a copy holds nothing up."""
    return all(disposition.status in SETTLED for disposition in dispositions)


def may_answer(ticket: Ticket, by: Actor) -> bool:
    """A red complaint on which no unit's answer was approved, so that nobody else looked at it, needs a supervisor."""
    if ticket.kind != Kind.COMPLAINT or ticket.grade != Grade.RED:
        return True
    is_looked_at = any(
        sent.cycle == ticket.reopenings and sent.status == DispositionStatus.APPROVED
        for sent in ticket.dispositions
    )
    return is_looked_at or by.may(Permission.SUPERVISE)


_ASKS_OF_TICKET: dict[Move, Callable[[Ticket], bool]] = {
    Move.RESEND_LINK: lambda ticket: ticket.can_be_written_to,
    Move.CALLED: lambda ticket: ticket.call_wanted_at is not None,
    Move.VOUCH: lambda ticket: bool(ticket.unproved_address),
    Move.WRITE: lambda ticket: ticket.is_answered_by_email,
    Move.LETTER: lambda ticket: bool(kinds_for(ticket)),
    Move.CHANGE_CONTACTS: can_change_contacts,
    Move.OBJECT: can_object,
    Move.CONTEST: can_contest,
    Move.ANSWER: lambda ticket: is_gate_open(ticket.dispositions),
    Move.REPLY_TO_QUESTION: lambda ticket: ticket.is_waiting,
    Move.HOLD: lambda ticket: not ticket.is_held,
    Move.RELEASE: lambda ticket: ticket.is_held,
    Move.ERASE: lambda ticket: ticket.ended_at is not None and not ticket.is_held,
}


def _settle(ticket: Ticket, by: Actor) -> list[Disposition]:
    """Compute what follows from the dispositions of this cycle: the middle states, and whether it is open.

    Urgent words are in hands once a member of staff has acted.
    """
    now_sent = [
        sent
        for sent in ticket.dispositions
        if sent.cycle == ticket.reopenings and sent.status not in COPIES
    ]
    if ticket.state in (Status.TRIAGED, Status.IN_PROGRESS, Status.IN_REVIEW):
        ticket.status = _middle_state(ticket, now_sent)
    ticket.is_open = ticket.state.is_open
    if by.kind is ActorKind.STAFF:
        end_alarm(ticket)
    return now_sent


def _middle_state(ticket: Ticket, dispositions: list[Disposition]) -> Status:
    standing = {disposition.status for disposition in dispositions}
    if standing & WITH_UNIT:
        return Status.IN_PROGRESS
    if standing & {DispositionStatus.SUBMITTED, DispositionStatus.APPROVED}:
        return Status.IN_REVIEW
    return Status.IN_PROGRESS if standing or ticket.reopenings else Status.TRIAGED


def _what_care_must_do(ticket: Ticket, dispositions: list[Disposition]) -> Needs:
    if not ticket.state.is_worked_on:
        return Needs.FOLLOW_UP if running(ticket, ClockKind.ANSWER) else Needs.NOTHING
    if ticket.state is Status.RECEIVED:
        return Needs.TRIAGE
    standing = {disposition.status for disposition in dispositions}
    if DispositionStatus.SUBMITTED in standing:
        return Needs.REVIEW
    if ticket.was_returned:
        return Needs.DISPOSE
    if any(disposition.is_open and disposition.wants_until for disposition in dispositions):
        return Needs.MORE_TIME
    if standing & WITH_UNIT:
        return Needs.NOTHING
    if DispositionStatus.APPROVED in standing or Kind(ticket.kind).is_thanked:
        return Needs.ANSWER
    return Needs.DISPOSE
