"""The clocks of a ticket: what each move starts, pauses, resumes and stops.

Six clocks. *triage* and *dispose* are customer care's, *hop* each unit's, *answer* is the statutory one
(Permenkes 30/2022, INM 12: from receipt until the final answer was sent **and** a follow-up is recorded; never
paused; frozen at the first answer), *resolve* the office's own promise per cycle, *confirm* the complainant's time to
object. An answer is given when it stands on the ticket, whatever carries it to them, a call too; only *confirm* waits
for that call. The arithmetic is ``sla.due``; here are the rows, and in ``shown_deadlines`` what of them stands on the
ticket.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.clocks import (
    MET,
    VOID,
    pass_over,
    refresh,
    running,
    set_due,
    set_limit,
    start,
    stop,
    take_up,
)
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import SlaClock, TicketEvent
from helpdesk.tickets.resting import pause, resume
from helpdesk.tickets.shown_deadlines import own_deadline, show_on_disposition
from helpdesk.tickets.states import THEIR_WORK, Kind, Status
from helpdesk.tickets.ticket import Disposition, Ticket

_GRADED = (ClockKind.ANSWER, ClockKind.RESOLVE)
_PROMISED: dict[Kind, tuple[ClockKind, ...]] = {
    Kind.COMPLAINT: (ClockKind.ANSWER, ClockKind.RESOLVE),
    Kind.INFORMATION: (ClockKind.ANSWER,),
    Kind.SUGGESTION: (),
    Kind.PRAISE: (),
}


def _promised(ticket: Ticket) -> tuple[ClockKind, ...]:
    """What the complainant is promised; whoever objects is answered anew, whatever it was that they sent."""
    usual = _PROMISED[Kind(ticket.kind)]
    return (*usual, ClockKind.RESOLVE) if ticket.reopenings else usual


def apply(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Let the clocks follow what just happened."""
    for effect in EFFECTS.get(Move(event.kind), ()):
        effect(ticket, event, disposition)


# ---------------------------------------------------------------- starting


