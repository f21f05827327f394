"""The ticket: one complaint, one row."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Boolean, Date, Integer, SmallInteger, String

from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category, Place
from helpdesk.lib.database import LongText, Model, Moment
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.states import Access, Grade, Identity, Kind, Road, Status

if TYPE_CHECKING:
    from helpdesk.tickets.records import LeaderInstruction, SlaClock

ORIGIN_NUMBER_LENGTH = 64


class Ticket(Model):
    """A complaint (or suggestion, praise, request for information) and where it stands.

    *received_at* is when it reached any member of staff or the form, *recorded_at* when it was typed; clocks start
    at the former. *received_on* is the local day of it. *due_at*, *is_open*, *needs* and *is_waiting* are caches
    written only by ``workflow.advance``, so that the worklist reads one index. So is *ended_at*: since when nothing is
    to be done about it any more and no clock runs. *erased_at*: when its personal data were deleted (``erasing``);
    *is_held*: they must not be, because of a dispute (``holding``).
    """

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("number_year", "number_seq"),
        # These three also hold what ``visible_to`` and the views ask, so that a count reads no ticket.
        Index(
            "ix_tickets_worklist", "is_open", "due_at", "id", "access", "status", "followed_up_at"
        ),
        Index(
            "ix_tickets_needs",
            "is_open",
            "needs",
            "due_at",
            "id",
            "access",
            "status",
            "was_returned",
        ),
        Index("ix_tickets_waiting", "is_waiting", "is_open", "due_at", "id", "access", "status"),
        Index("ix_tickets_owner", "owner_id", "is_open", "due_at", "id"),
        Index("ix_tickets_recorded", "recorded_by_id", "is_open", "id"),
        Index("ix_tickets_received", "received_on", "kind", "grade"),
        Index("ix_tickets_complainant", "complainant_id", "id"),
        Index("ix_tickets_category", "category_id", "received_on"),
        # What is finished is listed by number, the newest first
        Index("ix_tickets_newest_of_category", "category_id", "id"),
        Index("ix_tickets_channel", "channel", "id"),
        Index("ix_tickets_merged", "merged_into_id"),
        Index("ix_tickets_place", "place_id", "id"),
        Index("ix_tickets_to_call", "call_wanted_at", "id"),
        Index("ix_tickets_urgent", "sounds_urgent", "is_open", "due_at", "id"),
        Index("ix_tickets_affected_record", "affected_record"),
        Index("ix_tickets_origin_number", "origin_number"),
        # What retention asks: the data are there, nobody holds them, and it ended long enough ago
        Index("ix_tickets_kept", "erased_at", "is_held", "ended_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number_year: Mapped[int | None] = mapped_column(SmallInteger)
    number_seq: Mapped[int | None] = mapped_column(Integer)

    kind: Mapped[str] = mapped_column(String(16), default=Kind.COMPLAINT)
    status: Mapped[str] = mapped_column(String(16), default=Status.RECEIVED)
    channel: Mapped[str] = mapped_column(String(16))
    # What it is called in the system it was forwarded from; whoever may read it, ``origin`` says
    origin_number: Mapped[str] = mapped_column(
        # MariaDB compares without regard to capitals by itself
        String(ORIGIN_NUMBER_LENGTH).with_variant(
            String(ORIGIN_NUMBER_LENGTH, collation="NOCASE"), "sqlite"
        ),
        default="",
        server_default="",
    )
    language: Mapped[str] = mapped_column(String(5), default="id")

    # what was said
    title: Mapped[str] = mapped_column(String(160), default="")
    text: Mapped[str] = mapped_column(LongText())
    # The units' copy, where it was redacted
    unit_text: Mapped[str | None] = mapped_column(LongText())
    remedy: Mapped[str] = mapped_column(String(500), default="")  # what they hope for
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    place_text: Mapped[str] = mapped_column(String(160), default="")
    happened_on: Mapped[date | None] = mapped_column(Date)
    happened_text: Mapped[str] = mapped_column(String(80), default="")
    # Words on it tell of a danger to life, and nobody has acted upon them: see ``urgent_words``
    sounds_urgent: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    # who said it, and about whom
    identity: Mapped[str] = mapped_column(String(12), default=Identity.NAMED)
    access: Mapped[str] = mapped_column(String(12), default=Access.ORDINARY)
    complainant_id: Mapped[int | None] = mapped_column(ForeignKey("complainants.id"))
    reply_channel: Mapped[Road] = mapped_column(String(16), default="")
    reply_address: Mapped[str] = mapped_column(String(190), default="")
    affected_name: Mapped[str] = mapped_column(String(120), default="")
    affected_relation: Mapped[str] = mapped_column(String(60), default="")
    affected_record: Mapped[str] = mapped_column(String(40), default="")  # medical record number
    consented_at: Mapped[datetime | None] = mapped_column(Moment)

    # the complainant's key to the track page
    pin_salt: Mapped[str] = mapped_column(String(16), default="")
    pin_hash: Mapped[str] = mapped_column(String(64), default="")
    pin_failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    pin_rested_until: Mapped[datetime | None] = mapped_column(Moment)
    link_version: Mapped[int] = mapped_column(SmallInteger, default=1)

    # what customer care decided
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    grade: Mapped[str] = mapped_column(String(8), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    # when
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Why recorded over 7 days later
    late_reason: Mapped[str] = mapped_column(String(300), default="")
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_versions.id"))
    first_answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    followed_up_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closing: Mapped[str] = mapped_column(String(16), default="")
    exit_reason: Mapped[str] = mapped_column(String(500), default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))  # never a chain
    reopenings: Mapped[int] = mapped_column(SmallInteger, default=0)
    score: Mapped[int | None] = mapped_column(SmallInteger)  # 1 to 5, the newest rating

    # caches for lists
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    needs: Mapped[str] = mapped_column(String(8), default="triage")
    # An open question to the complainant
    is_waiting: Mapped[bool] = mapped_column(Boolean, default=False)
    # A unit sent it back, not disposed since
    was_returned: Mapped[bool] = mapped_column(Boolean, default=False)
    # No message reaches them: somebody must call
    call_wanted_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    is_held: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    version: Mapped[int] = mapped_column(Integer, default=1)

    # Told by their ids, which are what is written: a flush need not walk through these.
    category: Mapped[Category | None] = relationship(lazy="raise", viewonly=True)
    place: Mapped[Place | None] = relationship(lazy="raise", viewonly=True)
    complainant: Mapped[Complainant | None] = relationship(lazy="raise")
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="raise", viewonly=True)
    recorded_by: Mapped[User | None] = relationship(
        foreign_keys=[recorded_by_id], lazy="raise", viewonly=True
    )
    dispositions: Mapped[list[Disposition]] = relationship(
        back_populates="ticket", order_by="Disposition.id", lazy="raise"
    )

    # Loaded once, on first use: most moves look at the clocks, pages and some acts at the instructions
    clocks: Mapped[list[SlaClock]] = relationship(
        "SlaClock", order_by="SlaClock.id", lazy="select", cascade="save-update"
    )
    instructions: Mapped[list[LeaderInstruction]] = relationship(
        "LeaderInstruction", order_by="LeaderInstruction.id", lazy="select"
    )

    @property
    def state(self) -> Status:
        """The status as a ``Status``, of which the rules are asked."""
        return Status(self.status)

    @property
    def running_grade(self) -> Grade:
        """The grade whose deadlines apply; a complaint not yet graded runs as hijau."""
        return Grade(self.grade) if self.grade else Grade.GREEN

    @property
    def promised_by(self) -> datetime | None:
        """The deadline that the complainant is told; None for what is only thanked for, where it is the desk's own."""
        return None if Kind(self.kind).is_thanked else self.due_at

    @property
    def is_restricted(self) -> bool:
        """Is it for named readers only?"""
        return self.access == Access.RESTRICTED

    @property
    def text_for_units(self) -> str:
        """What units read: their redacted copy where one was made."""
        return self.text if self.unit_text is None else self.unit_text

    @property
    def can_be_reached(self) -> bool:
        """Did the person leave a way to be asked?"""
        return bool(self.reply_channel and self.reply_address)

    @property
    def unproved_address(self) -> str:
        """The address that a complaint by email named, while its own domain denies having sent it; else empty.

        Whoever has it may have nothing to do with the complaint, so neither receipt nor link goes there before
        somebody at the desk has made sure (``tickets.vouching``).
        """
        return "" if self.reply_channel else self.reply_address

    @property
    def can_be_written_to(self) -> bool:
        """Did they leave one that a message reaches? A telephone alone can only be called."""
        return self.can_be_reached and not self.can_only_be_called

    @property
    def can_only_be_called(self) -> bool:
        """Did they leave a telephone alone? Then they have heard nothing before somebody called."""
        return self.can_be_reached and self.reply_channel == "phone"

    @property
    def is_answered_by_email(self) -> bool:
        """Do they hear from us by email? Then a whole letter can go there."""
        return self.can_be_reached and self.reply_channel == "email"


