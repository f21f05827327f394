"""The one organisation of this installation: its name, zone and promises that are not deadlines."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import has_app_context
from sqlalchemy import false, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.audit import trail
from helpdesk.lib.database import Model, Moment, db
from helpdesk.lib.present import present
from helpdesk.lib.remembered import remembered
from helpdesk.lib.storage import NAMES_A_FILE

EVERYWHERE = "119"  # https://www.kemkes.go.id: Public Safety Center


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
    # Where the complaint desk is, and when
    desk_id: Mapped[str] = mapped_column(String(200), default="")
    desk_en: Mapped[str] = mapped_column(String(200), default="")
    signatory_name: Mapped[str] = mapped_column(String(120), default="")
    signatory_title: Mapped[str] = mapped_column(String(120), default="")
    signatory_number: Mapped[str] = mapped_column(String(40), default="")  # NIP, or a staff number
    parent: Mapped[str] = mapped_column(String(160), default="")  # the body above, on letters
    logo_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    letter_code: Mapped[str] = mapped_column(String(20), default="")  # classification, HM.02
    letter_initials: Mapped[str] = mapped_column(String(20), default="")  # RSIA-SR
    shows_figures: Mapped[bool] = mapped_column(Boolean, default=False)  # to the public
    # administrators and supervisors must sign in with a second factor
    requires_second_factor: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default=false()
    )
    board_key: Mapped[str] = mapped_column(String(43), default="")  # opens the wallboard; '' none
    idle_minutes: Mapped[int] = mapped_column(SmallInteger, default=30)
    reopen_days: Mapped[int] = mapped_column(SmallInteger, default=30)
    # Personal data of ended complaints are deleted after so many years (None: kept), from that moment on
    keep_years: Mapped[int | None] = mapped_column(SmallInteger)
    keep_years_from: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which letters are dated and a day begins."""
        return ZoneInfo(self.zone)


def organisation() -> Organisation | None:
    """The organisation as of the beginning of the request; None before ``flask setup``.

    A copy that belongs to no session, for reading only: it outlives the beginning of a unit of work, and a page
    does not pay for a tracked row that it never changes.
    """
    here = present()
    if "organisation" not in here:
        if not has_app_context():
            return None
        kept = remembered("organisation", trail.edition(), _read, even_in_unit=True)
        found = kept or _read()  # setup writes the row before it notes anything
        if found is None:
            return None
        here["organisation"] = found
    present_one: Organisation | None = here["organisation"]
    return present_one


def house_name() -> str:
    """What the organisation is called; the product's own name before ``flask setup``."""
    here = organisation()
    return here.name if here else "Tanggap"


def number_prefix() -> str:
    """What the numbers of tickets begin with."""
    here = organisation()
    return here.number_prefix if here else "KLH"


def _read() -> Organisation | None:
    row = db.session.execute(_THE_ROW).one_or_none()
    return Organisation(**row._mapping) if row else None


_THE_ROW = select(*Organisation.__table__.columns).where(Organisation.id == 1)


def local_zone() -> ZoneInfo:
    """The organisation's zone; WIB before setup."""
    here = organisation()
    return here.timezone if here else ZoneInfo("Asia/Jakarta")


def whom_to_call(language: str) -> str:
    """What to do in an emergency, then the numbers, on one line: *Langsung ke IGD atau telepon 119 / 0751 118*."""
    here = organisation()
    steps = (getattr(here, f"emergency_{language}", "") or here.emergency_id) if here else ""
    phone = here.emergency_phone if here else ""
    numbers = (
        phone if phone.startswith(EVERYWHERE) else " / ".join(filter(None, (EVERYWHERE, phone)))
    )
    return f"{steps.strip()} {numbers}".strip()
