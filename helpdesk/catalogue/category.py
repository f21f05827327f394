"""Categories of complaint (jenis keluhan) and the places where things happen."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.lib.database import Model


class Category(Model):
    """What a complaint is about. *is_sensitive*: triage proposes restricted access (ethics, harassment, bribes).

    *needs_red_review*: a grade below merah must be explained (patient safety).
    """

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    examples_id: Mapped[str] = mapped_column(String(300), default="")
    examples_en: Mapped[str] = mapped_column(String(300), default="")
    usual_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    is_sensitive: Mapped[bool] = mapped_column(Boolean, default=False)
    needs_red_review: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class Place(Model):
    """A room or service point that the public can name; *code* stands in the link of its QR poster."""

    __tablename__ = "places"
    __table_args__ = (Index("ix_places_shown", "is_active", "position"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