class Disposition(Model):
    """The work of one unit on one ticket (disposisi), with its own deadline, clock and version."""

    __tablename__ = "dispositions"
    __table_args__ = (
        Index("ix_dispositions_worklist", "unit_id", "is_open", "due_at", "id"),
        Index("ix_dispositions_officer", "officer_id", "is_open", "due_at", "id"),
        Index("ix_dispositions_ticket", "ticket_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # The ticket's reopenings when it was sent
    cycle: Mapped[int] = mapped_column(SmallInteger, default=0)
    status: Mapped[str] = mapped_column(String(12), default="sent")
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)  # with the unit: sent or accepted
    is_lead: Mapped[bool] = mapped_column(Boolean, default=False)
    # The ticket's own mark, where the unit may read the words
    sounds_urgent: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    phrases: Mapped[str] = mapped_column(String(120), default="")  # comma-joined Phrase values
    instruction: Mapped[str] = mapped_column(String(1000), default="")
    sent_at: Mapped[datetime] = mapped_column(Moment)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    # More time that the unit asks for, until customer care has decided
    wants_until: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    # Approved, returned, recalled or read
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    return_reason: Mapped[str] = mapped_column(String(500), default="")
    findings: Mapped[str] = mapped_column(LongText(), default="")
    root_cause: Mapped[str] = mapped_column(String(16), default="")
    root_cause_text: Mapped[str] = mapped_column(String(500), default="")
    corrective_action: Mapped[str] = mapped_column(String(1000), default="")
    draft_answer: Mapped[str] = mapped_column(LongText(), default="")
    version: Mapped[int] = mapped_column(Integer, default=1)

    ticket: Mapped[Ticket] = relationship(back_populates="dispositions", lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise", viewonly=True)
    officer: Mapped[User | None] = relationship(
        foreign_keys=[officer_id], lazy="raise", viewonly=True
    )


class NamedReader(Model):
    """A person who may read a restricted ticket."""

    __tablename__ = "ticket_readers"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class ReportedParty(Model):
    """The unit or person a restricted ticket is about: they never see it, whatever else they may."""

    __tablename__ = "ticket_reported"
    __table_args__ = (Index("ix_ticket_reported_ticket", "ticket_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
