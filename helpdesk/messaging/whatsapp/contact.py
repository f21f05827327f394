"""Whom we know on WhatsApp: an id of ours with a set of identities, since any single one may be missing or change."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Boolean, Integer, String

from helpdesk.lib.database import Model, Moment


class IdentityKind(StrEnum):
    """What the provider calls a person by: the telephone number, or an id that only our business sees."""

    WA_ID = "wa_id"  # E.164 without the plus
    USER_ID = "user_id"  # business-scoped, "ID.abc...": changes with the number


class Contact(Model):
    """One WhatsApp account that wrote to us or is written to; perhaps a family's.

    *profile_name* is what they call themselves, never proof of who they are. The person may be written to freely until
    *window_until*, 24 hours after their last word; later only with an approved template.
    """

    __tablename__ = "whatsapp_contacts"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    profile_name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(5), default="id")
    heard_at: Mapped[datetime | None] = mapped_column(Moment)
    window_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    identities: Mapped[list[ContactIdentity]] = relationship(
        back_populates="contact", order_by="ContactIdentity.id"
    )

    def current(self, kind: IdentityKind) -> str | None:
        """The newest identity of *kind* that is still theirs."""
        mine = [one.value for one in self.identities if one.kind == kind and one.is_current]
        return mine[-1] if mine else None


class ContactIdentity(Model):
    """One identity of a contact; what they had before stays known with *is_current* false."""

    __tablename__ = "whatsapp_identities"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        Index("ix_whatsapp_identities_contact", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("whatsapp_contacts.id"))
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(160))
    is_current: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    contact: Mapped[Contact] = relationship(back_populates="identities")

    @property
    def address(self) -> str:
        """Where the outbox writes to them under it: the number with its plus, or the id."""
        return f"+{self.value}" if self.kind == IdentityKind.WA_ID else self.value
