"""What stands beside a ticket: its clocks, its way, what was sent about it, and who complained, masked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Row

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.registry.masking import (
    mask_bpjs,
    mask_email,
    mask_medical_record,
    mask_name,
    mask_nik,
    mask_phone,
)
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.access import Scope, works_on
from helpdesk.tickets.moves import Move
from helpdesk.tickets.picture import Picture
from helpdesk.tickets.states import EXITS, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.words import word

_SOON = 80  # percent of the time used
_MESSAGES_SHOWN = 20


@dataclass(frozen=True)
class Deadline:
    """The one deadline at the head of the page, the same as in this person's list."""

    due_at: datetime | None
    is_late: bool


def deadline_of(picture: Picture, actor: Actor, at: datetime) -> Deadline:
    """Until when this person has: a unit as long as its own work has, everybody else as the ticket."""
    ticket = picture.ticket
    if picture.scope is Scope.UNIT:
        own = [one for one in ticket.dispositions if one.is_open and works_on(actor, one)]
        due_at = min((one.due_at for one in own if one.due_at), default=None)
        return Deadline(due_at, due_at is not None and due_at < at)
    due_at = ticket.due_at if ticket.is_open else None
    is_past = due_at is not None and due_at < at
    is_up_to_us = ticket.state is not Status.ANSWERED or ticket.followed_up_at is None
    if is_past and not is_up_to_us:
        return Deadline(None, is_late=False)  # the complainant's time is over, and nobody is late
    return Deadline(due_at, is_past)


@dataclass(frozen=True)
class ClockLine:
    """One promise as a line. *took* is set once it stopped, *used* while it runs.

    *round* is told where a clock of the same kind ran before an objection, else 0.
    """

    label: str
    kind: str
    due_at: datetime | None
    is_running: bool
    is_late: bool
    used: int | None
    took: timedelta
    verdict: str
    limit: str
    round: int = 0

    @property
    def tone(self) -> str:
        """The tone of the bar."""
        return "late" if self.is_late else "soon" if (self.used or 0) >= _SOON else "v"


def clock_line(clock: Row[Any], at: datetime) -> ClockLine:
    """A row of a clock as it is shown at *at*."""
    ends_at = clock.stopped_at or at
    is_running = clock.stopped_at is None
    is_ours = clock.kind != ClockKind.CONFIRM
    return ClockLine(
        label=word(clock.kind, "clock"),
        kind=clock.kind,
        due_at=clock.due_at,
        is_running=is_running,
        is_late=bool(is_ours and is_running and clock.due_at and clock.due_at < at),
        used=_share(clock.started_at, clock.due_at, ends_at),
        took=ends_at - clock.started_at,
        verdict=clock.verdict,
        limit=_limit(clock),
    )


def clock_lines(picture: Picture, at: datetime) -> list[ClockLine]:
    """The ticket's own clocks: those that run first, by deadline; hops stand with their unit."""
    clocks = [clock for clock in picture.clocks if clock.kind != ClockKind.HOP]
    began = [event.at for event in picture.story if event.kind == Move.OBJECT]
    rounds = [1 + sum(moment <= clock.started_at for moment in began) for clock in clocks]
    first: dict[str, int] = {}
    for clock, number in zip(clocks, rounds, strict=True):
        first[clock.kind] = min(number, first.get(clock.kind, number))
    lines = [
        replace(clock_line(clock, at), round=number if number > first[clock.kind] else 0)
        for clock, number in zip(clocks, rounds, strict=True)
    ]
    if picture.ticket.state is Status.MERGED:
        # What runs on is no work, but the word given to its complainant
        promise = str(_("Answer promised"))
        lines = [replace(line, label=promise) if line.is_running else line for line in lines]
    far = at + timedelta(days=36500)
    return sorted(lines, key=lambda line: (not line.is_running, line.due_at or far))


def _limit(clock: Row[Any]) -> str:
    if clock.fixed_due_at is not None:
        return str(_("deadline set by hand"))
    return f"{clock.limit_amount} {word(clock.limit_unit, 'limit')}"


