"""Which mail belongs to which subject: the Message-IDs that came in, so that answers thread and are found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib.database import LongText, Model, Moment


class MailReference(Model):
    """One Message-ID of somebody else's mail about a subject such as ``("ticket", 42)``.

    *reference* is the SHA-256 of the Message-ID, because those may be longer than an index. *message_id* is as it
    came, *mail_subject* the line to answer under. Our own Message-IDs name their subject themselves and are not kept.
    """

    __tablename__ = "mail_references"
    __table_args__ = (
        UniqueConstraint("reference", "subject_kind", "subject_id"),
        Index("ix_mail_references_thread", "subject_kind", "subject_id", "address", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reference: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(LongText())
    mail_subject: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(190))
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
