"""Everything that one page about a ticket shows, as one read model, in a fixed number of queries.

The pages of the workbench and of leadership draw it; what a reader may not know is not in it, so that no template can
show it by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.accounts.actor import Actor
from helpdesk.lib.examined_files import Closed, closed_files
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets import access
from helpdesk.tickets.access import Scope, is_addressed_to
from helpdesk.tickets.beside import AnyRow, clocks_of, messages_about, others_of
from helpdesk.tickets.joined import Follower, Joined, joined_to
from helpdesk.tickets.labels import Labels, read_labels
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of, title_for_others
from helpdesk.tickets.origin import knows_origin
from helpdesk.tickets.own_matters import visible_links
from helpdesk.tickets.questions import open_questions
from helpdesk.tickets.records import Attachment, LeaderInstruction, TicketEvent
from helpdesk.tickets.states import Access, DispositionStatus
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.timeline import files_without_words, story_of
from helpdesk.tickets.urgent_words import newest_urgent
from helpdesk.tickets.workflow import moves_open_to

_FOR_UNITS = frozenset({ClockKind.ANSWER, ClockKind.RESOLVE, ClockKind.HOP, ClockKind.CONFIRM})


@dataclass(frozen=True)
class Hop:
    """The work of one unit with its clocks, the newest last. *is_own*: the reader may see what was written."""

    disposition: Disposition
    clocks: Sequence[AnyRow]
    is_own: bool

    @property
    def clock(self) -> AnyRow | None:
        """The clock of the last round; an answer that was handed back starts another."""
        return self.clocks[-1] if self.clocks else None

    @property
    def state(self) -> DispositionStatus:
        """Where the unit's work stands."""
        return DispositionStatus(self.disposition.status)


@dataclass(frozen=True)
class Picture:
    """A ticket as one reader may see it.

    *text* and *title* are the units' copy for whoever is not customer care; where there is one, the *remedy* that the
    complainant hopes for is kept from units too. *linked_ids* are those of other tickets that the story names, and
    the reader may open. *others* are the person's other tickets,
    *messages* what was sent about this one, *readers* the named readers: for customer care only, else empty.
    *own_instruction_ids* are those of the *instructions* that wait for this reader. *joined* is what was merged.
    *files_without_words* are shown although the words that they came with are not.
    """

    ticket: Ticket
    number: str
    scope: Scope
    title: str
    text: str
    remedy: str
    knows_complainant: bool
    knows_origin: bool
    moves: frozenset[Move]
    story: Sequence[TicketEvent]
    hidden_file_ids: frozenset[int]
    clocks: Sequence[AnyRow]
    hops: Sequence[Hop]
    labels: Labels
    others: Sequence[AnyRow] = ()
    messages: Sequence[AnyRow] = ()
    reader_ids: Sequence[int] = ()
    instructions: Sequence[LeaderInstruction] = ()
    own_instruction_ids: frozenset[int] = frozenset()
    joined: Joined = field(default_factory=Joined)
    files_without_words: Sequence[Attachment] = ()
    linked_ids: frozenset[int] = frozenset()
    is_revealed: bool = False  # the complainant is shown in full, and it is noted who looked
    _asked: Mapping[int, TicketEvent] = field(default_factory=dict)

    @property
    def is_care(self) -> bool:
        """Does the reader work at the customer-care desk?"""
        return self.scope is Scope.CARE

    @property
    def first_files(self) -> list[Attachment]:
        """What came with the complaint, and what is shown of later files without their words."""
        opened = [event for event in self.story if event.kind == Move.OPEN]
        return [
            *(file for event in opened for file in self.files(event)),
            *self.files_without_words,
        ]

    def files(self, event: TicketEvent) -> list[Attachment]:
        """The files of an event that the reader may open."""
        return [file for file in event.attachments if file.id not in self.hidden_file_ids]

    @cached_property
    def closed(self) -> Mapping[int, Closed]:
        """Why files of the page are not handed out, by their ids; read when it is first asked."""
        files = [file for event in self.thread for file in event.attachments]
        followers = (file for one in self.joined.followers for file in one.first_files)
        return closed_files([*files, *self.files_without_words, *followers])

    @property
    def thread(self) -> list[TicketEvent]:
        """What happened here and on the complaints that were joined to this one, newest first."""
        together = [*self.story, *self.joined.story]
        return sorted(together, key=lambda event: (event.at, event.id), reverse=True)

    def about_time(self, disposition_id: int, *kinds: str) -> list[TicketEvent]:
        """What was asked and decided about the deadline of a unit's work, newest first; all of it, or *kinds*."""
        wanted = kinds or (Move.ASK_TIME, Move.SET_DEADLINE, Move.DECLINE_TIME)
        return [
            event
            for event in self.story
            if event.disposition_id == disposition_id and event.kind in wanted
        ]

    def follower_of(self, event: TicketEvent) -> Follower | None:
        """The joined complaint on which it happened; None for the ticket's own events."""
        return next(
            (one for one in self.joined.followers if one.ticket.id == event.ticket_id), None
        )

    @property
    def newest_event_id(self) -> int:
        """The newest event of the story, for a form that asks what happened since."""
        return max((event.id for event in self.story), default=0)

    @property
    def urgent_words(self) -> TicketEvent | None:
        """What a complainant of these wrote of an emergency, and nobody has done anything since."""
        return newest_urgent(self.thread) if self.ticket.sounds_urgent else None

    @property
    def open_questions(self) -> list[TicketEvent]:
        """What the complainant was asked and has not answered, oldest first."""
        return list(self._asked.values())

    @property
    def is_unanswered(self) -> bool:
        """Did the time pass for everything that they were asked and have not answered?"""
        overdue = {
            event.details["question_id"] for event in self.story if event.kind == Move.UNANSWERED
        }
        return bool(self._asked) and self._asked.keys() <= overdue