def _start_at_receipt(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    start(ticket, ClockKind.TRIAGE, ticket.received_at)
    _follow_kind(ticket, event, disposition)


def _follow_kind(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """What turns out to be a complaint has its clocks from receipt; what turns out to be praise has them no more."""
    promised = _promised(ticket)
    for kind in _GRADED:
        if kind not in promised:
            for clock in running(ticket, kind):
                stop(clock, event.at, verdict=VOID)
        elif kind is ClockKind.ANSWER or ticket.state.is_worked_on:
            _start_or_take_up(ticket, kind)


def _start_or_take_up(ticket: Ticket, kind: ClockKind) -> None:
    """A clock with a deadline set by hand only watched a promise while the ticket followed another."""
    earlier = [one for one in ticket.clocks if one.kind == kind and one.fixed_due_at is None]
    if not earlier:
        start(ticket, kind, ticket.received_at)
    elif earlier[-1].verdict == VOID and not running(ticket, kind):
        take_up(earlier[-1], ticket)


def _start_dispose(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    if not Kind(ticket.kind).is_thanked:  # thanks need no unit
        start(ticket, ClockKind.DISPOSE, event.at)


def _start_dispose_if_idle(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Taken back from the last unit that had it, it waits to be sent to another."""
    standing = {d.status for d in ticket.dispositions if d.cycle == ticket.reopenings}
    if not standing & THEIR_WORK:
        _start_dispose(ticket, event, None)


def _follow_kind_at_desk(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """What turns out to be praise waits no more to be sent to a unit; what turns out to be a complaint does."""
    waiting = running(ticket, ClockKind.DISPOSE)
    if Kind(ticket.kind).is_thanked:
        for clock in waiting:
            stop(clock, event.at, verdict=VOID)
    elif ticket.state.is_worked_on and not waiting:
        _start_dispose_if_idle(ticket, event, None)


def _start_hop(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    if disposition is None:
        raise ValueError("a hop belongs to a disposition")
    clock = start(
        ticket, ClockKind.HOP, event.at, disposition=disposition, fixed_due_at=disposition.due_at
    )
    disposition.due_at = clock.due_at


def _start_resolve(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    start(ticket, ClockKind.RESOLVE, event.at)


def _start_confirm(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Their time runs from when they can know the answer: who is told by a call has heard nothing yet."""
    if not ticket.can_only_be_called:
        start(ticket, ClockKind.CONFIRM, event.at)


def _start_confirm_once_called(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Somebody spoke with them, or has found that nobody can."""
    if ticket.state is Status.ANSWERED and event.details["outcome"] != "not_reached":
        start(ticket, ClockKind.CONFIRM, event.at)


def _listen_anew(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Whoever writes after the answer, or gets the link to it only now, is not silent: silence is counted from then."""
    for clock in running(ticket, ClockKind.CONFIRM):
        stop(clock, event.at, verdict=VOID)
        start(ticket, ClockKind.CONFIRM, event.at)


def _listen_elsewhere(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Reached elsewhere now they hear the answer only now; who left no way to be told is waited for all the same."""
    if ticket.state is not Status.ANSWERED:
        return
    if event.details["is_sure"]:
        for clock in running(ticket, ClockKind.CONFIRM):
            stop(clock, event.at, verdict=VOID)
    _start_confirm(ticket, event, None)


# ---------------------------------------------------------------- stopping


def _stop(*kinds: ClockKind, in_time: str = MET) -> Effect:
    def effect(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
        for clock in running(ticket, *kinds):
            if disposition is None or clock.disposition_id in (None, disposition.id):
                stop(clock, event.at, in_time=in_time)
                show_on_disposition(clock)  # which is known again where it rested

    return effect


def _call_off(*kinds: ClockKind) -> Effect:
    """Stop what was not finished: kept by nobody, and broken only where it was late already."""
    return _stop(*kinds, in_time=VOID)


def _leave(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """What was not finished is called off; advertising was promised nothing, however late that was seen."""
    if ticket.state is not Status.SPAM:
        _call_off(*ClockKind)(ticket, event, disposition)
        return
    for clock in running(ticket):
        stop(clock, event.at, verdict=VOID)
        show_on_disposition(clock)


def _follow_another(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Joined to another its clocks end, as at any exit; but what was promised is watched until its complainant is told.

    Not by the statutory clock: the common matter is counted once, on the leading one.
    """
    ending = running(ticket)
    _call_off(*ClockKind)(ticket, event, None)
    until = own_deadline(ticket, ending)  # which is known again where it rested
    if _promised(ticket) and until is not None:
        promise = start(ticket, ClockKind.RESOLVE, ticket.received_at, fixed_due_at=until)
        pass_over(promise, event.at)


def _be_told(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """The answer or the closing of the leading one ends what was promised; that it was reopened does not."""
    if event.details["news"] != "reopened":
        _call_off(*ClockKind)(ticket, event, None)


def _stop_answer_if_kept(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """INM 12 counts a complaint that was answered *and* followed up; the later of the two stops the clock."""
    if ticket.first_answered_at is None or ticket.followed_up_at is None:
        return
    kept_at = max(ticket.first_answered_at, ticket.followed_up_at)
    for clock in running(ticket, ClockKind.ANSWER):
        stop(clock, kept_at)


def _take_up_again(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """Back from where it left by an exit or a merging, it is promised again what it was promised at its receipt.

    What was late when it left was stopped as missed; it is late still, and runs on.
    """
    _call_off(ClockKind.RESOLVE)(ticket, event, None)  # which kept the promise in mind meanwhile
    left_at, promised = event.details["left_at"], _promised(ticket)
    for clock in ticket.clocks:
        is_to_triage = clock.kind == ClockKind.TRIAGE and ticket.state is Status.RECEIVED
        was_stopped_then = clock.stopped_at == datetime.fromisoformat(left_at)
        if is_to_triage or (clock.kind in promised and was_stopped_then):
            take_up(clock, ticket, is_frozen=_is_frozen(clock, ticket, event))
    _follow_kind(ticket, event, None)
    if ticket.state is not Status.RECEIVED:
        _start_dispose_if_idle(ticket, event, None)


# ---------------------------------------------------------------- moving


def _follow_grade(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """A regrading moves the deadlines, but for those that customer care set itself; the start stays where it was.

    A later deadline takes back an early breach. What was promised before the first answer stays as it was.
    """
    for clock in running(ticket, *_GRADED, ClockKind.HOP):
        if clock.fixed_due_at is not None or _is_frozen(clock, ticket, event):
            continue
        was_due_at = clock.due_at
        set_limit(clock, ticket, ClockKind(clock.kind))
        refresh(clock)
        show_on_disposition(clock)
        due_at = clock.due_at
        is_later_now = due_at is not None and due_at != was_due_at and due_at > event.at
        if is_later_now and clock.steps_done:
            clock.steps_done, clock.round = "", clock.round + 1
            clock.warned_at = clock.breached_at = None
            refresh(clock)


def _set_due(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Only the unit's clock moves; what the complainant and the law were promised stays as it is."""
    for clock in running(ticket, ClockKind.HOP):
        if disposition and clock.disposition_id == disposition.id:
            set_due(clock, datetime.fromisoformat(event.details["due_at"]), event.at)
            show_on_disposition(clock)


def _is_frozen(clock: SlaClock, ticket: Ticket, event: TicketEvent) -> bool:
    """The first answer freezes the statutory clock: at most the record of the follow-up is still missing."""
    answered_at = ticket.first_answered_at
    return clock.kind == ClockKind.ANSWER and answered_at is not None and answered_at < event.at


Effect = Callable[[Ticket, TicketEvent, Disposition | None], None]
_K = ClockKind
EFFECTS: dict[Move, tuple[Effect, ...]] = {
    Move.OPEN: (_start_at_receipt,),
    Move.SOLVE: (_follow_grade, _stop_answer_if_kept, _stop(_K.TRIAGE, _K.RESOLVE)),
    Move.TRIAGE: (_stop(_K.TRIAGE), _follow_kind, _follow_grade, _start_dispose),
    Move.REGRADE: (_follow_grade,),
    Move.RECLASSIFY: (_follow_kind, _follow_kind_at_desk, _stop_answer_if_kept),
    Move.DISPOSE: (_stop(_K.DISPOSE), _start_hop),
    Move.RECALL: (_call_off(_K.HOP), _start_dispose_if_idle),
    Move.SEND_BACK: (_stop(_K.HOP), _start_dispose),
    Move.SET_DEADLINE: (_set_due,),
    Move.FOLLOW_UP: (_stop_answer_if_kept,),
    Move.SUBMIT: (_stop(_K.HOP), _stop_answer_if_kept),
    Move.RETURN_ANSWER: (_start_hop,),
    Move.ASK: (pause,),
    Move.REPLY_TO_QUESTION: (resume,),
    Move.UNANSWERED: (resume,),
    Move.ADD_MESSAGE: (_listen_anew,),
    Move.VOUCH: (_listen_anew,),
    Move.AMEND: (_listen_elsewhere,),
    Move.CHANGE_CONTACTS: (_listen_elsewhere,),
    Move.ANSWER: (resume, _stop_answer_if_kept, _stop(_K.DISPOSE, _K.RESOLVE), _start_confirm),
    Move.CALLED: (_start_confirm_once_called,),
    Move.CONFIRM: (_stop(_K.CONFIRM),),
    Move.OBJECT: (_stop(_K.CONFIRM), _start_resolve, _start_dispose),
    Move.CLOSE_BY_SILENCE: (_stop(_K.CONFIRM),),
    Move.CLOSE_UNILATERALLY: (
        _stop_answer_if_kept,
        _call_off(_K.DISPOSE, _K.HOP, _K.RESOLVE),
        _stop(_K.CONFIRM),
    ),
    Move.EXIT: (_leave,),
    Move.REVIVE: (_take_up_again,),
    Move.CONTEST: (_take_up_again,),
    Move.MERGE: (_follow_another,),
    Move.NEWS: (_be_told,),
    Move.SPLIT: (_take_up_again,),
}
