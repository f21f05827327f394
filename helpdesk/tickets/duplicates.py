"""Was this recorded already? Tickets that may be about the same matter, with the reasons why we think so.

Looked for within 14 days, where the same person or contact, the same words (``likeness``), or the same place and
category lead; those two by themselves within three days alone, or a busy ward would always be warned. Each way reads
one index within the newest tickets only, so the cost does not grow with the table; and only what the reader may see is
found, for reasons that the reader may know. The same number in another system is the same matter however long ago, by
whichever channel it came and whatever became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, union_all

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.catalogue.category import Place
from helpdesk.lib.database import db
from helpdesk.registry.complainant import Identifier
from helpdesk.tickets.access import knows_named, visible_to
from helpdesk.tickets.likeness import LOOKED_AT, TicketStem, hashes_of, likeness, stems_of
from helpdesk.tickets.opening import first_words, number_of
from helpdesk.tickets.origin import has_origin_number
from helpdesk.tickets.sought import Sought
from helpdesk.tickets.states import Access, Identity, Status
from helpdesk.tickets.ticket import Ticket

WITHIN = timedelta(days=14)
SAME_PLACE_WITHIN = timedelta(days=3)
WINDOW = 5_000  # tickets on either side: 14 days at the 300 a day of a large hospital are 4,200
FROM_EACH = 40  # candidates that one way of looking gives
MOST_SHARERS = 50  # people behind one telephone: a ward's may have hundreds
MOST_STEMS_ASKED = 10  # the longest: short words are common ones
ALIKE_FROM = 60  # percent; below that two complaints share little but their subject
SHOWN_FROM, STRONG_FROM = 30, 60
MOST_SHOWN = 5
_GONE = (Status.MERGED.value, Status.SPAM.value)


class Reason(StrEnum):
    """Why two tickets may be about the same."""

    NUMBER = "number"  # in the system that it was forwarded from
    PERSON = "person"
    CONTACT = "contact"
    WORDS = "words"
    PLACE = "place"
    UNIT = "unit"  # another place of the same unit
    CATEGORY = "category"


_WEIGHT = {
    Reason.NUMBER: 100,
    Reason.PERSON: 50,
    Reason.CONTACT: 45,
    Reason.PLACE: 15,
    Reason.UNIT: 10,
    Reason.CATEGORY: 15,
}
_WORDS_COUNT = 0.6  # of each percent


@dataclass(frozen=True)
class Hint:
    """A ticket that may be about the same. *alike* is how similar the words are, in percent.

    Without *number* and *title* the reader may not see it: they hold its number in another system, and learn only that
    it is here. *may_add*: the reader may write down there what its complainant said now.
    """

    ticket_id: int
    number: str
    title: str
    status: Status
    received_at: datetime
    reasons: tuple[Reason, ...]
    alike: int
    score: int
    may_add: bool

    @property
    def mark(self) -> str:
        """By what a page remembers that it was shown."""
        return self.number or "hidden"

    @property
    def is_strong(self) -> bool:
        """Is it worth stopping somebody who is about to record it again?"""
        return self.score >= STRONG_FROM

    @property
    def is_same_person(self) -> bool:
        """Did the same person, or somebody at the same telephone, bring it?"""
        return not _IMPERSONAL.issuperset(self.reasons)


def find_duplicates(actor: Actor, sought: Sought) -> list[Hint]:
    """The few tickets that *actor* may hear of and that may be about the same, the likeliest first.

    Two queries, whatever is found.
    """
    stems = stems_of(sought.text)
    newest = db.session.scalar(select(func.max(Ticket.id))) or 0
    statement = _candidates(actor, sought, stems, sought.beside or newest)
    if statement is None:
        return []
    rows = (row for row in db.session.execute(statement) if row.id not in sought.apart)
    hints = [_judge(row, actor, sought, stems) for row in rows]
    likely = [hint for hint in hints if hint.score >= SHOWN_FROM]
    return sorted(likely, key=lambda hint: (-hint.score, -hint.ticket_id))[:MOST_SHOWN]


# ---------------------------------------------------------------- looking


def _candidates(
    actor: Actor, sought: Sought, stems: tuple[str, ...], around: int
) -> Select[*tuple[Any, ...]] | None:
    shares_number = has_origin_number(sought.origin_number, actor)
    ways = list(_ways(sought, stems, around, shares_number))
    if not ways:
        return None
    found = union_all(*(select(way.subquery().c[0]) for way in ways)).subquery()
    shares_contact = Ticket.complainant_id.in_(_sharers(sought.contacts))
    may_see, is_ordinary = visible_to(actor), Ticket.access == Access.ORDINARY.value
    is_recent = Ticket.received_at.between(sought.at - WITHIN, sought.at + WITHIN)
    return (
        select(
            Ticket.id, Ticket.number_year, Ticket.number_seq, Ticket.title, Ticket.status,
            Ticket.received_at, Ticket.place_id, Ticket.category_id, Ticket.complainant_id,
            Ticket.identity, Ticket.access, Ticket.recorded_by_id, Ticket.reply_address,
            func.substr(Ticket.text, 1, LOOKED_AT).label("text"),
            func.substr(Ticket.unit_text, 1, LOOKED_AT).label("unit_text"),
            Place.unit_id, _unit_of(sought.place_id).label("sought_unit_id"),
            shares_contact.label("shares_contact"), shares_number.label("shares_number"),
            may_see.label("may_see"),
        )
        .outerjoin(Place, Place.id == Ticket.place_id)
        .where(
            Ticket.id.in_(select(found.c[0])),
            or_(shares_number, and_(is_recent, Ticket.status.not_in(_GONE))),
            or_(may_see, and_(shares_number, is_ordinary)),
        )
    )  # fmt: skip


def _ways(
    sought: Sought, stems: tuple[str, ...], around: int, shares_number: ColumnElement[bool]
) -> Sequence[Select[Any]]:
    """Each way of looking as ids of tickets, by an index and, but for a number, within the window."""
    ways: list[Select[Any]] = []
    if sought.origin_number:
        ids = select(Ticket.id).where(Ticket.id != (sought.beside or 0), shares_number)
        ways.append(ids.order_by(Ticket.id.desc()).limit(FROM_EACH))
    if sought.contacts or sought.complainant_id:
        same = or_(
            Ticket.complainant_id.in_(_sharers(sought.contacts)),
            Ticket.complainant_id == sought.complainant_id,
        )
        ways.append(_newest(sought, around, same))
    if sought.place_id and sought.category_id:
        unit_places = select(Place.id).where(Place.unit_id == _unit_of(sought.place_id))
        near = or_(Ticket.place_id == sought.place_id, Ticket.place_id.in_(unit_places))
        ways.append(_newest(sought, around, near, Ticket.category_id == sought.category_id))
    if stems:
        asked = hashes_of(tuple(sorted(stems, key=len, reverse=True)[:MOST_STEMS_ASKED]))
        shared = func.count().desc()
        ways.append(
            select(TicketStem.ticket_id)
            .where(
                TicketStem.stem_hash.in_(asked),
                TicketStem.ticket_id.between(around - WINDOW, around + WINDOW),
                TicketStem.ticket_id != (sought.beside or 0),
            )
            .group_by(TicketStem.ticket_id)
            .order_by(shared, TicketStem.ticket_id.desc())
            .limit(FROM_EACH)
        )
    return ways


def _newest(sought: Sought, around: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    in_window = Ticket.id.between(around - WINDOW, around + WINDOW)
    ids = select(Ticket.id).where(in_window, Ticket.id != (sought.beside or 0), *conditions)
    return ids.order_by(Ticket.id.desc()).limit(FROM_EACH)


def _sharers(contacts: frozenset[str]) -> Select[Any]:
    """Ids of the people who left one of the *contacts*."""
    sharing = (
        select(Identifier.complainant_id)
        .where(Identifier.kind.in_(("phone", "email")), Identifier.value.in_(sorted(contacts)))
        .order_by(Identifier.id.desc())
        .limit(MOST_SHARERS)
        .subquery()
    )
    return select(sharing.c.complainant_id)  # MariaDB wants the limit one step deeper


def _unit_of(place_id: int | None) -> Any:
    return select(Place.unit_id).where(Place.id == place_id).scalar_subquery()


# ---------------------------------------------------------------- judging


def _judge(row: Row[Any], actor: Actor, sought: Sought, stems: tuple[str, ...]) -> Hint:
    reads_original = actor.may(Permission.TRIAGE) or row.recorded_by_id == actor.user_id
    if not row.may_see:
        return _hidden(row)
    is_copied = row.unit_text is not None and not reads_original
    said = row.unit_text if is_copied else row.text
    alike = likeness(stems, stems_of(said)) if stems else 0
    reasons = _reasons(row, sought, alike, knows_person=_may_know_person(row, actor))
    score = sum(_WEIGHT.get(reason, alike * _WORDS_COUNT) for reason in reasons)
    return Hint(
        ticket_id=row.id,
        number=number_of(row),
        title=first_words(said) if is_copied else row.title,
        status=Status(row.status),
        received_at=row.received_at,
        reasons=tuple(reasons),
        alike=alike,
        score=round(score),
        may_add=reads_original and Status(row.status).is_open,
    )


def _hidden(row: Row[Any]) -> Hint:
    return Hint(
        ticket_id=row.id,
        number="",
        title="",
        status=Status(row.status),
        received_at=row.received_at,
        reasons=(Reason.NUMBER,),
        alike=0,
        score=_WEIGHT[Reason.NUMBER],
        may_add=False,
    )


_IMPERSONAL = frozenset(Reason) - {Reason.PERSON, Reason.CONTACT}


def _may_know_person(row: Row[Any], actor: Actor) -> bool:
    """May the hint say that it is the same person? As ``access.knows_complainant``, and who took it down knows."""
    if row.identity == Identity.ANONYMOUS:
        return False
    if actor.may(Permission.TRIAGE):
        return True
    if row.access != Access.ORDINARY:
        return False
    is_known = row.identity == Identity.NAMED and knows_named(actor)
    return is_known or row.recorded_by_id == actor.user_id


def _reasons(row: Row[Any], sought: Sought, alike: int, *, knows_person: bool) -> Sequence[Reason]:
    """What the reader may not know leads to no other reason either: that would tell it."""
    reasons = [Reason.NUMBER] if row.shares_number else []
    if knows_person and sought.complainant_id and row.complainant_id == sought.complainant_id:
        reasons.append(Reason.PERSON)
    elif knows_person and (row.shares_contact or row.reply_address in sought.contacts):
        reasons.append(Reason.CONTACT)
    if alike >= ALIKE_FROM:
        reasons.append(Reason.WORDS)
    is_near = bool(reasons) or abs(row.received_at - sought.at) <= SAME_PLACE_WITHIN
    if sought.place_id and row.place_id == sought.place_id and is_near:
        reasons.append(Reason.PLACE)
    elif row.unit_id is not None and row.unit_id == row.sought_unit_id and is_near:
        reasons.append(Reason.UNIT)
    if sought.category_id and row.category_id == sought.category_id:
        reasons.append(Reason.CATEGORY)
    return reasons
