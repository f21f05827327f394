"""Triage: classify, grade, decide who may read it, make the units' copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.tickets import search
from helpdesk.tickets.circle import forget_readers, name_readers, note_reported
from helpdesk.tickets.files import hide_from_units, hide_what_came_later
from helpdesk.tickets.following import must_not_be_graver, must_not_be_thanked
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import (
    THEIR_WORK,
    Access,
    DispositionStatus,
    Grade,
    Identity,
    Kind,
)
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import advance, require


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What customer care decides about a new ticket in one screen.

    *unit_text* None leaves the units' copy as the original. Readers, reported parties count for restricted access.
    """

    grade: Grade
    category_id: int | None
    kind: Kind = Kind.COMPLAINT
    title: str = ""
    reason: str = ""
    access: Access = Access.ORDINARY
    identity: Identity | None = None
    unit_text: str | None = None
    hidden_file_ids: Sequence[int] = ()
    reader_ids: Sequence[int] = ()
    reported_unit_ids: Sequence[int] = ()
    reported_user_ids: Sequence[int] = ()


def triage_ticket(ticket: Ticket, verdict: Verdict, *, by: Actor) -> TicketEvent:
    """Grade and classify a received ticket and decide its confidentiality; never below those who follow it."""
    require(ticket, Move.TRIAGE, by=by)
    must_not_be_graver(ticket, verdict.grade)
    must_not_be_thanked(ticket, verdict.kind)
    _refuse_mildness_unexplained(verdict)
    ticket.grade = verdict.grade.value
    ticket.category_id = verdict.category_id
    ticket.kind = verdict.kind.value
    if verdict.title.strip():
        ticket.title = verdict.title.strip()[:160]
    ticket.owner_id = ticket.owner_id or by.user_id
    new_readers = _guard(ticket, verdict, by)
    copy_for_units(ticket, verdict.unit_text, verdict.hidden_file_ids)
    event = advance(
        ticket,
        Move.TRIAGE,
        by=by,
        text=verdict.reason,
        details={
            "grade": verdict.grade.value,
            "category_id": verdict.category_id,
            "access": verdict.access.value,
            "identity": ticket.identity,
            "new_readers": new_readers,
        },
    )
    search.index_ticket(ticket)
    return event


def regrade_ticket(ticket: Ticket, grade: Grade, reason: str, *, by: Actor) -> TicketEvent:
    """Change the grade: the deadline moves, the start stays at receipt, the reason stays in the history.

    Who was promised an earlier answer is told of the later day; the day before it stays in the history too.
    Raises Invalid without a reason, and for a grade below that of a ticket that follows this one.
    """
    if not reason.strip():
        raise Invalid({"reason": _l("Write why the grade changes.")})
    require(ticket, Move.REGRADE, by=by)
    must_not_be_graver(ticket, grade)
    before, ticket.grade = ticket.grade, grade.value
    was_due_at = ticket.due_at
    event = advance(
        ticket,
        Move.REGRADE,
        by=by,
        text=reason.strip(),
        details={"from": before, "to": grade.value},
    )
    if was_due_at and ticket.due_at and ticket.due_at > was_due_at:
        moved = {"was_due_at": was_due_at.isoformat(), "due_at": ticket.due_at.isoformat()}
        advance(ticket, Move.POSTPONE, by=Actor.system(), details=moved)
    return event


def reclassify_ticket(
    ticket: Ticket, *, category_id: int | None, kind: Kind, title: str, by: Actor
) -> TicketEvent:
    """Change category, kind or title after triage. Raises Invalid for praise that a complaint follows."""
    require(ticket, Move.RECLASSIFY, by=by)
    must_not_be_thanked(ticket, kind)
    before = {"category_id": ticket.category_id, "kind": ticket.kind, "title": ticket.title}
    ticket.category_id, ticket.kind = category_id, kind.value
    ticket.title = title.strip()[:160] or ticket.title
    after = {"category_id": category_id, "kind": kind.value, "title": ticket.title}
    event = advance(ticket, Move.RECLASSIFY, by=by, details={"from": before, "to": after})
    search.index_ticket(ticket)
    return event


def guard_ticket(ticket: Ticket, verdict: Verdict, *, by: Actor) -> TicketEvent:
    """Decide again who may read the ticket. On a restricted one only a reader may."""
    require(ticket, Move.GUARD, by=by)
    new_readers = _guard(ticket, verdict, by)
    event = advance(
        ticket,
        Move.GUARD,
        by=by,
        details={
            "access": ticket.access,
            "identity": ticket.identity,
            "new_readers": new_readers,
        },
        text=verdict.reason,
    )
    search.index_ticket(ticket)  # a name that is withheld now must not be found any more
    return event


