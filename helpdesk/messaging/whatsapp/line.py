"""The WhatsApp number of the house."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.lib.database import LongText, Model, Moment


class WhatsAppLine(Model):
    """The one number under which we are reached on WhatsApp; without it, or inactive, messages go to files.

    *phone_number_id* and *account_id* are the provider's names of the number and of the business account that owns
    it, *display_number* is E.164. *secret* is sealed JSON: ``app_secret`` (signs what comes in), ``access_token``
    (opens the way out), ``verify_token`` (proves the webhook at set-up). *graph_url* is the provider's address,
    *graph_version* such as ``v23.0``. *emergency_contact* is told first to whoever describes an emergency.
    *per_second* is the throughput that we use, *unread_after_hours* the time after which an important message that
    nobody read takes another road.

    *heard_at* is the last POST with a good signature; *refused_at* and *refused_count* tell of those with a bad one.
    """

    __tablename__ = "whatsapp_lines"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    phone_number_id: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[str] = mapped_column(String(40), default="")
    display_number: Mapped[str] = mapped_column(String(30))
    secret: Mapped[str] = mapped_column(LongText())
    graph_url: Mapped[str] = mapped_column(String(190))
    graph_version: Mapped[str] = mapped_column(String(10))
    emergency_contact: Mapped[str] = mapped_column(String(200), default="")
    connections: Mapped[int] = mapped_column(SmallInteger, default=2)
    per_second: Mapped[int] = mapped_column(SmallInteger, default=20)
    unread_after_hours: Mapped[int] = mapped_column(SmallInteger, default=24)
    heard_at: Mapped[datetime | None] = mapped_column(Moment)
    refused_count: Mapped[int] = mapped_column(Integer, default=0)
    refused_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(String(500), default="")
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    quality: Mapped[str] = mapped_column(String(20), default="")
    quality_at: Mapped[datetime | None] = mapped_column(Moment)
    synced_at: Mapped[datetime | None] = mapped_column(Moment)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)
