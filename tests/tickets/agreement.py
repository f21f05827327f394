"""What must be true of a ticket at any moment, whatever happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.messaging.outbox import messages_about
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.clocks import due_of, next_look, open_pauses, running
from helpdesk.tickets.records import Question, TicketEvent
from helpdesk.tickets.states import (
    COPIES,
    EXITS,
    OPEN,
    WITH_UNIT,
    WORKED_ON,
    Access,
    DispositionStatus,
    Kind,
    Needs,
    Status,
)
from helpdesk.tickets.ticket import Disposition, NamedReader, ReportedParty, Ticket

Facts = tuple[object, ...]


class Chronicle:
    """The events of one ticket as they were seen so far: they may become more, never other."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.seen: dict[int, Facts] = {}
        self.messages_seen: set[int] = set()

    def events(self) -> dict[int, Facts]:
        db.session.rollback()
        rows = db.session.scalars(
            select(TicketEvent).where(TicketEvent.ticket_id == self.ticket_id)
        )
        return {
            row.id: (row.kind, row.at, row.recorded_at, row.actor_label, row.text, str(row.details))
            for row in rows
        }

    def must_have_only_grown(self, staff: Sequence[Actor]) -> None:
        """The events, and the messages, of which nobody got one who may not see the ticket."""
        now = self.events()
        assert self.seen.items() <= now.items(), "an event was changed or deleted"
        ticket = db.session.get_one(Ticket, self.ticket_id)
        assert ticket.version == 1 + len(now)
        self.seen = now
        self._only_readers_heard(ticket, staff)

    def _only_readers_heard(self, ticket: Ticket, staff: Sequence[Actor]) -> None:
        """Of what was said since the last look, on a ticket that is restricted."""
        new = [
            message
            for message in messages_about("ticket", ticket.id)
            if message.id not in self.messages_seen
        ]
        self.messages_seen |= {message.id for message in new}
        if ticket.access != Access.RESTRICTED:
            return
        heard = {message.recipient_id for message in new if message.recipient_kind == "staff"}
        assert heard <= {actor.user_id for actor in staff if sees(actor, ticket)}


def must_agree(ticket_id: int, staff: Sequence[Actor]) -> None:
    """Look at everything that one fact says twice."""
    ticket = db.session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .options(selectinload(Ticket.dispositions))
        .execution_options(populate_existing=True)
    ).one()
    _status_agrees(ticket)
    _dispositions_agree(ticket)
    _questions_agree(ticket)
    _clocks_agree(ticket)
    _needs_agree(ticket)
    assert ticket.call_wanted_at is None or ticket.can_be_reached, "who should call whom?"
    for actor in staff:
        _sight_agrees(ticket, actor)


def _status_agrees(ticket: Ticket) -> None:
    state = ticket.state
    assert ticket.is_open == state.is_open
    is_closed = state is Status.CLOSED
    assert is_closed == bool(ticket.closing) == (ticket.closed_at is not None)
    assert (state in EXITS) == bool(ticket.exit_reason)
    assert (state is Status.ANSWERED) <= (ticket.answered_at is not None)
    sent = {disposition.status for disposition in _of_this_cycle(ticket)}
    if state is Status.TRIAGED:
        assert not sent
        assert not ticket.reopenings
    if state is Status.IN_PROGRESS:
        assert sent & WITH_UNIT or not sent & {
            DispositionStatus.SUBMITTED,
            DispositionStatus.APPROVED,
        }
    if state is Status.IN_REVIEW:
        assert not sent & WITH_UNIT
        assert sent & {DispositionStatus.SUBMITTED, DispositionStatus.APPROVED}


def _dispositions_agree(ticket: Ticket) -> None:
    hops = {one.disposition_id: one for one in running(ticket, ClockKind.HOP)}
    for sent in ticket.dispositions:
        assert sent.is_open == (sent.status in WITH_UNIT)
        assert sent.is_open == (sent.id in hops)
        if sent.status in COPIES:
            is_read = sent.status != DispositionStatus.COPIED
            assert is_read == (sent.settled_at is not None)
            assert sent.due_at is None
            continue
        is_settled = sent.status not in WITH_UNIT | {DispositionStatus.SUBMITTED}
        assert is_settled == (sent.settled_at is not None)
        if not ticket.state.is_worked_on or sent.cycle < ticket.reopenings:
            assert is_settled, "an old disposition was left open"
        if sent.is_open:
            assert sent.due_at == hops[sent.id].due_at
    at_work = Counter(sent.unit_id for sent in ticket.dispositions if sent.is_open)
    assert all(count == 1 for count in at_work.values())


def _questions_agree(ticket: Ticket) -> None:
    asked = _questions_of(ticket)
    still_open = [question for question in asked if question.answered_at is None]
    assert ticket.is_waiting == bool(still_open)
    assert ticket.is_waiting <= ticket.state.is_worked_on
    for question in asked:
        is_watched = question.look_at is not None
        assert is_watched == (question.answered_at is None and not question.is_overdue)
        assert not is_watched or question.asked_at <= question.look_at <= question.due_at
        assert not question.is_overdue or question.due_at <= clock.now()


