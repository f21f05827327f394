"""What became of each ticket, told from its timeline alone, event by event.

The product reads rows and clocks; this reads what was recorded. Only what no event carries is taken from the row: the
moment and channel of receipt, and the deadlines of the units' rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.tickets.records import SlaClock, TicketEvent
from helpdesk.tickets.ticket import Disposition, Ticket

LIMITS = {
    "merah": timedelta(hours=24),
    "kuning": timedelta(hours=72),
    "hijau": timedelta(hours=168),
}  # Permenkes 30/2022, INM 12


@dataclass
class Round:
    """One round of a disposition with its unit."""

    unit_id: int
    begins: datetime
    due: datetime | None
    ends: datetime | None = None
    is_called_off: bool = False
    is_void: bool = False
    was_late: bool = False  # when it was given more time

    def outcome(self, at: datetime) -> str:
        if self.is_void:
            return "left"
        if self.was_late:
            return "missed"
        if self.ends is None:
            return "missed" if self.due is not None and self.due <= at else "pending"
        if self.due is not None and self.ends > self.due:
            return "missed"
        return "left" if self.is_called_off else "kept"


@dataclass
class Life:
    """One ticket as its timeline leaves it."""

    ticket: Ticket
    kind: str
    access: str
    grade: str = ""
    category_id: int | None = None
    place_id: int | None = None
    answered_at: datetime | None = None
    answered_as: str | None = None  # the grade at the first answer, which no later one replaces
    followed_up_at: datetime | None = None
    is_open: bool = True
    closing: str = ""
    exit: str = ""
    reopenings: int = 0
    score: int | None = None
    frozen: tuple[str, str] | None = None  # grade and outcome of the statutory clock
    froze_by_leaving: bool = False
    units: dict[int, int] = field(default_factory=dict)  # disposition → unit
    standing: dict[int, str] = field(default_factory=dict)  # disposition → what became of it
    rounds: dict[int, list[Round]] = field(default_factory=dict)

    def outcome(self, at: datetime) -> tuple[str, str]:
        """Grade and outcome of the statutory clock at *at*."""
        if self.frozen is not None:
            return self.frozen
        grade = self.promised
        is_late = self.ticket.received_at + LIMITS[grade] <= at
        return grade, "missed" if is_late else "pending"

    @property
    def promised(self) -> str:
        """The grade by which the statutory clock is judged."""
        return (self.grade if self.answered_as is None else self.answered_as) or "hijau"

    @property
    def all_rounds(self) -> list[Round]:
        return [one for rounds in self.rounds.values() for one in rounds]

    @property
    def main_unit(self) -> int | None:
        """The first it was sent to that neither sent it back nor lost it; else the first of all."""
        gone = ("returned", "recalled")
        kept = [unit for sent, unit in self.units.items() if self.standing[sent] not in gone]
        return next(iter(kept or self.units.values()), None)

    def live(self, event: TicketEvent, dues: dict[int, list[datetime | None]]) -> None:
        """Let one event happen."""
        teller = getattr(self, f"on_{event.kind}", None)
        if event.kind in ("dispose", "return_answer"):
            assert event.disposition_id
            assert event.unit_id
            rounds = self.rounds.setdefault(event.disposition_id, [])
            due = dues[event.disposition_id][len(rounds)]
            rounds.append(Round(event.unit_id, event.at, due))
        if teller is not None:
            teller(event)
        if event.kind in ("submit", "send_back", "recall"):
            self.end_round(event.disposition_id, event)
        self.judge()

    def judge(self) -> None:
        """Answered and followed up: the outcome stands from then on, whatever comes."""
        if self.frozen or self.kind not in ("complaint", "information"):
            self.answered_as = None
            return
        if self.answered_at and self.answered_as is None:
            self.answered_as = self.grade
        if self.answered_at and self.followed_up_at:
            kept_at = max(self.answered_at, self.followed_up_at)
            grade = self.promised
            in_time = kept_at <= self.ticket.received_at + LIMITS[grade]
            self.frozen = grade, "kept" if in_time else "missed"

    def end_round(self, disposition_id: int | None, event: TicketEvent) -> None:
        assert disposition_id
        running = self.rounds[disposition_id][-1]
        assert running.ends is None
        running.ends = event.at
        running.is_void = event.details.get("exit") == "spam"
        running.is_called_off = event.kind in ("recall", "close_unilaterally", "exit", "merge")

    def on_solve(self, event: TicketEvent) -> None:
        self.answered_at = self.followed_up_at = event.at
        self.close(event)

    def on_triage(self, event: TicketEvent) -> None:
        self.grade = event.details["grade"]
        self.category_id = event.details["category_id"]
        self.access = event.details["access"]

    def on_regrade(self, event: TicketEvent) -> None:
        self.grade = event.details["to"]

    def on_reclassify(self, event: TicketEvent) -> None:
        self.kind = event.details["to"]["kind"]
        self.category_id = event.details["to"]["category_id"]

    def on_amend(self, event: TicketEvent) -> None:
        self.place_id = event.details["to"].get("place_id", self.place_id)

    def on_guard(self, event: TicketEvent) -> None:
        self.access = event.details["access"]

    def on_dispose(self, event: TicketEvent) -> None:
        assert event.disposition_id
        assert event.unit_id
        self.units[event.disposition_id] = event.unit_id
        self.standing[event.disposition_id] = "with unit"

    def on_return_answer(self, event: TicketEvent) -> None:
        self.stand(event, "with unit")

    def on_recall(self, event: TicketEvent) -> None:
        self.stand(event, "recalled")

    def on_send_back(self, event: TicketEvent) -> None:
        self.stand(event, "returned")

    def on_set_deadline(self, event: TicketEvent) -> None:
        assert event.disposition_id
        was_due_at = event.moment("was_due_at")
        if was_due_at and was_due_at <= event.at:
            self.rounds[event.disposition_id][-1].was_late = True

    def on_submit(self, event: TicketEvent) -> None:
        self.stand(event, "submitted")
        self.followed_up_at = self.followed_up_at or event.at

    def on_approve(self, event: TicketEvent) -> None:
        self.stand(event, "approved")

    def stand(self, event: TicketEvent, standing: str) -> None:
        assert event.disposition_id
        self.standing[event.disposition_id] = standing

    def on_follow_up(self, event: TicketEvent) -> None:
        self.followed_up_at = self.followed_up_at or event.at

    def on_answer(self, event: TicketEvent) -> None:
        self.answered_at = self.answered_at or event.at

    def on_confirm(self, event: TicketEvent) -> None:
        self.close(event)

    def on_close_by_silence(self, event: TicketEvent) -> None:
        self.close(event)

    def on_close_unilaterally(self, event: TicketEvent) -> None:
        self.answered_at = self.answered_at or event.at
        self.take_all_back(event)
        self.close(event)

    def on_exit(self, event: TicketEvent) -> None:
        self.leave(event, event.details["exit"])

    def on_merge(self, event: TicketEvent) -> None:
        self.leave(event, "merged")

    def leave(self, event: TicketEvent, way: str) -> None:
        self.exit, self.is_open = way, False
        self.take_all_back(event)
        if self.frozen is None:
            grade = self.promised
            was_late = event.at > self.ticket.received_at + LIMITS[grade] and way != "spam"
            self.frozen, self.froze_by_leaving = (grade, "missed" if was_late else "left"), True

    def on_split(self, _event: TicketEvent) -> None:
        self.exit, self.is_open = "", True
        if self.froze_by_leaving:
            self.frozen, self.froze_by_leaving = None, False

    on_revive = on_contest = on_split

    def on_object(self, _event: TicketEvent) -> None:
        self.reopenings += 1
        self.closing, self.is_open = "", True

    def on_rate(self, event: TicketEvent) -> None:
        self.score = event.details["score"]

    def close(self, event: TicketEvent) -> None:
        self.closing, self.is_open = event.details["closing"], False

    def take_all_back(self, event: TicketEvent) -> None:
        for sent, standing in self.standing.items():
            if standing == "with unit":
                self.end_round(sent, event)
            if standing in ("with unit", "submitted"):
                self.standing[sent] = "recalled"


def all_lives() -> list[Life]:
    """Every ticket, in the order of their ids."""
    return [_life(ticket) for ticket in db.session.scalars(select(Ticket).order_by(Ticket.id))]


def _life(ticket: Ticket) -> Life:
    of_ticket = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
    events = list(db.session.scalars(of_ticket.order_by(TicketEvent.id)))
    life = Life(ticket, _first_kind(ticket, events), ticket.access)
    life.place_id = _first_place(ticket, events)
    life.grade = _grade_on_the_spot(ticket, events)
    dues = _dues(ticket)
    for event in events:
        life.live(event, dues)
    return life


def _first_kind(ticket: Ticket, events: list[TicketEvent]) -> str:
    """Its kind at receipt: no event says so, but the first change says what was before."""
    changes = [event for event in events if event.kind == "reclassify"]
    kind: str = changes[0].details["from"]["kind"] if changes else ticket.kind
    return kind


def _first_place(ticket: Ticket, events: list[TicketEvent]) -> int | None:
    """Its place at receipt, told like its kind by the first correction."""
    told = [event.details["from"] for event in events if event.kind == "amend"]
    named = [before["place_id"] for before in told if "place_id" in before]
    return named[0] if named else ticket.place_id


def _grade_on_the_spot(ticket: Ticket, events: list[TicketEvent]) -> str:
    """The grade of a ticket solved on the spot, which its event does not say."""
    if not any(event.kind == "solve" for event in events):
        return ""
    changes = [event for event in events if event.kind == "regrade"]
    grade: str = changes[0].details["from"] if changes else ticket.grade
    return grade


def _dues(ticket: Ticket) -> dict[int, list[datetime | None]]:
    """The deadlines of the rounds of each disposition, as they stand now."""
    rows = db.session.execute(
        select(Disposition.id, SlaClock.due_at)
        .join(SlaClock, SlaClock.disposition_id == Disposition.id)
        .where(Disposition.ticket_id == ticket.id, SlaClock.kind == "hop")
        .order_by(SlaClock.cycle)
    )
    found: dict[int, list[datetime | None]] = {}
    for disposition_id, due_at in rows:
        found.setdefault(disposition_id, []).append(due_at)
    return found
