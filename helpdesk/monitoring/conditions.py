"""For every figure the condition on ``tickets`` that it counted, so that it opens exactly its own tickets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk.monitoring.lateness import is_late
from helpdesk.monitoring.local_hours import received_in_hour
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import outcomes
from helpdesk.monitoring.recurrence import came_again, is_trouble, main_unit
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.copies import is_work
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.rows import has_disposition
from helpdesk.tickets.states import EXITS, Access, DispositionStatus, Grade, Kind
from helpdesk.tickets.ticket import Disposition, Ticket


class Figure(StrEnum):
    """What was counted; the words stand in addresses. In brackets: what *key* narrows it to."""

    RECEIVED = "diterima"  # [kind; complaints without]
    JUDGED = "dinilai"
    KEPT = "tepat"
    MISSED = "lewat"
    PENDING = "belum"
    LEFT = "keluar"  # the statutory clock ran until an exit
    EXIT = "jalan-keluar"  # [status; any exit without]
    ANSWERED = "dijawab"
    OPEN = "terbuka"
    REOPENED = "dibuka-kembali"
    RESTRICTED = "rahasia"
    CHANNEL = "kanal"  # [channel]
    HOUR = "jam"  # [0 to 23]
    WEEKDAY = "hari"  # [0 Monday to 6]
    WEEKDAY_HOUR = "hari-jam"  # [weekday and hour: 0-13]
    CLOSING = "penutupan"  # [closing; any without]
    RATED = "nilai"  # [score; any without]
    CATEGORY = "kategori"  # [category id, 0 for none]
    PLACE = "tempat"  # [place id, 0 for none]
    PAIR = "masalah"  # [category id], with *unit_id* as its main unit
    AGAIN = "berulang"  # [category id], received again; *unit_id* its main unit, or any without
    DISPOSED = "didisposisi"
    UNIT = "unit"  # sent to *unit_id*
    RETURNED = "dikembalikan"
    HOP_JUDGED = "unit-dinilai"
    HOP_KEPT = "unit-tepat"
    HOP_MISSED = "unit-lewat"
    HOP_PENDING = "unit-belum"
    HOP_LEFT = "unit-keluar"
    LATE = "terlambat"  # now, whenever received; with *unit_id* late with that unit


@dataclass(frozen=True)
class Question:
    """A figure with what narrows it: *grade* '' means all, *unit_id* those that were sent to one unit."""

    figure: Figure
    period: Period
    grade: str = ""
    unit_id: int | None = None
    key: str = ""

    @property
    def number(self) -> int:
        """The key as a whole number; -1, which nothing has, for anything else."""
        return _whole_number(self.key)

    @property
    def weekday_and_hour(self) -> tuple[int, int]:
        """The key as two whole numbers; -1 for what is none."""
        weekday, _, hour = self.key.partition("-")
        return _whole_number(weekday), _whole_number(hour)


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


Condition = ColumnElement[bool]
_OF_ANSWER = {
    Figure.JUDGED: ("kept", "missed"),
    Figure.KEPT: ("kept",),
    Figure.MISSED: ("missed",),
    Figure.PENDING: ("pending",),
    Figure.LEFT: ("left",),
}
_OF_HOPS = {
    Figure.HOP_JUDGED: ("kept", "missed"),
    Figure.HOP_KEPT: ("kept",),
    Figure.HOP_MISSED: ("missed",),
    Figure.HOP_PENDING: ("pending",),
    Figure.HOP_LEFT: ("left",),
}


def condition_of(question: Question, at: datetime) -> Condition:
    """What a ticket behind the figure fulfils at *at*; a key that names nothing finds nothing."""
    figure, period = question.figure, question.period
    if figure is Figure.LATE:
        return _late(question, at)
    is_of_kind = Ticket.kind == Kind.COMPLAINT.value
    if figure is Figure.RECEIVED and question.key:
        is_of_kind = Ticket.kind == question.key
    return and_(
        is_of_kind,
        Ticket.received_on.between(period.first_day, period.last_day),
        true() if question.unit_id is None else was_sent(Disposition.unit_id == question.unit_id),
        _what_was_asked(question, at),
    )


def _what_was_asked(question: Question, at: datetime) -> Condition:
    figure = question.figure
    if figure in _OF_ANSWER:
        return _on_answer_clock(question, at)
    if figure in _OF_HOPS:
        return _on_hop(question, at)
    return and_(_OF_TICKET[figure](question), *_with_grade(question))


def _of_key(column: InstrumentedAttribute[str]) -> Callable[[Question], Condition]:
    return lambda question: column == question.key


def _closing(question: Question) -> Condition:
    return Ticket.closing == question.key if question.key else Ticket.closing != ""


def _exit(question: Question) -> Condition:
    return Ticket.status.in_(sorted(EXITS & {question.key} if question.key else EXITS))


def _score(question: Question) -> Condition:
    return Ticket.score == question.number if question.key else Ticket.score.is_not(None)


def _on_weekday(weekday: int, period: Period) -> Condition:
    first_day, last_day = period.first_day, period.last_day
    days = [first_day + timedelta(days) for days in range((last_day - first_day).days + 1)]
    return Ticket.received_on.in_([day for day in days if day.weekday() == weekday])


def _weekday_and_hour(question: Question) -> Condition:
    weekday, hour = question.weekday_and_hour
    period = question.period
    return and_(_on_weekday(weekday, period), received_in_hour(hour, period))


def _of_id(column: InstrumentedAttribute[int | None]) -> Callable[[Question], Condition]:
    """Rows of which the key is the id; 0 stands for none."""
    return lambda question: column == question.number if question.number else column.is_(None)


def _pair(question: Question) -> Condition:
    its_unit = true() if question.unit_id is None else main_unit() == question.unit_id
    return and_(Ticket.category_id == question.number, its_unit, is_trouble())


def _again(question: Question) -> Condition:
    period = question.period
    return and_(_pair(question), came_again(question.number, period.first_day, period.last_day))


def _sent(question: Question, *conditions: Condition) -> Condition:
    its_unit = [] if question.unit_id is None else [Disposition.unit_id == question.unit_id]
    return was_sent(*its_unit, *conditions)


def _returned(question: Question) -> Condition:
    return _sent(question, Disposition.status == DispositionStatus.RETURNED.value)


_OF_TICKET: dict[Figure, Callable[[Question], Condition]] = {
    Figure.RECEIVED: lambda question: true(),
    Figure.EXIT: _exit,
    Figure.ANSWERED: lambda question: Ticket.first_answered_at.is_not(None),
    Figure.OPEN: lambda question: Ticket.is_open.is_(True),
    Figure.REOPENED: lambda question: Ticket.reopenings > 0,
    Figure.RESTRICTED: lambda question: Ticket.access == Access.RESTRICTED.value,
    Figure.CHANNEL: _of_key(Ticket.channel),
    Figure.HOUR: lambda question: received_in_hour(question.number, question.period),
    Figure.WEEKDAY: lambda question: _on_weekday(question.number, question.period),
    Figure.WEEKDAY_HOUR: _weekday_and_hour,
    Figure.CLOSING: _closing,
    Figure.RATED: _score,
    Figure.CATEGORY: _of_id(Ticket.category_id),
    Figure.PLACE: _of_id(Ticket.place_id),
    Figure.PAIR: _pair,
    Figure.AGAIN: _again,
    Figure.DISPOSED: _sent,
    Figure.UNIT: _sent,
    Figure.RETURNED: _returned,
}


def _on_answer_clock(question: Question, at: datetime) -> Condition:
    found = outcomes(at)
    has_grade = question.grade in set(Grade)
    return (
        exists()
        .where(
            SlaClock.ticket_id == Ticket.id,
            SlaClock.kind == ClockKind.ANSWER.value,
            or_(*(found[outcome] for outcome in _OF_ANSWER[question.figure])),
            SlaClock.grade == question.grade if has_grade else true(),
        )
        .correlate(Ticket)
    )


def _on_hop(question: Question, at: datetime) -> Condition:
    found = outcomes(at)
    return _sent(
        question,
        SlaClock.disposition_id == Disposition.id,
        SlaClock.ticket_id == Ticket.id,
        SlaClock.kind == ClockKind.HOP.value,
        or_(*(found[outcome] for outcome in _OF_HOPS[question.figure])),
        *_with_grade(question),
    )


def _late(question: Question, at: datetime) -> Condition:
    if question.unit_id is None:
        return and_(is_late(at), *_with_grade(question))
    # Begins with what is late, and not with every ticket there is
    with_the_unit = (
        select(SlaClock.ticket_id)
        .join(Disposition, Disposition.id == SlaClock.disposition_id)
        .where(
            Disposition.unit_id == question.unit_id,
            SlaClock.kind == ClockKind.HOP.value,
            SlaClock.stopped_at.is_(None),
            SlaClock.due_at <= at,
        )
    )
    is_complaint = Ticket.kind == Kind.COMPLAINT.value
    return and_(is_complaint, *_with_grade(question), Ticket.id.in_(with_the_unit))


def was_sent(*conditions: Condition) -> Condition:
    """On tickets: was it sent to a unit to be worked on, as the *conditions* say?"""
    return has_disposition(is_work(), *conditions)


def _with_grade(question: Question) -> list[Condition]:
    return [Ticket.grade == question.grade] if question.grade in set(Grade) else []
