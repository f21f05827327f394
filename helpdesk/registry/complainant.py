"""The complainant and the identifiers they left."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Integer, String

from helpdesk.lib.database import Model, Moment


class IdentifierKind(StrEnum):
    """What an identifier is. ``MEDICAL_RECORD`` is the hospital's own number (no. RM)."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"  # the id by which WhatsApp names somebody whose number we are not told
    EMAIL = "email"
    NIK = "nik"
    BPJS = "bpjs"
    MEDICAL_RECORD = "medical_record"

    @classmethod
    def on_whatsapp(cls, address: str) -> IdentifierKind:
        """As what somebody's address on WhatsApp is known: their number, or the id of who shows none."""
        return cls.PHONE if address.startswith("+") else cls.WHATSAPP


ON_WHATSAPP = (IdentifierKind.PHONE.value, IdentifierKind.WHATSAPP.value)


class Complainant(Model):
    """A person who complained. Somebody anonymous has no row at all."""

    __tablename__ = "complainants"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)

    identifiers: Mapped[list[Identifier]] = relationship(
        back_populates="complainant", order_by="Identifier.id"
    )

    def first_of(self, kind: IdentifierKind) -> str | None:
        """The identifier of *kind* that was given first, normalised."""
        return next((known.value for known in self.identifiers if known.kind == kind), None)

    @property
    def phone(self) -> str | None:
        """The telephone number, E.164."""
        return self.first_of(IdentifierKind.PHONE)

    @property
    def email(self) -> str | None:
        """The email address, lower case."""
        return self.first_of(IdentifierKind.EMAIL)


class Identifier(Model):
    """One number or address of a person, normalised. Not unique: a family shares a telephone.

    *undeliverable_at*: what we sent there came back for good, for *undeliverable_reason*, and nothing has come from
    there since.
    """

    __tablename__ = "identifiers"
    __table_args__ = (
        UniqueConstraint("complainant_id", "kind", "value"),
        Index("ix_identifiers_kind_value", "kind", "value"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    complainant_id: Mapped[int] = mapped_column(ForeignKey("complainants.id"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(190))
    undeliverable_at: Mapped[datetime | None] = mapped_column(Moment)
    undeliverable_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Moment)

    complainant: Mapped[Complainant] = relationship(back_populates="identifiers")
