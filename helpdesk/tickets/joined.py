"""What was merged, as one reader may see it: the leading ticket with what follows it, or the follower with its lead.

Nothing of the others is on the ticket itself, so each reader gets of them what they may see of them anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.tickets.access import Scope, visible_to
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.timeline import files_without_words, stories_of

_MENTIONS = frozenset({Move.ABSORB, Move.LET_GO})


@dataclass(frozen=True)
class Follower:
    """A complaint that was merged into the ticket: what its sender said, and what happened on it, newest first."""

    ticket: Ticket
    number: str
    text: str
    story: Sequence[TicketEvent]
    first_files: Sequence[Attachment]


@dataclass(frozen=True)
class Joined:
    """The other tickets of a merging that the reader may see. *lead* is the number of the leading one, '' for none.

    *numbers* are those of every ticket that an event speaks of, by id; on paper they are no links.
    """

    lead: str = ""
    followers: Sequence[Follower] = ()
    numbers: dict[int, str] = field(default_factory=dict)
    is_on_paper: bool = False

    @property
    def tickets(self) -> list[Ticket]:
        """Those that follow: what was said on them stands on the pages of the leading one."""
        return [one.ticket for one in self.followers]

    @property
    def story(self) -> Iterator[TicketEvent]:
        """What happened on those that follow."""
        return (event for one in self.followers for event in one.story)


def joined_to(ticket: Ticket, story: Sequence[TicketEvent], actor: Actor, scope: Scope) -> Joined:
    """The others of *ticket*, whose own *story* says whether there are any: most tickets cost no query here."""
    mentioned = {event.details["ticket_id"] for event in story if event.kind in _MENTIONS}
    if ticket.merged_into_id:
        mentioned.add(ticket.merged_into_id)
    if not mentioned:
        return Joined()
    others = _visible_others(ticket, mentioned, actor)
    following = [other for other in others if other.merged_into_id == ticket.id]
    stories = stories_of(following, scope, unit_ids=actor.unit_ids) if following else {}
    shown = files_without_words(following, scope)
    numbers = {other.id: number_of(other) for other in (ticket, *others)}
    return Joined(
        lead=numbers.get(ticket.merged_into_id or 0, ""),
        followers=[_follower(one, stories[one.id], scope, shown) for one in following],
        numbers=numbers,
    )


def _visible_others(ticket: Ticket, mentioned: set[int], actor: Actor) -> list[Ticket]:
    wanted = or_(Ticket.merged_into_id == ticket.id, Ticket.id.in_(sorted(mentioned)))
    visible = select(Ticket).where(wanted, visible_to(actor)).order_by(Ticket.id)
    return list(db.session.scalars(visible))


def _follower(
    ticket: Ticket, story: Sequence[TicketEvent], scope: Scope, shown: Sequence[Attachment]
) -> Follower:
    is_whole = scope in (Scope.CARE, Scope.RECORDER)
    files = [file for event in story if event.kind == Move.OPEN for file in event.attachments]
    files += [file for file in shown if file.ticket_id == ticket.id]
    return Follower(
        ticket=ticket,
        number=number_of(ticket),
        text=ticket.text if is_whole else ticket.text_for_units,
        story=story,
        first_files=[file for file in files if is_whole or not file.is_hidden_from_units],
    )
