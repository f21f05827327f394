"""Opening a ticket: the row, its number, its first event, its clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone, number_prefix
from helpdesk.lib import clock, sequences
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.lib.uploads import Received
from helpdesk.registry.complainant import Complainant
from helpdesk.sla import policies
from helpdesk.tickets import keys, likeness, search
from helpdesk.tickets.circle import Circle, draw_circle
from helpdesk.tickets.files import attach
from helpdesk.tickets.moves import Move
from helpdesk.tickets.number import format_number
from helpdesk.tickets.states import Access, Channel, Identity, Kind, Needs, Road, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance

BACKDATING_NEEDS_REASON = timedelta(days=7)
TITLE_LENGTH = 90


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Everything that is known when a complaint arrives, whatever the channel.

    *received_at* None means now. *pin* is what the person was or will be told.
    """

    text: str
    channel: Channel
    source: str = ""  # more exactly: which box
    origin_number: str = ""
    kind: Kind = Kind.COMPLAINT
    language: str = "id"
    title: str = ""
    remedy: str = ""
    place_id: int | None = None
    place_text: str = ""
    happened_on: date | None = None
    happened_text: str = ""
    identity: Identity = Identity.NAMED
    access: Access = Access.ORDINARY
    complainant: Complainant | None = None
    reply_channel: Road = ""
    reply_address: str = ""
    affected_name: str = ""
    affected_relation: str = ""
    affected_record: str = ""
    has_consented: bool = False
    received_at: datetime | None = None
    late_reason: str = ""
    recorded_by_id: int | None = None
    category_id: int | None = None
    is_solved: bool = False  # on the spot, in the same unit of work
    sounds_urgent: bool = False
    pin: str = ""
    files: Sequence[Received] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)  # further ones, for its first event
    circle: Circle | None = None  # who may read a restricted one, where that is decided already


def open_ticket(opening: Opening, *, by: Actor | None = None) -> Ticket:
    """Open a ticket inside the caller's unit of work and give it its number.

    The number is taken after everything that a person can get wrong, and its row lock is held only until the commit;
    a rollback returns it, so the sequence has no gaps. Raises Invalid for an empty text or an impossible moment of
    receipt.
    """
    recorded_at = clock.now()
    received_at = opening.received_at or recorded_at
    _check(opening, received_at, recorded_at)
    with db.session.no_autoflush:  # person, ticket, clocks and event are written in one go
        ticket = _row(opening, received_at, recorded_at)
        keys.set_pin(ticket, opening.pin or keys.draw_pin())
        _take_number(ticket, recorded_at)
        if opening.circle:  # before anybody hears of it
            db.session.add(ticket)
            db.session.flush()
            draw_circle(ticket, opening.circle)
        who = by or Actor.complainant(ticket.id)  # None like the ticket's own, until it is written
        event = advance(ticket, Move.OPEN, by=who, at=received_at, details=_details(opening))
    attach(event, opening.files)
    search.index_ticket(ticket, is_new=True)
    likeness.note_stems(ticket)
    return ticket


def _details(opening: Opening) -> dict[str, Any]:
    source = {"source": opening.source} if opening.source else {}
    return {
        "channel": opening.channel.value,
        "is_solved": opening.is_solved,
        **source,
        **opening.facts,
    }


def _take_number(ticket: Ticket, at: datetime) -> None:
    year = at.astimezone(local_zone()).year
    ticket.number_year = year
    ticket.number_seq = sequences.take_next(f"ticket/{year}")


class Numbered(Protocol):
    """A ticket, or a row of a list, that knows its number's parts."""

    @property
    def number_year(self) -> int | None: ...
    @property
    def number_seq(self) -> int | None: ...


def number_of(ticket: Numbered) -> str:
    """The number as people read it, such as KLH-26-00042-8."""
    return format_number(number_prefix(), ticket.number_year or 0, ticket.number_seq or 0)


def _check(opening: Opening, received_at: datetime, recorded_at: datetime) -> None:
    if not opening.text.strip() and not opening.files:
        raise Invalid({"text": _l("Tell us what happened.")})
    if received_at > recorded_at + timedelta(minutes=1):
        raise Invalid({"received_at": _l("The moment of receipt cannot be in the future.")})
    if recorded_at - received_at > BACKDATING_NEEDS_REASON and not opening.late_reason.strip():
        raise Invalid(
            {
                "late_reason": _l(
                    "This was received more than 7 days ago. Write why it is recorded only now."
                )
            }
        )


def _row(opening: Opening, received_at: datetime, recorded_at: datetime) -> Ticket:
    ticket = Ticket(
        kind=opening.kind.value,
        status=Status.RECEIVED.value,
        channel=opening.channel.value,
        origin_number=opening.origin_number,
        language=opening.language,
        title=opening.title.strip()[:160] or first_words(opening.text),
        text=opening.text.strip(),
        remedy=opening.remedy.strip(),
        place_id=opening.place_id,
        place_text=opening.place_text.strip(),
        happened_on=opening.happened_on,
        happened_text=opening.happened_text,
        sounds_urgent=opening.sounds_urgent,
        identity=opening.identity.value,
        access=opening.access.value,
        consented_at=recorded_at if opening.has_consented else None,
        received_at=received_at,
        received_on=received_at.astimezone(local_zone()).date(),
        recorded_at=recorded_at,
        recorded_by_id=opening.recorded_by_id,
        late_reason=opening.late_reason.strip(),
        category_id=opening.category_id,
        grade="",
        pin_failures=0,
        link_version=1,
        policy_version_id=policies.current_version_id(received_at),
        reopenings=0,
        is_open=True,
        needs=Needs.TRIAGE.value,
        is_waiting=False,
        was_returned=False,
        version=1,
        dispositions=[],
        clocks=[],
    )
    if opening.identity is not Identity.ANONYMOUS:
        _note_people(ticket, opening)
    return ticket


def _note_people(ticket: Ticket, opening: Opening) -> None:
    """Who complains, who is affected and how the answer travels; of an anonymous person nothing is stored."""
    ticket.complainant = opening.complainant
    ticket.reply_channel, ticket.reply_address = opening.reply_channel, opening.reply_address
    ticket.affected_name = opening.affected_name
    ticket.affected_relation = opening.affected_relation
    ticket.affected_record = opening.affected_record


def title_for_others(title: str, unit_text: str | None) -> str:
    """The title for whoever does not read the original: where the text was redacted, the copy's beginning.

    The title may repeat what was taken out. The first 200 characters of *unit_text* are enough.
    """
    return title if unit_text is None else first_words(unit_text)


def first_words(text: str) -> str:
    """A title for the list until customer care writes one: the beginning of what was said, on one line."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"