def picture_of(ticket: Ticket, actor: Actor, language: str) -> Picture:
    """Draw *ticket*, fetched with ``access.find_for``, as *actor* may see it; names in *language*."""
    scope = access.scope_of(actor, ticket)
    story = story_of(ticket, scope, unit_ids=actor.unit_ids)
    is_care = scope is Scope.CARE
    joined = joined_to(ticket, story, actor, scope)
    together = [*story, *joined.story]
    messages = messages_about(ticket.id) if is_care and ticket.erased_at is None else ()
    readers = access.readers_of(ticket) if is_care and ticket.access == Access.RESTRICTED else ()
    clocks = [] if scope is Scope.RECORDER else clocks_of(ticket.id)
    hops = [] if scope is Scope.RECORDER else list(_hops(ticket, actor, scope, clocks))
    instructions = _instructions_for(ticket, actor, scope, story)
    people = {*_people_in(together), *readers, *_people_of(instructions)}
    people |= {message.recipient_id for message in messages if message.recipient_id}
    return Picture(
        ticket=ticket,
        number=number_of(ticket),
        scope=scope,
        title=title_for(scope, ticket),
        text=text_for(scope, ticket),
        remedy=remedy_for(scope, ticket),
        knows_complainant=access.knows_complainant(actor, ticket),
        knows_origin=knows_origin(actor, ticket),
        moves=frozenset(moves_open_to(ticket, actor)),
        story=story,
        hidden_file_ids=frozenset() if is_care else frozenset(_hidden_files(together)),
        clocks=_shown(clocks, scope, hops),
        hops=hops,
        labels=read_labels(language, user_ids=people),
        others=others_of(ticket, actor) if is_care and ticket.complainant_id else (),
        messages=messages,
        reader_ids=readers,
        instructions=instructions,
        own_instruction_ids=frozenset(
            one.id for one in instructions if one.is_open and is_addressed_to(actor, one, ticket)
        ),
        joined=joined,
        files_without_words=files_without_words([ticket], scope),
        linked_ids=visible_links(together, actor),
        _asked=_unanswered(story, ticket) if ticket.is_waiting else {},
    )


def text_for(scope: Scope, ticket: Ticket) -> str:
    """What somebody of this *scope* reads of the complaint; who typed it themselves reads what they typed."""
    return ticket.text if scope in (Scope.CARE, Scope.RECORDER) else ticket.text_for_units


def remedy_for(scope: Scope, ticket: Ticket) -> str:
    """What the complainant hopes for, where the copy that this *scope* reads is no redacted one."""
    return ticket.remedy if text_for(scope, ticket) == ticket.text else ""


def title_for(scope: Scope, ticket: Ticket) -> str:
    """The title as somebody of this *scope* may read it."""
    if scope in (Scope.CARE, Scope.RECORDER):
        return ticket.title
    return title_for_others(ticket.title, ticket.unit_text)


def _hops(ticket: Ticket, actor: Actor, scope: Scope, clocks: Sequence[AnyRow]) -> Iterator[Hop]:
    for disposition in ticket.dispositions:
        own = [
            clock
            for clock in clocks
            if clock.kind == ClockKind.HOP and clock.disposition_id == disposition.id
        ]
        yield Hop(
            disposition, own, scope is not Scope.UNIT or disposition.unit_id in actor.unit_ids
        )


def _shown(clocks: Sequence[AnyRow], scope: Scope, hops: Sequence[Hop]) -> list[AnyRow]:
    own_hops = {hop.disposition.id for hop in hops if hop.is_own}
    return [clock for clock in clocks if _is_shown(clock, scope, own_hops)]


def _is_shown(clock: AnyRow, scope: Scope, own_hops: set[int]) -> bool:
    if clock.kind == ClockKind.HOP:
        return clock.disposition_id in own_hops
    return scope is not Scope.UNIT or clock.kind in _FOR_UNITS


def _instructions_for(
    ticket: Ticket, actor: Actor, scope: Scope, story: Sequence[TicketEvent]
) -> list[LeaderInstruction]:
    """The words of leadership that the reader may hear: a unit its own, whoever only recorded it none."""
    if scope is Scope.RECORDER:
        return []
    if scope is Scope.CARE and not any(event.kind == Move.INSTRUCT for event in story):
        set_committed_value(ticket, "instructions", [])  # nobody needs to ask the database for them
    return [
        one
        for one in ticket.instructions
        if scope is not Scope.UNIT or one.unit_id in actor.unit_ids
    ]


def _people_of(instructions: Sequence[LeaderInstruction]) -> Iterator[int]:
    """Who gave and who answered them."""
    for one in instructions:
        yield one.given_by_id
        if one.answered_by_id:
            yield one.answered_by_id


def _hidden_files(story: Sequence[TicketEvent]) -> Iterator[int]:
    return (file.id for event in story for file in event.attachments if file.is_hidden_from_units)


def _people_in(story: Sequence[TicketEvent]) -> Iterator[int]:
    return (
        event.details["officer_id"]
        for event in story
        if event.kind == Move.ASSIGN and event.details.get("officer_id")
    )


def _unanswered(story: Sequence[TicketEvent], ticket: Ticket) -> dict[int, TicketEvent]:
    waiting = {question.id for question in open_questions(ticket)}
    return {
        event.details["question_id"]: event
        for event in reversed(story)
        if event.kind == Move.ASK and event.details.get("question_id") in waiting
    }
