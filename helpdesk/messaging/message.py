"""The rows of messaging: what is to be said, to whom, by which road, and how it went."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, SmallInteger, String

from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Json, LongText, Model, Moment
from helpdesk.lib.storage import NAMES_A_FILE

RecipientKind = Literal["complainant", "staff"]
MessageStatus = Literal["queued", "sent", "delivered", "read", "failed"]
FREE, TEMPLATE = "free", "template"  # how something is said on WhatsApp


class TemplateVersion(Model):
    """An administrator's wording of one event in one language. The file in ``templates/messages`` is version 0."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("event", "language", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    event: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(LongText())
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class OutboxMessage(Claimable, Model):
    """One message to one person. *status* only moves forward: queued, sent, delivered, read; or failed.

    *look_at* is when the postman should try; NULL when nothing is left to do. *text*, *enclosures*
    (``{"name", "media_type", "digest"}``) and *cc* are the ``outbox.OwnWords`` of this one message.
    *sent_digest* names the message as it left us, byte for byte; *failed_at* is when it was given up.

    On WhatsApp *choices* are what the reader may tap (buttons or the rows of a list), *sent_from* the number that said
    it, *sent_as* how (``free`` inside the window, ``template``); *delivered_at* and *read_at* are the provider's word.
    *check_at* is when to look whether an important message was read; NULL when nobody need look.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "look_at", "id"),
        Index("ix_outbox_subject", "subject_kind", "subject_id", "id"),
        Index("ix_outbox_status", "status", "id"),
        Index("ix_outbox_provider_ref", "provider_ref"),
        Index("ix_outbox_address", "channel", "address", "sent_at"),
        Index("ix_outbox_sent_from", "sent_from", "sent_at"),
        Index("ix_outbox_check", "check_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    event: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    template_version: Mapped[int] = mapped_column(Integer, default=0)
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    channel: Mapped[Literal["email", "whatsapp", "console"]] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(190))
    recipient_kind: Mapped[RecipientKind] = mapped_column(String(12))
    recipient_id: Mapped[int | None] = mapped_column(Integer)
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int] = mapped_column(Integer)
    status: Mapped[MessageStatus] = mapped_column(String(12), default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    provider_ref: Mapped[str | None] = mapped_column(String(128))
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    text: Mapped[str | None] = mapped_column(LongText())
    enclosures: Mapped[list[dict[str, str]] | None] = mapped_column(Json)
    cc: Mapped[list[str] | None] = mapped_column(Json)
    sent_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    choices: Mapped[dict[str, Any] | None] = mapped_column(Json)
    sent_from: Mapped[str | None] = mapped_column(String(40))
    sent_as: Mapped[str] = mapped_column(String(12), default="", server_default="")
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    check_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
