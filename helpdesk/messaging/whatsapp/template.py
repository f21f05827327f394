"""The templates that the provider has approved, or not yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib.database import LongText, Model, Moment


class WhatsAppTemplate(Model):
    """One template in one language, as the provider last told us.

    *event* is the event of ours that it speaks for; empty for one that somebody made for another purpose. *status* and
    *category* are the provider's words in lower case, such as ``approved`` and ``utility``; a template that was not
    there any more at the last look is ``gone``.
    """

    __tablename__ = "whatsapp_templates"
    __table_args__ = (
        UniqueConstraint("name", "language"),
        Index("ix_whatsapp_templates_event", "event", "language"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(190))
    language: Mapped[str] = mapped_column(String(10))
    event: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(20), default="")
    body: Mapped[str] = mapped_column(LongText())
    reason: Mapped[str] = mapped_column(String(200), default="")
    synced_at: Mapped[datetime] = mapped_column(Moment)
