"""Disposition (disposisi): sending a ticket to units, and what a unit does with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Role
from helpdesk.accounts.unit import Unit
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.lib.uploads import Received
from helpdesk.tickets.circle import circle_of, forget_officer, name_readers
from helpdesk.tickets.files import attach, has_evidence
from helpdesk.tickets.hearers import holders_of, officers_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import THEIR_WORK, WITH_UNIT, DispositionStatus, Grade, Phrase, Root
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import advance, require, require_on


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """What one unit is asked to do. *due_at* None takes the unit's limit from the policy."""

    unit_id: int
    officer_id: int | None = None
    phrases: Sequence[Phrase] = (Phrase.SOLVE,)
    note: str = ""
    due_at: datetime | None = None
    is_lead: bool = False

    @property
    def is_copy(self) -> bool:
        """Is it for information alone (*tembusan*)? Then nothing is asked of the unit but to read it."""
        return set(self.phrases) == {Phrase.FOR_INFORMATION}


def dispose_ticket(
    ticket: Ticket, instructions: Sequence[Instruction], *, by: Actor
) -> list[Disposition]:
    """Send the ticket to one or several units; each gets its own disposition, deadline and clock.

    Whom it is sent to for information gets a copy, without deadline or clock.
    Raises Invalid for no unit, a deadline in the past, an officer of another unit, a unit already at work on it or
    whose answer waits to be decided on; on a restricted ticket also for a unit without a named officer, or the reported
    unit. What concerns one unit is said under ``due_at-<unit id>`` or ``officer-<unit id>``.
    """
    require(ticket, Move.DISPOSE, by=by)
    _check(ticket, instructions)
    work = [instruction for instruction in instructions if not instruction.is_copy]
    if work:
        ticket.was_returned = False
    leading = leading_work(ticket)
    if leading and any(instruction.is_lead for instruction in work):
        leading.is_lead = False  # one unit brings the answer together
    sent = []
    for instruction in instructions:
        if ticket.is_restricted and instruction.officer_id:
            name_readers(ticket, {instruction.officer_id})  # first: only a reader is told of it
        sent.append(_send(ticket, instruction, by))
    return sent


def leading_work(ticket: Ticket) -> Disposition | None:
    """The work of the unit that brings the answer of this round together, None while no unit does."""
    return next(
        (
            one
            for one in ticket.dispositions
            if one.is_lead and one.cycle == ticket.reopenings and one.status in THEIR_WORK
        ),
        None,
    )


def _send(ticket: Ticket, instruction: Instruction, by: Actor) -> Disposition:
    is_copy = instruction.is_copy
    disposition = Disposition(
        ticket=ticket,
        unit_id=instruction.unit_id,
        officer_id=instruction.officer_id,
        cycle=ticket.reopenings,
        status=(DispositionStatus.COPIED if is_copy else DispositionStatus.SENT).value,
        is_open=not is_copy,
        is_lead=instruction.is_lead and not is_copy,
        phrases=",".join(phrase.value for phrase in instruction.phrases),
        instruction=instruction.note.strip()[:1000],
        sent_at=clock.now(),
        sent_by_id=by.user_id,
        due_at=None if is_copy else instruction.due_at,
        version=1,
    )
    db.session.add(disposition)
    db.session.flush()
    move = Move.COPY if is_copy else Move.DISPOSE
    advance(ticket, move, by=by, at=disposition.sent_at, disposition=disposition)
    return disposition


def _check(ticket: Ticket, instructions: Sequence[Instruction]) -> None:
    if not instructions:
        raise Invalid({"units": _l("Choose at least one unit.")})
    units = [instruction.unit_id for instruction in instructions]
    now_at = {d.status for d in ticket.dispositions if d.unit_id in units}
    copied_to = {instruction.unit_id for instruction in instructions if instruction.is_copy}
    unread = {d.unit_id for d in ticket.dispositions if d.status == DispositionStatus.COPIED}
    if now_at & WITH_UNIT or copied_to & unread or len(set(units)) < len(units):
        raise Invalid({"units": _l("One of these units already has this ticket.")})
    if DispositionStatus.SUBMITTED in now_at:
        raise Invalid(
            {"units": _l("One of these units has answered. Approve or return its answer first.")}
        )
    open_units = select(func.count()).where(Unit.id.in_(units), Unit.is_active)
    if db.session.scalar(open_units) != len(units):
        raise Invalid({"units": _l("One of these units is closed.")})
    for instruction in instructions:
        unit_id, officer_id = instruction.unit_id, instruction.officer_id
        if instruction.due_at and instruction.due_at <= clock.now():
            raise Invalid({f"due_at-{unit_id}": _l("The deadline must lie in the future.")})
        if officer_id and officer_id not in officers_of(unit_id):
            raise Invalid({f"officer-{unit_id}": _l("This officer does not work in that unit.")})
    if ticket.is_restricted:
        _check_restricted(ticket, instructions)


def _check_restricted(ticket: Ticket, instructions: Sequence[Instruction]) -> None:
    reported = circle_of(ticket)
    for instruction in instructions:
        if instruction.unit_id in reported.reported_unit_ids:
            raise Invalid(
                {"units": _l("This unit is reported in the complaint and must not see it.")}
            )
        _refuse_as_officer(ticket, instruction.officer_id, f"officer-{instruction.unit_id}")


def _refuse_as_officer(ticket: Ticket, officer_id: int | None, field: str) -> None:
    """On a restricted ticket the work needs a named officer, and never the person reported."""
    if officer_id is None:
        raise Invalid(
            {field: _l("A restricted ticket goes to a named officer, not to a whole unit.")}
        )
    if officer_id in circle_of(ticket).reported_user_ids:
        raise Invalid({field: _l("This person is reported in the complaint and must not see it.")})