def _share(started_at: datetime, due_at: datetime | None, at: datetime) -> int | None:
    if due_at is None:
        return None
    whole = (due_at - started_at).total_seconds()
    return 100 if whole <= 0 else round(100 * (at - started_at).total_seconds() / whole)


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: *past*, *now* or *next*."""

    title: str
    state: str


def ladder_of(ticket: Ticket) -> list[Rung]:
    """The way of the complaint in one line; an exit ends it early."""
    if ticket.state in EXITS:
        left = Rung(word(ticket.status, "status"), "now")
        return [Rung(word(Status.RECEIVED, "status"), "past"), left]
    underway = Status.IN_REVIEW if ticket.state is Status.IN_REVIEW else Status.IN_PROGRESS
    titles = [
        word(Status.RECEIVED, "status"),
        word(Status.TRIAGED, "status"),
        str(_("Sent to a unit")),
        word(underway, "status"),
        word(Status.ANSWERED, "status"),
        word(Status.CLOSED, "status"),
    ]
    here = _RUNG[ticket.state]
    skips = {2, 3} if not ticket.dispositions and here > 3 else set()
    if ticket.state is Status.CLOSED and ticket.answered_at is None:
        skips.add(_RUNG[Status.ANSWERED])
    return [
        Rung(title, "past" if at < here else "now" if at == here else "next")
        for at, title in enumerate(titles)
        if at not in skips
    ]


_RUNG = {
    Status.RECEIVED: 0,
    Status.TRIAGED: 1,
    Status.IN_PROGRESS: 3,
    Status.IN_REVIEW: 3,
    Status.ANSWERED: 4,
    Status.CLOSED: 5,
}


@dataclass(frozen=True)
class Fact:
    """A word and what stands beside it. *kind* names the label in ``staff/_person.html``."""

    kind: str
    value: str


_MASKS = {
    "phone": mask_phone,
    "whatsapp": mask_phone,
    "email": mask_email,
    "nik": mask_nik,
    "bpjs": mask_bpjs,
    "medical_record": mask_medical_record,
}


def person_facts(ticket: Ticket) -> list[Fact]:
    """The complainant as the page shows them to everybody who may know them: enough to recognise."""
    person = ticket.complainant
    name = mask_name(person.name) if person and person.name else ""
    facts = [Fact("name", name or str(_("without name")))]
    if ticket.reply_address:
        channel = ticket.reply_channel or "email"  # known, and not written to yet
        mask = _MASKS.get(channel, mask_name)
        facts.append(Fact(channel, mask(ticket.reply_address)))
    if ticket.affected_name:
        facts.append(Fact("affected", mask_name(ticket.affected_name)))
    if ticket.affected_relation:
        facts.append(Fact("relation", ticket.affected_relation))
    if ticket.affected_record:
        facts.append(Fact("medical_record", mask_medical_record(ticket.affected_record)))
    return facts


def full_person_facts(ticket: Ticket) -> list[Fact]:
    """The same in full, for the one answer to a request that was noted in the audit trail."""
    person = ticket.complainant
    facts = [Fact("name", (person.name if person else "") or str(_("without name")))]
    known = [(known.kind, known.value) for known in person.identifiers] if person else []
    way_back = (ticket.reply_channel or "email", ticket.reply_address)
    if ticket.reply_address and ticket.reply_address not in {value for _kind, value in known}:
        known.insert(0, way_back)
    facts += [Fact(kind, value) for kind, value in known]
    for kind, value in (
        ("address", person.address if person else ""),
        ("affected", ticket.affected_name),
        ("relation", ticket.affected_relation),
        ("medical_record", ticket.affected_record),
    ):
        if value:
            facts.append(Fact(kind, value))
    return facts


def is_address_dead(picture: Picture) -> bool:
    """Did what was sent to the complainant come back for good, and nothing speak for the address since?"""
    for event in picture.story:  # newest first
        if event.actor_kind == ActorKind.COMPLAINANT or event.details.get("is_sure"):
            return False
        if event.kind == Move.UNDELIVERED and event.details.get("is_address_dead"):
            return True
    return False


@dataclass(frozen=True)
class MessageLine:
    """A message about the ticket and how far it got; *path* is of the page that shows it as it was sent."""

    path: str
    event: str
    to: str
    address: str
    channel: str
    status: str
    at: datetime


def message_lines(picture: Picture) -> list[MessageLine]:
    """What was sent about the ticket, newest first, addresses masked."""
    pages = url_for("staff.sent_message", number=picture.number, message_id=0).removesuffix("0")
    return [
        _message(row, picture, f"{pages}{row.id}") for row in picture.messages[:_MESSAGES_SHOWN]
    ]


def _message(row: Row[Any], picture: Picture, path: str) -> MessageLine:
    is_staff = row.recipient_kind == "staff"
    mask = _MASKS.get(row.channel, mask_name)
    return MessageLine(
        path=path,
        event=row.event,
        to=picture.labels.people.get(row.recipient_id, "") if is_staff else "",
        address="" if is_staff else mask(row.address),
        channel=row.channel,
        status=row.status,
        at=row.sent_at or row.created_at,
    )
