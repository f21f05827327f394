"""The few who may read a restricted ticket, and those whom it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import delete, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.accounts.user import User
from helpdesk.lib.database import db
from helpdesk.tickets.access import has_it, readers_of
from helpdesk.tickets.ticket import NamedReader, ReportedParty, Ticket


def note_reported(ticket: Ticket, unit_ids: Iterable[int], user_ids: Iterable[int]) -> None:
    """Exactly these are the ones it is about."""
    of_ticket = select(ReportedParty).where(ReportedParty.ticket_id == ticket.id)
    known = {(one.unit_id, one.user_id): one for one in db.session.scalars(of_ticket)}
    wanted = [
        *((unit_id, None) for unit_id in unit_ids),
        *((None, user_id) for user_id in user_ids),
    ]
    for party, row in known.items():
        if party not in wanted:
            db.session.delete(row)
    db.session.add_all(
        ReportedParty(ticket_id=ticket.id, unit_id=unit_id, user_id=user_id)
        for unit_id, user_id in wanted
        if (unit_id, user_id) not in known
    )


def forget_readers(ticket: Ticket, *, but: set[int]) -> None:
    """Nobody *but* these reads it from now on; those at work on it are to be among them."""
    gone = delete(NamedReader).where(
        NamedReader.ticket_id == ticket.id, NamedReader.user_id.not_in(sorted(but))
    )
    db.session.execute(gone)


def name_readers(ticket: Ticket, user_ids: set[int]) -> set[int]:
    """Add people to those who may read a restricted ticket; returns those who were not readers before."""
    new = user_ids.difference(readers_of(ticket))
    db.session.add_all(NamedReader(ticket_id=ticket.id, user_id=user) for user in sorted(new))
    db.session.flush()
    return new


def forget_officer(ticket: Ticket, user_id: int) -> None:
    """Let somebody whose work on a restricted ticket ended read it no more.

    But not who works at customer care, or has other work on it, as officer or as head of the unit that has it.
    """
    user = db.session.get(User, user_id)
    actor = user.as_actor() if user else Actor.system()
    still_has = any(has_it(actor, disposition) for disposition in ticket.dispositions)
    if user is None or still_has or actor.may(Permission.TRIAGE):
        return
    db.session.execute(
        delete(NamedReader).where(
            NamedReader.ticket_id == ticket.id, NamedReader.user_id == user_id
        )
    )


@dataclass(frozen=True)
class Circle:
    """Who may read a restricted ticket, and whom it is about: ids."""

    reader_ids: frozenset[int]
    reported_unit_ids: frozenset[int]
    reported_user_ids: frozenset[int]


def draw_circle(ticket: Ticket, circle: Circle) -> None:
    """Give a restricted ticket that is just being opened its readers, and those whom it is about."""
    note_reported(ticket, circle.reported_unit_ids, circle.reported_user_ids)
    name_readers(ticket, set(circle.reader_ids))


def circle_of(ticket: Ticket) -> Circle:
    """The named readers and reported parties as they stand."""
    reported = db.session.execute(
        select(ReportedParty.unit_id, ReportedParty.user_id).where(
            ReportedParty.ticket_id == ticket.id
        )
    ).all()
    return Circle(
        frozenset(readers_of(ticket)),
        frozenset(unit for unit, _ in reported if unit is not None),
        frozenset(user for _, user in reported if user is not None),
    )


def circle_at_desk(ticket: Ticket) -> Circle:
    """The same, but of the readers only those at customer care: units read what was sent to them, and no more."""
    circle = circle_of(ticket)
    readers = db.session.scalars(select(User).where(User.id.in_(sorted(circle.reader_ids))))
    at_desk = [user.id for user in readers if user.as_actor().may(Permission.TRIAGE)]
    return replace(circle, reader_ids=frozenset(at_desk))
