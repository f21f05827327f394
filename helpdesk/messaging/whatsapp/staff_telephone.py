"""On which WhatsApp account a member of staff is told what happens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Boolean, String

from helpdesk.lib.database import Model, Moment
from helpdesk.messaging.whatsapp.contact import Contact


class StaffTelephone(Model):
    """The account that somebody has shown to be theirs, by sending us from it a code that only they were shown.

    *contact_id* is NULL until then, and again when they let go of it. *hears_all*: everything comes there, otherwise
    what cannot wait. Of the newest code, which is good once and until *code_until*, only a keyed digest is kept.
    """

    __tablename__ = "staff_telephones"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("whatsapp_contacts.id"), index=True)
    connected_at: Mapped[datetime | None] = mapped_column(Moment)
    hears_all: Mapped[bool] = mapped_column(Boolean, default=False)
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime | None] = mapped_column(Moment)

    contact: Mapped[Contact | None] = relationship()
