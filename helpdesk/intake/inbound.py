"""What came in from outside, as it came: stored before it is understood."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Model, Moment
from helpdesk.lib.storage import NAMES_A_FILE


class Fate(StrEnum):
    """What became of something that came in; '' on a row that nobody has understood yet."""

    OPENED = "opened"  # a ticket of its own
    ADDED = "added"  # to a ticket that was there
    AUTOMATIC = "automatic"  # a machine wrote it: recorded, never answered
    BOUNCED = "bounced"  # one of our own messages came back
    COPY = "copy"  # the same message a second time
    SPLIT = "split"  # what it held has rows of its own: a POST of WhatsApp
    QUARANTINED = "quarantined"  # a person must look at it
    DISCARDED = "discarded"  # a person looked, and it leads nowhere


class Inbound(Claimable, Model):
    """One raw message. *key* names it within its channel: whatever is fetched or delivered twice is one row.

    For a mailbox the key is ``mailbox/uidvalidity/uid``, for a pipe and for a POST the digest of the bytes. The bytes
    lie in the storage under *raw_digest*, written before the row that names them. *reason* says in a code why the
    fate is what it is. *sender* and *subject* are for lists only, shortened; the truth is in the bytes.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_inbox_due", "look_at", "id"),
        Index("ix_inbox_fate", "fate", "id"),
        Index("ix_inbox_reference", "reference"),
        Index("ix_inbox_raw_digest", "raw_digest"),
        Index("ix_inbox_ticket", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(190))
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailboxes.id"))
    raw_digest: Mapped[str] = mapped_column(String(64), info=NAMES_A_FILE)
    size: Mapped[int] = mapped_column(Integer)
    arrived_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    fate: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(60), default="")
    reference: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the Message-ID
    body_digest: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(190), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_events.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
