"""The way of a complaint as its complainant walks it: what was, where it stands, what comes.

Facts only; the words are in ``templates/timeline/public``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import url_for

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.examined_files import Closed, closed_files
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets import keys
from helpdesk.tickets.clocks import ends_of
from helpdesk.tickets.hearers import leading_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import can_contest_until, can_object_until
from helpdesk.tickets.states import EXITS, Identity, Kind, Status
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.tracking import File, Told, public_story_of
from helpdesk.tickets.urgent_words import is_urgent

# Whose text the complainant may read. Not triage: there the text is customer care's own reason.
_TOLD = frozenset(
    {
        Move.SOLVE, Move.ASK, Move.REPLY_TO_QUESTION, Move.ADD_MESSAGE, Move.INTERIM_REPLY,
        Move.WRITE, Move.ANSWER, Move.CONFIRM, Move.OBJECT, Move.RATE, Move.CLOSE_UNILATERALLY, Move.EXIT,
        Move.CONTEST, Move.NEWS,
    }
)  # fmt: skip
_STATES = ("exit", "closing", "news")  # the detail of an event that says into which state it led
_URGENT_FOR = timedelta(days=1)
_TOGETHER = timedelta(minutes=5)  # units that got it in one go are named in one line


class UnitName(NamedTuple):
    """What a unit is called: all that the complainant is told of it."""

    name_id: str
    name_en: str


class FileLink(NamedTuple):
    """A file of theirs, or for them; *closed* says why it cannot be opened now."""

    url: str
    name: str
    size: int  # bytes
    closed: Closed | None = None


@dataclass(frozen=True)
class Step:
    """One stop: past, the present one (*now*), or one to come (*next*).

    *kind* is a move of the law, or ``will_…`` for what comes. *is_theirs*: the complainant did it. *number* is of the
    complaint that was made of what they wrote, *url* opens it where no message of ours could.
    """

    state: str
    kind: str
    at: datetime | None = None
    due_at: datetime | None = None
    is_theirs: bool = False
    units: tuple[UnitName, ...] = ()
    say: str = ""
    score: int = 0
    status: str = ""
    files: tuple[FileLink, ...] = ()
    number: str = ""
    url: str = ""

    @property
    def is_here(self) -> bool:
        """Is the complaint there now?"""
        return self.state == "now"


@dataclass(frozen=True)
class Promise:
    """The next moment that matters to the complainant.

    *kind*: ``answer`` (we answer by then), ``settle`` (after their objection: we settle it by then), ``late`` (we
    should have), ``rest`` (the time rests until they reply), ``read`` (nothing is owed), ``replied`` (to what nothing
    was owed), ``judge`` (they decide by then), ``reopen`` (they may object until then), ``over``,
    ``ended`` (not handled here, and nobody says that it is solved), or ``contest`` (the same, and they may object until
    then).
    """

    kind: str
    at: datetime | None = None


@dataclass(frozen=True)
class Way:
    """The whole way of one complaint (or praise, ...: *kind*), and the promise that holds now."""

    steps: tuple[Step, ...]
    promise: Promise
    kind: str

    @property
    def has_letters(self) -> bool:
        """Was a letter issued to them?"""
        return any(step.kind == Move.LETTER for step in self.steps)

    @property
    def is_urgent(self) -> bool:
        """Did they write of an emergency within the day, and nothing was said to them since?"""
        for step in reversed(self.steps):
            if step.at is None:  # lies ahead
                continue
            if not step.is_theirs or clock.now() - step.at >= _URGENT_FOR:
                return False
            if is_urgent(step.kind, step.say):
                return True
        return False


def way_of(ticket: Ticket) -> Way:
    """Every stop in order; the last that happened is where the complaint is now."""
    leading = leading_of(ticket)
    if leading is not None:
        return _common_way(ticket, leading)
    # Of what else runs the complainant is told nothing.
    due = ends_of(ticket) if ticket.state in (Status.RECEIVED, Status.ANSWERED) else {}
    answer_due = ticket.promised_by if ticket.state.is_worked_on else None
    happened = _happened(ticket)
    if happened:
        happened[-1] = replace(happened[-1], state="now")
    to_come = _to_come(ticket, due.get(ClockKind.TRIAGE), answer_due)
    promise = _promise(ticket, answer_due, due.get(ClockKind.CONFIRM))
    return Way((*happened, *to_come), promise, ticket.kind)


def _common_way(ticket: Ticket, leading: Ticket) -> Way:
    """The way of a merged complaint: its own stops, then where the common matter stands.

    Of the other complaint nothing is told but its state, the units that have it and our deadline.
    """
    state, now = leading.state, clock.now()
    at_work = tuple(dict.fromkeys(_name(sent) for sent in leading.dispositions if sent.is_open))
    here = Step("now", "common", units=at_work, status=leading.status)
    if not state.is_worked_on:
        promise = Promise("common_done")
    elif leading.due_at is None:
        promise = Promise("common")
    else:
        promise = Promise("late" if leading.due_at < now else "answer", leading.due_at)
    coming = [Step("next", "will_answer", due_at=_still(promise.at))] if state.is_worked_on else []
    return Way((*_happened(ticket), here, *coming), promise, ticket.kind)


def _promise(ticket: Ticket, answer_due: datetime | None, confirm_due: datetime | None) -> Promise:
    now, state = clock.now(), ticket.state
    if state.is_worked_on:
        if answer_due is None:
            return Promise("rest" if ticket.is_waiting else "read")
        if answer_due < now:
            return Promise("late", answer_due)
        return Promise("settle" if ticket.reopenings else "answer", answer_due)
    if Kind(ticket.kind).is_thanked and state not in EXITS:
        return Promise("replied")
    if state is Status.ANSWERED:
        return Promise("judge", confirm_due or can_object_until(ticket))
    until = can_object_until(ticket)
    if state is Status.CLOSED and until is not None and now <= until:
        return Promise("reopen", until)
    if (until := can_contest_until(ticket)) is not None and now <= until:
        return Promise("contest", until)
    return Promise("ended" if state in EXITS else "over")


def _happened(ticket: Ticket) -> list[Step]:
    events = public_story_of(ticket)
    closed = closed_files(file for event in events for file in event.files)
    units = {sent.unit_id: _name(sent) for sent in ticket.dispositions}
    steps: list[Step] = []
    for event in events:
        unit = units.get(event.unit_id or 0)
        before = steps[-1] if steps else None
        if (
            unit
            and before
            and before.kind == event.kind == Move.DISPOSE
            and _is_one_go(before, event)
        ):
            if unit not in before.units:
                steps[-1] = replace(before, units=(*before.units, unit))
            continue
        if before and before.kind == event.kind == Move.RATE:
            steps.pop()  # a second thought, or a word added to the first
        steps.append(_step(event, (unit,) if unit else (), closed, ticket))
    return steps


def _step(
    event: Told, units: tuple[UnitName, ...], closed: Mapping[int, Closed], ticket: Ticket
) -> Step:
    is_spam = event.details.get("exit") == Status.SPAM
    return Step(
        state="past",
        kind=event.kind,
        at=event.at,
        is_theirs=event.actor_kind == "complainant",
        units=units,
        say=event.text if event.kind in _TOLD and not is_spam else "",
        score=int(event.details.get("score", 0)),
        status=next((str(event.details[key]) for key in _STATES if key in event.details), ""),
        files=tuple(_link(file, closed) for file in event.files),
        number=event.details["number"] if event.kind == Move.LINK else "",
        url=_way_into(event.details["ticket_id"], ticket) if event.kind == Move.LINK else "",
    )


def _way_into(ticket_id: int, source: Ticket) -> str:
    """For who is anonymous, or left a telephone alone: whoever has the keys here wrote what that one was made of.

    Not once it was noted there that they are somebody else, or reached elsewhere.
    """
    made = db.session.get_one(Ticket, ticket_id)
    people = {(one.complainant_id, one.reply_address) for one in (made, source)}
    is_theirs = made.identity == Identity.ANONYMOUS or len(people) == 1
    can_only_look = is_theirs and not made.can_be_written_to and made.erased_at is None
    return keys.link_of(made) if can_only_look else ""


def _to_come(
    ticket: Ticket, triage_due: datetime | None, answer_due: datetime | None
) -> list[Step]:
    state = ticket.state
    coming: list[Step] = []
    if state is Status.RECEIVED:
        coming.append(Step("next", "will_read", due_at=_still(triage_due)))
    if Kind(ticket.kind).is_thanked:  # read and passed on; nothing is owed
        return coming
    if state in (Status.RECEIVED, Status.TRIAGED):
        coming.append(Step("next", "will_follow_up"))
    if state.is_worked_on:
        coming.append(Step("next", "will_answer", due_at=_still(answer_due)))
    if state.is_open:
        coming.append(Step("next", "will_judge"))
    return coming


def _still(due_at: datetime | None) -> datetime | None:
    """A deadline that is to come; of one that has passed, the promise above the way speaks."""
    return due_at if due_at is not None and due_at >= clock.now() else None


def _name(sent: Disposition) -> UnitName:
    return UnitName(sent.unit.name_id, sent.unit.name_en)


def _link(file: File, closed: Mapping[int, Closed]) -> FileLink:
    url = url_for("public.file", file_id=file.id)
    return FileLink(url, file.name, file.size, closed.get(file.id))


def _is_one_go(before: Step, event: Told) -> bool:
    return before.at is not None and event.at - before.at < _TOGETHER
