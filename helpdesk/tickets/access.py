"""Who sees which ticket: one predicate for lists, counts, search, files, messages and exports.

You can only find what is yours. ``visible_to`` guards every select; ``find_for`` is the only way a door gets a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.organisation import local_zone, number_prefix
from helpdesk.accounts.roles import Permission
from helpdesk.accounts.user import User
from helpdesk.lib import clock
from helpdesk.lib.database import db, run_core
from helpdesk.lib.errors import Conflict, NotFound
from helpdesk.tickets import records
from helpdesk.tickets.number import TicketNumber, parse_number
from helpdesk.tickets.states import STILL_THEIRS, THEIR_WORK, Access, Identity
from helpdesk.tickets.ticket import Disposition, NamedReader, ReportedParty, Ticket

CHANGED = _l("This ticket changed while you were writing. Compare, then decide.")
_THEIRS = sorted(status.value for status in STILL_THEIRS)


class Scope(StrEnum):
    """How much of a visible ticket somebody sees."""

    CARE = "care"  # everything
    UNIT = "unit"  # the units' copy; the complainant only when named
    LEADERSHIP = "leadership"  # everything but the complainant
    RECORDER = "recorder"  # who took it down: what they typed themselves, and where it stands


@lru_cache(maxsize=256)  # an actor never changes, and every page asks
def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which *actor* may see a row of ``tickets``; false for whoever has no part in it."""
    if actor.kind is ActorKind.COMPLAINANT:
        return Ticket.id == actor.ticket_id
    if actor.kind is not ActorKind.STAFF or actor.user_id is None:
        return false()
    # Who may see every ordinary one is asked nothing else about those
    theirs = Ticket.access == Access.ORDINARY.value
    readable = _names_reader(actor)
    if actor.may(Permission.TRIAGE):
        # one without readers: nobody has decided yet, so nobody may lose it
        readable = or_(readable, ~_has_readers())
    elif not actor.may(Permission.WATCH):
        reached = [Ticket.recorded_by_id == actor.user_id]
        if actor.unit_ids:
            reached += [_with_unit_of(actor), _follows_one_of(actor)]
        theirs = and_(theirs, or_(*reached))
    restricted = Ticket.access == Access.RESTRICTED.value
    return or_(theirs, and_(restricted, readable, ~_reports(actor)))


@lru_cache(maxsize=256)
def visible_dispositions(actor: Actor) -> ColumnElement[bool]:
    """On ``dispositions`` joined to ``tickets``: a head's whole unit; an officer's own, and those nobody here has."""
    restricted = and_(
        Ticket.access == Access.RESTRICTED.value, _names_reader(actor), ~_reports(actor)
    )
    return and_(_is_for(actor), or_(Ticket.access == Access.ORDINARY.value, restricted))


def scope_of(actor: Actor, ticket: Ticket) -> Scope:
    """How much *actor* sees of a ticket that is visible to them; customer care's view wins. Needs dispositions."""
    if actor.may(Permission.TRIAGE):
        return Scope.CARE
    if any(has_it(actor, disposition) for disposition in ticket.dispositions):
        return Scope.UNIT
    if actor.may(Permission.WATCH):
        return Scope.LEADERSHIP
    # Else a unit of theirs has the one that it follows, or they were named a reader: they read the units' copy.
    return Scope.RECORDER if ticket.recorded_by_id == actor.user_id else Scope.UNIT


def is_given_to(actor: Actor, disposition: Disposition) -> bool:
    """Did it come to their unit, for them, for everybody there, or under their head's eyes?"""
    if disposition.unit_id in actor.headed_unit_ids:
        return True
    is_free = disposition.officer_id in (None, actor.user_id, *actor.away_ids)
    return disposition.unit_id in actor.unit_ids and is_free


def has_it(actor: Actor, disposition: Disposition) -> bool:
    """Is it given to them, and neither sent back nor recalled? What ``visible_to`` asks, of one row in memory."""
    return disposition.status in STILL_THEIRS and is_given_to(actor, disposition)


def works_on(actor: Actor, disposition: Disposition) -> bool:
    """Do they have it as work, not as a copy for information?"""
    return disposition.status in THEIR_WORK and is_given_to(actor, disposition)


def is_addressed_to(actor: Actor, instruction: records.LeaderInstruction, ticket: Ticket) -> bool:
    """Is it theirs to acknowledge and answer? A unit's while it has the ticket; what it gave back falls to the desk.

    So does what nobody of the unit reads any more, since the ticket was restricted after they had answered.
    """
    theirs = [
        sent
        for sent in ticket.dispositions
        if sent.unit_id == instruction.unit_id and sent.status in THEIR_WORK
    ]
    if theirs and ticket.is_restricted:
        readers = readers_of(ticket)
        theirs = [sent for sent in theirs if sent.officer_id in readers]
    if theirs:
        return any(works_on(actor, sent) for sent in theirs)
    return actor.may(Permission.TRIAGE)


def readers_of(ticket: Ticket) -> Sequence[int]:
    """The ids of those who were named to read a restricted ticket."""
    return db.session.scalars(_READERS, {"ticket_id": ticket.id}).all()


_READERS = (
    select(NamedReader.user_id)
    .where(NamedReader.ticket_id == bindparam("ticket_id"))
    .order_by(NamedReader.user_id)
)


def knows_complainant(actor: Actor, ticket: Ticket) -> bool:
    """May this person know who complained? Units only when the complainant allowed it; nobody when anonymous."""
    if ticket.identity == Identity.ANONYMOUS:
        return False
    scope = scope_of(actor, ticket)
    return scope is Scope.CARE or (scope is Scope.UNIT and ticket.identity == Identity.NAMED)


