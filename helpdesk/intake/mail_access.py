"""Who may read a mail as it came: customer care, and of a guarded complaint only who may see that complaint."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import PERMISSIONS, Permission
from helpdesk.accounts.user import Grant
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.inbox import EMAIL
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.ticket import NamedReader, ReportedParty, Ticket

_DESK = sorted(role.value for role, allowed in PERMISSIONS.items() if Permission.TRIAGE in allowed)
MOST_COUNTED = 99
# What became no ticket and waits for nobody; of the first two somebody may think better.
APART = (Fate.AUTOMATIC, Fate.DISCARDED, Fate.BOUNCED, Fate.COPY)
RECONSIDERED = frozenset({Fate.AUTOMATIC, Fate.DISCARDED})


def _readable_by(actor: Actor) -> ColumnElement[bool]:
    """The condition under which *actor* may read a row of ``inbox``: of email, which is written to be read.

    A mail in quarantine that names a ticket says what that ticket is about, so it is as guarded as the ticket. Where
    no reader of it works at the desk, a supervisor must look, or nobody would.
    """
    if not actor.may(Permission.TRIAGE):
        return false()
    named = Ticket.id == Inbound.ticket_id
    parts = [Inbound.ticket_id.is_(None), exists().where(named, visible_to(actor))]
    if actor.may(Permission.SUPERVISE):
        waits = Inbound.fate == Fate.QUARANTINED.value
        parts.append(and_(waits, ~_has_reader_at_desk(), ~_reports(actor)))
    return and_(Inbound.channel == EMAIL, or_(*parts))


def find_mail(actor: Actor, row_id: int) -> Inbound:
    """The mail; raises NotFound when there is none or *actor* may not read it."""
    row = db.session.scalar(select(Inbound).where(Inbound.id == row_id, _readable_by(actor)))
    if row is None:
        raise NotFound
    return row


def is_readable(actor: Actor, row: Inbound) -> bool:
    """May *actor* read the mail, as it stands in the caller's unit of work?"""
    read = select(Inbound.id).where(Inbound.id == row.id, _readable_by(actor))
    return db.session.scalar(read) is not None


def find_quarantined(actor: Actor, row_id: int) -> Inbound:
    """``find_mail`` for one about which a person decides, may decide otherwise, or has decided."""
    row = find_mail(actor, row_id)
    is_for_people = row.fate == Fate.QUARANTINED or row.fate in RECONSIDERED
    if not is_for_people and row.settled_by_id is None:
        raise NotFound
    return row


def quarantined(actor: Actor, *, after_id: int = 0, limit: int = 50) -> list[Inbound]:
    """What waits for a person, the oldest first; the next page is asked for with the last id as *after_id*."""
    rows = (
        select(Inbound)
        .where(*_waits_for(actor), Inbound.id > after_id)
        .order_by(Inbound.id)
        .limit(limit)
    )
    return list(db.session.scalars(rows))


def set_apart(actor: Actor, fate: Fate, *, before_id: int | None, limit: int) -> list[Inbound]:
    """What became no ticket, by its *fate*, the newest first; the next page: with the last id as *before_id*."""
    rows = select(Inbound).where(Inbound.fate == fate.value, _readable_by(actor))
    if before_id is not None:
        rows = rows.where(Inbound.id < before_id)
    return list(db.session.scalars(rows.order_by(Inbound.id.desc()).limit(limit)))


def tickets_named(rows: Iterable[Inbound]) -> dict[int, Ticket]:
    """The tickets that *rows* are about, by id. Whoever may read such a row of ``set_apart`` may see its ticket."""
    ids = {row.ticket_id for row in rows} - {None}
    found = db.session.scalars(select(Ticket).where(Ticket.id.in_(ids))) if ids else ()
    return {ticket.id: ticket for ticket in found}


def how_many_quarantined(actor: Actor) -> ScalarSelect[int]:
    """How much waits for *actor* at the desk, exact to 99; part of a statement."""
    some = select(Inbound.id).where(*_waits_for(actor)).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _waits_for(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Inbound.fate == Fate.QUARANTINED.value, _readable_by(actor)


def _has_reader_at_desk() -> ColumnElement[bool]:
    return exists().where(
        NamedReader.ticket_id == Inbound.ticket_id,
        Grant.user_id == NamedReader.user_id,
        Grant.role.in_(_DESK),
    )


def _reports(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        ReportedParty.ticket_id == Inbound.ticket_id, ReportedParty.user_id == actor.user_id
    )