def redact_ticket(
    ticket: Ticket, unit_text: str | None, hidden_file_ids: Sequence[int], *, by: Actor
) -> TicketEvent:
    """Make the copy that units read; the original stays as it came."""
    require(ticket, Move.REDACT, by=by)
    copy_for_units(ticket, unit_text, hidden_file_ids)
    event = advance(ticket, Move.REDACT, by=by, details={"hidden_files": len(hidden_file_ids)})
    search.index_ticket(ticket)
    return event


def take_ticket(ticket: Ticket, *, by: Actor) -> TicketEvent:
    """Become the ticket's owner at the desk."""
    require(ticket, Move.TAKE, by=by)
    ticket.owner_id = by.user_id
    return advance(ticket, Move.TAKE, by=by)


def _refuse_mildness_unexplained(verdict: Verdict) -> None:
    """Where the house asks for a red review, the history must say why the complaint is not merah."""
    if verdict.kind is not Kind.COMPLAINT or verdict.grade is Grade.RED or verdict.reason.strip():
        return
    category = db.session.get(Category, verdict.category_id) if verdict.category_id else None
    if category is not None and category.needs_red_review:
        raise Invalid({"reason": _l("Such a complaint is red unless you write why it is not.")})


def _guard(ticket: Ticket, verdict: Verdict, by: Actor) -> list[int]:
    """Set who may read it; returns the ids of readers named just now."""
    _refuse_opening_a_name_unexplained(ticket, verdict)
    was_anonymous = ticket.identity == Identity.ANONYMOUS
    if (
        verdict.identity is not None
        and not was_anonymous
        and verdict.identity is not Identity.ANONYMOUS
    ):
        if verdict.identity is Identity.WITHHELD and ticket.identity == Identity.NAMED:
            hide_what_came_later(ticket.id)
        ticket.identity = verdict.identity.value
    ticket.access = verdict.access.value
    note_reported(ticket, verdict.reported_unit_ids, verdict.reported_user_ids)
    if verdict.access is not Access.RESTRICTED:
        return []
    wanted = {*verdict.reader_ids, *([by.user_id] if by.user_id else [])}
    wanted -= set(verdict.reported_user_ids)
    _refuse_blindness(verdict, wanted)
    at_work = {d.officer_id for d in _at_work(ticket, verdict) if d.officer_id}
    forget_readers(ticket, but=wanted | at_work)
    return sorted(name_readers(ticket, wanted | at_work))


def _refuse_opening_a_name_unexplained(ticket: Ticket, verdict: Verdict) -> None:
    is_opened = ticket.identity == Identity.WITHHELD and verdict.identity is Identity.NAMED
    if is_opened and not verdict.reason.strip():
        sentence = _l("They asked that no unit sees their name. Write below why the units need it.")
        raise Invalid({"identity": sentence})


def _refuse_blindness(verdict: Verdict, reader_ids: set[int]) -> None:
    """Without one reader at the desk the ticket would be lost to everybody."""
    readers = select(User).where(User.id.in_(sorted(reader_ids)), User.is_active)
    for reader in (user.as_actor() for user in db.session.scalars(readers)):
        if reader.may(Permission.TRIAGE) and not reader.unit_ids & set(verdict.reported_unit_ids):
            return
    raise Invalid(
        {
            "readers": _l(
                "Name at least one reader at customer care whom the complaint is not about."
            )
        }
    )


def _at_work(ticket: Ticket, verdict: Verdict) -> list[Disposition]:
    """What units have now. Raises Invalid where nobody, or the wrong one, would see it once it is restricted."""
    having = [
        d for d in ticket.dispositions if d.status in THEIR_WORK - {DispositionStatus.APPROVED}
    ]
    for disposition in having:
        is_reported = (
            disposition.unit_id in verdict.reported_unit_ids
            or disposition.officer_id in verdict.reported_user_ids
        )
        if is_reported or disposition.officer_id is None:
            raise Invalid(
                {
                    "access": _l(
                        "A unit has this ticket that is reported, or has no officer named for it. "
                        "Recall that disposition first."
                    )
                }
            )
    return having


def copy_for_units(ticket: Ticket, unit_text: str | None, hidden_file_ids: Sequence[int]) -> None:
    """Make the units' copy; *unit_text* None, or the text itself, means that they read the original."""
    changed = unit_text is not None and unit_text.strip() != ticket.text.strip()
    ticket.unit_text = unit_text.strip() if changed and unit_text is not None else None
    hide_from_units(ticket.id, hidden_file_ids)
