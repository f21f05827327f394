"""The clocks of a ticket: what each move starts, pauses, resumes and stops, and the cached deadlines.

Six clocks. *triage* and *dispose* are customer care's, *hop* each unit's, *answer* is the statutory one
(Permenkes 30/2022, INM 12: from receipt until the final answer was sent **and** a follow-up is recorded; never
paused; frozen at the first answer), *resolve* the office's own promise per cycle, *confirm* the complainant's time to
object. The arithmetic is ``sla.due``; here are the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from helpdesk.accounts.organisation import organisation
from helpdesk.lib.database import db
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.clocks import VOID, open_pauses, refresh, running, set_limit, start, stop
from helpdesk.tickets.records import ClockPause, SlaClock, TicketEvent
from helpdesk.tickets.states import Kind
from helpdesk.tickets.ticket import Disposition, Ticket

_GRADED = frozenset({ClockKind.ANSWER, ClockKind.RESOLVE})  # the limits that move with a regrading


def apply(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Let the clocks follow what just happened."""
    for effect in EFFECTS.get(event.kind, ()):
        effect(ticket, event, disposition)


# ---------------------------------------------------------------- effects


def _start_at_receipt(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    start(ticket, ClockKind.TRIAGE, ticket.received_at)
    start(ticket, ClockKind.ANSWER, ticket.received_at)
    if ticket.kind == Kind.COMPLAINT:
        start(ticket, ClockKind.RESOLVE, ticket.received_at)


def _start_dispose(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    start(ticket, ClockKind.DISPOSE, event.at)


def _start_hop(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    if disposition is None:
        raise ValueError("a hop belongs to a disposition")
    clock = start(
        ticket, ClockKind.HOP, event.at, disposition=disposition, fixed_due_at=disposition.due_at
    )
    disposition.due_at = clock.due_at


def _start_resolve(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    if ticket.kind == Kind.COMPLAINT:
        start(ticket, ClockKind.RESOLVE, event.at)


def _start_confirm(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    start(ticket, ClockKind.CONFIRM, event.at)


def _stop(*kinds: ClockKind) -> Callable[[Ticket, TicketEvent, Disposition | None], None]:
    def effect(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
        for clock in running(ticket, *kinds):
            if (
                clock.kind != ClockKind.HOP
                or disposition is None
                or clock.disposition_id == disposition.id
            ):
                stop(clock, event.at)

    return effect


def _stop_answer_if_kept(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """INM 12 counts a complaint that was answered *and* followed up; the later of the two stops the clock."""
    if ticket.first_answered_at is None or ticket.followed_up_at is None:
        return
    kept_at = max(ticket.first_answered_at, ticket.followed_up_at)
    for clock in running(ticket, ClockKind.ANSWER):
        stop(clock, kept_at)


def _void_all(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    for clock in running(ticket):
        stop(clock, event.at, verdict=VOID)


def _follow_grade(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    """A regrading moves the deadline; the start stays at receipt. A later deadline takes back an early breach."""
    for clock in running(ticket, *_GRADED):
        set_limit(clock, ticket, ClockKind(clock.kind))
        refresh(clock)
        if clock.steps_done and clock.due_at is not None and clock.due_at > event.at:
            clock.steps_done, clock.round = "", clock.round + 1
            clock.warned_at = clock.breached_at = None
            refresh(clock)


def _pause(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    for clock in running(ticket):
        is_theirs = disposition is None or clock.disposition_id in (None, disposition.id)
        if clock.is_pausable and is_theirs and not open_pauses(clock):
            clock.pauses.append(ClockPause(event_id=event.id, from_at=event.at))
            refresh(clock)
            _show_on_disposition(clock)


def _resume(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
    if ticket.is_waiting:  # another question is still open
        return
    for clock in running(ticket):
        for pause in open_pauses(clock):
            pause.to_at = event.at
            refresh(clock)
            _show_on_disposition(clock)


Effect = Callable[[Ticket, TicketEvent, Disposition | None], None]
_K = ClockKind
EFFECTS: dict[str, tuple[Effect, ...]] = {
    "open": (_start_at_receipt,),
    "solve": (_follow_grade, _stop_answer_if_kept, _stop(_K.TRIAGE, _K.RESOLVE)),
    "triage": (_stop(_K.TRIAGE), _follow_grade, _start_dispose),
    "regrade": (_follow_grade,),
    "dispose": (_stop(_K.DISPOSE), _start_hop),
    "recall": (_stop(_K.HOP),),
    "send_back": (_stop(_K.HOP), _start_dispose),
    "follow_up": (_stop_answer_if_kept,),
    "submit": (_stop(_K.HOP),),
    "return_answer": (_start_hop,),
    "ask": (_pause,),
    "reply_to_question": (_resume,),
    "answer": (_resume, _stop_answer_if_kept, _stop(_K.DISPOSE, _K.RESOLVE), _start_confirm),
    "confirm": (_stop(_K.CONFIRM),),
    "object": (_stop(_K.CONFIRM), _start_resolve, _start_dispose),
    "close_by_silence": (_stop(_K.CONFIRM),),
    "close_unilaterally": (_stop_answer_if_kept, _stop(_K.DISPOSE, _K.HOP, _K.RESOLVE, _K.CONFIRM)),
    "exit": (_void_all,),
}


def refresh_ticket(ticket: Ticket) -> None:
    """Show the deadline that matters most on the ticket: the statutory one, then the office's, then the reply."""
    by_kind = {clock.kind: clock for clock in running(ticket)}
    for kind in (ClockKind.ANSWER, ClockKind.RESOLVE, ClockKind.CONFIRM):
        if kind in by_kind:
            ticket.due_at = by_kind[kind].due_at
            return
    ticket.due_at = None


def can_object_until(ticket: Ticket) -> datetime | None:
    """The end of the reopen window: so many days after the answer; None when there is nothing to object to."""
    answered_at = ticket.answered_at or ticket.closed_at
    if answered_at is None:
        return None
    here = organisation()
    return answered_at + timedelta(days=here.reopen_days if here else 30)


def _show_on_disposition(clock: SlaClock) -> None:
    if clock.disposition_id is not None:
        disposition = db.session.get(Disposition, clock.disposition_id)
        if disposition is not None:
            disposition.due_at = clock.due_at