def knows_named(actor: Actor) -> bool:
    """The same of every ticket in a list whose complainant is named; a leader sees more than what their unit has."""
    return bool(actor.unit_ids) and not actor.may(Permission.WATCH)


def find_for(actor: Actor, number: str) -> Ticket:
    """The one ticket with this number that *actor* may see, with everything a page needs.

    Raises NotFound when it does not exist or is not for them: the two are never told apart.
    """
    found = find_candidates(actor, number, limit=2)
    if len(found) != 1:
        raise NotFound
    return found[0]


def find_to_change(actor: Actor, number: str, *, version: int | None = None) -> Ticket:
    """``find_for`` inside a unit of work, with the row locked so that two people cannot decide at once.

    Raises Conflict when *version* is given and somebody changed the ticket since it was read.
    """
    if asked := _asked(actor, number, to_lock=True):
        run_core(*asked).all()
    ticket = find_for(actor, number)
    if version is not None and ticket.version != version:
        raise Conflict(CHANGED)
    return ticket


def find_candidates(actor: Actor, typed: str, *, limit: int = 5) -> list[Ticket]:
    """Tickets whose number may be what was typed, however it was typed; visible ones only."""
    asked = _asked(actor, typed)
    found = db.session.scalars(*asked).unique() if asked else ()
    return list(found)[:limit]  # at most one for each number that was meant


def _asked(
    actor: Actor, typed: str, *, to_lock: bool = False
) -> tuple[Select[Any], dict[str, int | None]] | None:
    """The question for what was typed, with its values; None where that is no number."""
    numbers = numbers_in(typed)
    values: dict[str, int | None] = {"own": actor.ticket_id}
    for place, number in enumerate(numbers):
        values[f"year_{place}"], values[f"seq_{place}"] = number.year, number.seq
    whoever = replace(actor, ticket_id=None)  # one statement serves every complainant
    return (_by_number(whoever, len(numbers), to_lock), values) if numbers else None


@lru_cache(maxsize=500)
def _by_number(actor: Actor, count: int, to_lock: bool) -> Select[Any]:
    """Built once for each reader: to build it costs more than to run it."""
    numbers = (
        and_(
            Ticket.number_year == bindparam(f"year_{place}"),
            Ticket.number_seq == bindparam(f"seq_{place}"),
        )
        for place in range(count)
    )
    is_own = actor.kind is ActorKind.COMPLAINANT
    allowed = Ticket.id == bindparam("own") if is_own else visible_to(actor)
    is_meant = and_(or_(*numbers), allowed)
    if to_lock:
        return select(Ticket.id).where(is_meant).with_for_update()
    return (
        select(Ticket)
        .where(is_meant)
        .order_by(Ticket.id.desc())
        .options(*_FOR_A_PAGE)
        .execution_options(populate_existing=True)
    )


def numbers_in(typed: str) -> Sequence[TicketNumber]:
    """What a typed text may mean as a number; without a check digit this year's and last year's candidates."""
    year = clock.now().astimezone(local_zone()).year
    return parse_number(typed, prefix=number_prefix(), years=(year, year - 1)).numbers


def disposition_of(ticket: Ticket, disposition_id: int, actor: Actor) -> Disposition:
    """One disposition of a visible ticket; a unit officer only reaches those of their own units."""
    for disposition in ticket.dispositions:
        if disposition.id == disposition_id and (
            actor.may(Permission.TRIAGE) or disposition.unit_id in actor.unit_ids
        ):
            return disposition
    raise NotFound


_FOR_A_PAGE = (
    joinedload(Ticket.category),
    joinedload(Ticket.place),
    joinedload(Ticket.complainant),
    # what somebody may do is asked of the actor, never of these: their grants stay unread
    joinedload(Ticket.owner).lazyload(User.grants),
    joinedload(Ticket.recorded_by).lazyload(User.grants),
    # few: they come with the ticket for less than a statement of their own costs
    joinedload(Ticket.dispositions).options(
        joinedload(Disposition.unit),
        joinedload(Disposition.officer).lazyload(User.grants),
        lazyload(Disposition.ticket),  # already in the session: no query
    ),
)


def _follows_one_of(actor: Actor) -> ColumnElement[bool]:
    """What was merged into a ticket is read by the units that have it; by nobody more where that is restricted."""
    leading = aliased(Ticket)
    is_theirs = exists().where(
        leading.id == Ticket.merged_into_id,
        leading.access == Access.ORDINARY.value,
        Disposition.ticket_id == leading.id,
        _is_for(actor),
    )
    return and_(Ticket.merged_into_id.is_not(None), is_theirs)


def _with_unit_of(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Disposition.ticket_id == Ticket.id, _is_for(actor))


def _is_for(actor: Actor) -> ColumnElement[bool]:
    headed = sorted(actor.headed_unit_ids)
    return and_(
        Disposition.unit_id.in_(sorted(actor.unit_ids)),
        Disposition.status.in_(_THEIRS),
        or_(
            Disposition.unit_id.in_(headed),
            Disposition.officer_id.is_(None),
            Disposition.officer_id.in_(sorted({actor.user_id or 0, *actor.away_ids})),
        ),
    )


def _names_reader(actor: Actor) -> ColumnElement[bool]:
    return exists().where(NamedReader.ticket_id == Ticket.id, NamedReader.user_id == actor.user_id)


def _has_readers() -> ColumnElement[bool]:
    return exists().where(NamedReader.ticket_id == Ticket.id)


def _reports(actor: Actor) -> ColumnElement[bool]:
    about_them = ReportedParty.user_id == actor.user_id
    if actor.unit_ids:
        about_them = or_(about_them, ReportedParty.unit_id.in_(sorted(actor.unit_ids)))
    return exists().where(ReportedParty.ticket_id == Ticket.id, about_them)
