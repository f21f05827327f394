"""The one organisation of this installation: its name, zone and promises that are not deadlines."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g, has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, SmallInteger, String

from helpdesk.lib.database import Model, Moment, db


class Organisation(Model):
    """One row, id 1. Printed on letters and shown on every public page."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    subtitle_id: Mapped[str] = mapped_column(String(120), default="Layanan pengaduan")
    subtitle_en: Mapped[str] = mapped_column(String(120), default="Complaint service")
    number_prefix: Mapped[str] = mapped_column(String(8), default="KLH")
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Jakarta")
    address: Mapped[str] = mapped_column(String(300), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    whatsapp: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(190), default="")
    website: Mapped[str] = mapped_column(String(190), default="")
    emergency_phone: Mapped[str] = mapped_column(String(40), default="")
    emergency_id: Mapped[str] = mapped_column(String(200), default="")
    emergency_en: Mapped[str] = mapped_column(String(200), default="")
    desk_id: Mapped[str] = mapped_column(
        String(200), default=""
    )  # where the complaint desk is, and when
    desk_en: Mapped[str] = mapped_column(String(200), default="")
    signatory_name: Mapped[str] = mapped_column(String(120), default="")
    signatory_title: Mapped[str] = mapped_column(String(120), default="")
    idle_minutes: Mapped[int] = mapped_column(SmallInteger, default=30)
    reopen_days: Mapped[int] = mapped_column(SmallInteger, default=30)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which letters are dated and a day begins."""
        return ZoneInfo(self.zone)


def organisation() -> Organisation | None:
    """The organisation, read once per request; None before ``flask setup``.

    A copy that belongs to no session, for reading only: it outlives the beginning of a unit of work, and a page
    does not pay for a tracked row that it never changes.
    """
    if not has_app_context():
        return None
    kept: Organisation | None = g.get("organisation")
    if kept is None:
        row = db.session.execute(_THE_ROW).one_or_none()
        if row is None:
            return None
        kept = g.organisation = Organisation(**row._mapping)
    return kept


_THE_ROW = select(*Organisation.__table__.columns).where(Organisation.id == 1)


def local_zone() -> ZoneInfo:
    """The organisation's zone; WIB before setup."""
    here = organisation()
    return here.timezone if here else ZoneInfo("Asia/Jakarta")