def recall_disposition(disposition: Disposition, reason: str, *, by: Actor) -> TicketEvent:
    """Take a disposition back before the unit has answered."""
    ticket = disposition.ticket
    require_on(disposition, Move.RECALL, by=by)
    is_copy = disposition.status == DispositionStatus.COPIED
    recalled = DispositionStatus.UNCOPIED if is_copy else DispositionStatus.RECALLED
    _end_disposition(disposition, recalled)
    return advance(ticket, Move.RECALL, by=by, disposition=disposition, text=reason.strip())


def assign_officer(disposition: Disposition, officer_id: int | None, *, by: Actor) -> TicketEvent:
    """The head of the unit gives the work to one of its officers (None: back to the whole unit)."""
    ticket = disposition.ticket
    require_on(disposition, Move.ASSIGN, by=by)
    if officer_id is not None and officer_id not in officers_of(disposition.unit_id):
        raise Invalid({"officer": _l("This officer does not work in that unit.")})
    if ticket.is_restricted:
        _refuse_as_officer(ticket, officer_id, "officer")
        name_readers(ticket, {officer_id} if officer_id else set())
    before, disposition.officer_id = disposition.officer_id, officer_id
    if ticket.is_restricted and before not in (None, officer_id):
        forget_officer(ticket, before)
    disposition.version += 1
    return advance(
        ticket, Move.ASSIGN, by=by, disposition=disposition, details={"officer_id": officer_id}
    )


def accept_disposition(disposition: Disposition, *, by: Actor) -> TicketEvent:
    """The unit takes the work; who accepts without an officer named becomes the officer."""
    ticket = disposition.ticket
    require_on(disposition, Move.ACCEPT, by=by)
    disposition.status = DispositionStatus.ACCEPTED.value
    disposition.accepted_at = clock.now()
    disposition.officer_id = disposition.officer_id or by.user_id
    disposition.version += 1
    return advance(ticket, Move.ACCEPT, by=by, disposition=disposition)


def send_back(disposition: Disposition, reason: str, *, by: Actor) -> TicketEvent:
    """Not ours (bukan tugas kami): closes only this disposition and puts the ticket back to customer care."""
    if not reason.strip():
        raise Invalid({"reason": _l("Write why this is not for your unit, and who could help.")})
    ticket = disposition.ticket
    require_on(disposition, Move.SEND_BACK, by=by)
    disposition.return_reason = reason.strip()[:500]
    _end_disposition(disposition, DispositionStatus.RETURNED)
    ticket.was_returned = True
    return advance(ticket, Move.SEND_BACK, by=by, disposition=disposition, text=reason.strip())


@dataclass(frozen=True, kw_only=True)
class UnitAnswer:
    """What a unit submits: what was done, why it happened, what keeps it from happening again."""

    findings: str
    root_cause: Root | None = None
    root_cause_text: str = ""
    corrective_action: str = ""
    draft_answer: str = ""


def submit_answer(
    disposition: Disposition, answer: UnitAnswer, *, by: Actor, evidence: Sequence[Received] = ()
) -> TicketEvent:
    """Submit the unit's answer for approval. Its findings count as a follow-up (INM 12: *ditindaklanjuti*).

    Raises Invalid without findings, and for *merah* without evidence, brought now or on this disposition before.
    """
    if not answer.findings.strip():
        raise Invalid({"findings": _l("Write what was done.")})
    ticket = disposition.ticket
    require_on(disposition, Move.SUBMIT, by=by)
    if ticket.grade == Grade.RED and not evidence and not has_evidence(disposition.id):
        raise Invalid({"files": _l("A red complaint needs evidence: a photo or a document.")})
    disposition.findings = answer.findings.strip()
    disposition.root_cause = answer.root_cause.value if answer.root_cause else ""
    disposition.root_cause_text = answer.root_cause_text.strip()[:500]
    disposition.corrective_action = answer.corrective_action.strip()[:1000]
    disposition.draft_answer = answer.draft_answer.strip()
    disposition.status = DispositionStatus.SUBMITTED.value
    disposition.is_open = False
    disposition.wants_until = None
    disposition.submitted_at = clock.now()
    disposition.officer_id = disposition.officer_id or by.user_id
    disposition.version += 1
    ticket.followed_up_at = ticket.followed_up_at or disposition.submitted_at
    details = {
        "root_cause": disposition.root_cause,
        "root_cause_text": disposition.root_cause_text,
        "corrective_action": disposition.corrective_action,
        "draft_answer": disposition.draft_answer,
    }
    event = advance(
        ticket,
        Move.SUBMIT,
        by=by,
        disposition=disposition,
        text=disposition.findings,
        details=details,
    )
    attach(event, evidence, is_evidence=True)
    return event


def _end_disposition(disposition: Disposition, status: DispositionStatus) -> None:
    """Take the work from the unit: sent back by it, or recalled.

    Its officer, and its head who had handed it on, read a restricted ticket no more.
    """
    disposition.status = status.value
    disposition.is_open = False
    disposition.wants_until = None
    disposition.settled_at = clock.now()
    disposition.version += 1
    if disposition.ticket.is_restricted:
        at_work = {head.id for head in holders_of(Role.UNIT_HEAD, disposition.unit_id)}
        if disposition.officer_id:
            at_work.add(disposition.officer_id)
        for user_id in at_work:
            forget_officer(disposition.ticket, user_id)


def call_off(ticket: Ticket) -> list[int]:
    """Recall everything that units still have or have submitted; returns the ids, for their people to be told."""
    called_off = []
    for disposition in ticket.dispositions:
        if disposition.is_open or disposition.status == DispositionStatus.SUBMITTED:
            _end_disposition(disposition, DispositionStatus.RECALLED)
            called_off.append(disposition.id)
    return called_off
