"""What hangs on a ticket: events, files, questions, instructions, clocks with their pauses and steps, ratings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.lib.database import Json, LongText, Model, Moment
from helpdesk.lib.storage import NAMES_A_FILE
from helpdesk.tickets.states import Audience

if TYPE_CHECKING:
    from helpdesk.tickets.ticket import Ticket


class TicketEvent(Model):
    """One fact of a ticket's life. Facts only; the words live in ``templates/timeline``.

    *at* is the moment that counts (for a breach: the moment that was due), *recorded_at* when the row was written.
    """

    __tablename__ = "ticket_events"
    __table_args__ = (Index("ix_ticket_events_story", "ticket_id", "at", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[int | None] = mapped_column(Integer)
    actor_label: Mapped[str] = mapped_column(String(120), default="")
    audience: Mapped[Audience] = mapped_column(String(8), default="staff")
    disposition_id: Mapped[int | None] = mapped_column(ForeignKey("dispositions.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    text: Mapped[str] = mapped_column(LongText(), default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    ticket: Mapped[Ticket] = relationship(lazy="raise")
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="event", order_by="Attachment.id", lazy="raise"
    )

    def moment(self, name: str) -> datetime | None:
        """A moment among its details; None where it tells none of this name."""
        said = self.details.get(name)
        return datetime.fromisoformat(said) if said else None


class Attachment(Model):
    """A file on a ticket. *received_digest* is the SHA-256 of the bytes as they came; never changed.

    *original_digest* is the stored original where it was kept, *shown_digest* the cleaned copy that people open.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_ticket", "ticket_id", "id"),
        Index("ix_attachments_received", "received_digest"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("ticket_events.id"))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    received_digest: Mapped[str] = mapped_column(String(64))
    original_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    shown_digest: Mapped[str] = mapped_column(String(64), info=NAMES_A_FILE)
    is_evidence: Mapped[bool] = mapped_column(Boolean, default=False)
    is_hidden_from_units: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)

    event: Mapped[TicketEvent] = relationship(back_populates="attachments", lazy="raise")


class Question(Model):
    """Something asked of the complainant; while one is open the ticket waits, and pausable clocks rest until *due_at*.

    *look_at* is the next moment at which anything could happen (the reminder, then *due_at*), NULL with nothing left.
    *is_overdue*: not answered by *due_at*, so that no clock rests for it any more.
    """

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_ticket", "ticket_id", "answered_at"),
        Index("ix_questions_look", "look_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    disposition_id: Mapped[int | None] = mapped_column(ForeignKey("dispositions.id"))
    text: Mapped[str] = mapped_column(LongText())
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    look_at: Mapped[datetime | None] = mapped_column(Moment)
    is_overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(LongText(), default="")


class LeaderInstruction(Model):
    """A word of leadership on a ticket (arahan): to one unit at work on it, or (*unit_id* None) to customer care.

    *is_open* until it is answered; *due_at* is optional and starts no clock.
    """

    __tablename__ = "instructions"
    __table_args__ = (
        Index("ix_instructions_open", "is_open", "unit_id", "ticket_id"),
        Index("ix_instructions_given", "given_by_id", "id"),
        Index("ix_instructions_ticket", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    text: Mapped[str] = mapped_column(LongText())
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)
    given_at: Mapped[datetime] = mapped_column(Moment)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(LongText(), default="")


class SlaClock(Model):
    """One promise: from *started_at*, within a limit, under a calendar.

    *due_at* and *look_at* are caches of ``sla.due`` over the pauses; *look_at* is the next moment anything could
    change (warning, breach, each escalation step) and NULL while paused or stopped. *verdict* is frozen when the
    clock stops: ``met``, ``missed`` or ``void`` (left by an exit).
    """

    __tablename__ = "sla_clocks"
    __table_args__ = (
        UniqueConstraint("ticket_id", "kind", "disposition_key", "cycle"),
        Index("ix_sla_clocks_look", "look_at", "id"),
        Index("ix_sla_clocks_kind", "kind", "stopped_at", "due_at", "disposition_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    disposition_id: Mapped[int | None] = mapped_column(ForeignKey("dispositions.id"))
    # NULLs would defeat the unique key
    disposition_key: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(12))  # triage dispose hop answer resolve confirm
    cycle: Mapped[int] = mapped_column(SmallInteger, default=1)
    grade: Mapped[str] = mapped_column(String(8))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("policy_rules.id"))
    limit_amount: Mapped[int] = mapped_column(Integer)
    limit_unit: Mapped[str] = mapped_column(String(16))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    is_pausable: Mapped[bool] = mapped_column(Boolean, default=False)
    # A deadline set by hand, e.g. on a disposition
    fixed_due_at: Mapped[datetime | None] = mapped_column(Moment)
    started_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    look_at: Mapped[datetime | None] = mapped_column(Moment)
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    breached_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    verdict: Mapped[str] = mapped_column(String(8), default="")
    # Comma-joined milestone names of this round
    steps_done: Mapped[str] = mapped_column(String(100), default="")
    # A regrading may begin the ladder anew
    round: Mapped[int] = mapped_column(SmallInteger, default=1)

    pauses: Mapped[list[ClockPause]] = relationship(
        back_populates="clock", order_by="ClockPause.from_at", lazy="selectin"
    )


class ClockPause(Model):
    """A stretch in which a pausable clock rested, and the event that began it."""

    __tablename__ = "clock_pauses"
    __table_args__ = (Index("ix_clock_pauses_clock", "clock_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("sla_clocks.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("ticket_events.id"))
    from_at: Mapped[datetime] = mapped_column(Moment)
    to_at: Mapped[datetime | None] = mapped_column(Moment)

    clock: Mapped[SlaClock] = relationship(back_populates="pauses")


class Escalation(Model):
    """A warning, breach or step that was acted on: the unique key makes it once, whoever sweeps."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("clock_id", "round", "step"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("sla_clocks.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    step: Mapped[str] = mapped_column(String(12))  # warn, breach, step1, step2 ...
    event_id: Mapped[int] = mapped_column(ForeignKey("ticket_events.id"))
    was_due_at: Mapped[datetime] = mapped_column(Moment)


class Rating(Model):
    """What the complainant thinks of the handling, 1 (very poor) to 5 (very good), once per answer cycle."""

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("ticket_id", "cycle"), Index("ix_ratings_at", "at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    cycle: Mapped[int] = mapped_column(SmallInteger, default=0)
    score: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(Moment)