def _questions_of(ticket: Ticket) -> Sequence[Question]:
    return db.session.scalars(select(Question).where(Question.ticket_id == ticket.id)).all()


_RUNS_WHILE: dict[ClockKind, Collection[Status]] = {
    ClockKind.TRIAGE: {Status.RECEIVED},
    ClockKind.DISPOSE: {Status.TRIAGED, Status.IN_PROGRESS, Status.IN_REVIEW},
    ClockKind.HOP: {Status.IN_PROGRESS},
    # also joined to another: it watches what was promised
    ClockKind.RESOLVE: {*WORKED_ON, Status.MERGED},
    ClockKind.CONFIRM: {Status.ANSWERED},
    # also closed: it waits for what was done to be written down
    ClockKind.ANSWER: {*OPEN, Status.CLOSED},
}


def _clocks_agree(ticket: Ticket) -> None:
    now_running = running(ticket)
    assert len({(one.kind, one.disposition_id) for one in now_running}) == len(now_running)
    kinds = {ClockKind(one.kind) for one in now_running}
    for kind in kinds:
        assert ticket.state in _RUNS_WHILE[kind], f"{kind} runs while {ticket.status}"
    assert (ClockKind.TRIAGE in kinds) == (ticket.state is Status.RECEIVED)
    is_known = ticket.call_wanted_at is None  # silence counts from when they can know the answer
    assert ClockKind.CONFIRM in kinds or not (ticket.state is Status.ANSWERED and is_known)
    is_waited_for = any(question.look_at for question in _questions_of(ticket))
    for one in now_running:
        assert (one.due_at, one.look_at) == (due_of(one), next_look(one))
        assert not open_pauses(one) or (is_waited_for and one.is_pausable)
        assert one.breached_at is None or one.breached_at <= clock.now()
    for one in ticket.clocks:
        if one.stopped_at is not None:
            assert one.verdict in ("met", "missed", "void")
            assert one.look_at is None
            assert not open_pauses(one)
    following = select(Ticket.due_at).where(Ticket.merged_into_id == ticket.id)
    promised = [due_at for due_at in db.session.scalars(following) if due_at]
    known = {*promised, *(one.due_at for one in now_running)}
    assert ticket.due_at is None or ticket.due_at in known
    if ticket.state.is_worked_on and promised:
        assert ticket.due_at is not None
        assert ticket.due_at <= min(promised), "nobody who follows waits longer than promised"


def _needs_agree(ticket: Ticket) -> None:
    """What customer care must do next, told once more from the facts."""
    sent = {disposition.status for disposition in _of_this_cycle(ticket)}
    assert ticket.was_returned <= ticket.state.is_worked_on
    is_with_unit = bool(sent & WITH_UNIT)
    if not ticket.state.is_worked_on:
        is_missing = ticket.followed_up_at is None and bool(running(ticket, ClockKind.ANSWER))
        needs = Needs.FOLLOW_UP if is_missing else Needs.NOTHING
    elif ticket.state is Status.RECEIVED:
        needs = Needs.TRIAGE
    elif DispositionStatus.SUBMITTED in sent:
        needs = Needs.REVIEW
    elif ticket.was_returned or is_with_unit:
        needs = Needs.DISPOSE if ticket.was_returned else Needs.NOTHING
    else:  # thanks need no unit before they are answered
        is_answerable = DispositionStatus.APPROVED in sent or Kind(ticket.kind).is_thanked
        needs = Needs.ANSWER if is_answerable else Needs.DISPOSE
    assert ticket.needs == needs


def _of_this_cycle(ticket: Ticket) -> list[Disposition]:
    return [
        sent
        for sent in ticket.dispositions
        if sent.cycle == ticket.reopenings and sent.status not in COPIES
    ]


def readers_of(ticket_id: int) -> set[int]:
    """Who is named as a reader and not reported as a person."""
    named = select(NamedReader.user_id).where(NamedReader.ticket_id == ticket_id)
    reported = select(ReportedParty.user_id).where(ReportedParty.ticket_id == ticket_id)
    return set(db.session.scalars(named)) - set(db.session.scalars(reported))


def sees(actor: Actor, ticket: Ticket) -> bool:
    """What every list, page and search asks."""
    mine = select(exists().where(Ticket.id == ticket.id, visible_to(actor)))
    return bool(db.session.scalar(mine))


def _sight_agrees(ticket: Ticket, actor: Actor) -> None:
    """A restricted ticket is seen by its readers alone, and by customer care while nobody has named any."""
    is_seen = sees(actor, ticket)
    if ticket.access == Access.ORDINARY:
        is_at_desk = actor.may(Permission.TRIAGE) or actor.may(Permission.WATCH)
        assert is_seen or not is_at_desk
        return
    reported_units = set(
        db.session.scalars(
            select(ReportedParty.unit_id).where(ReportedParty.ticket_id == ticket.id)
        )
    )
    readers = readers_of(ticket.id)
    is_allowed = actor.user_id in readers or (actor.may(Permission.TRIAGE) and not readers)
    may_see = is_allowed and not reported_units & actor.unit_ids
    assert is_seen == may_see, f"{actor.label} sees a restricted ticket: {is_seen}"
