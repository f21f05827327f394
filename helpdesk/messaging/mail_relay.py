"""The server through which our email goes out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.lib.database import LongText, Model, Moment


class MailRelay(Model):
    """The one SMTP relay of the house; without it, or while it is not active, email goes to files.

    *security* and *login* are the words of a mailbox (``tls``, ``starttls``, ``none``; ``password``, ``xoauth2``,
    or empty: no sign-in), *secret* is sealed JSON. *takes_tags*: the domain delivers ``keluhan+tag@…`` to
    ``keluhan@…``, so that a reply finds its ticket by its address alone. The two caps are on automatic mail to
    complainants.
    """

    __tablename__ = "mail_relays"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    from_address: Mapped[str] = mapped_column(String(190))
    from_name: Mapped[str] = mapped_column(String(120), default="")
    reply_to: Mapped[str] = mapped_column(String(190), default="")
    takes_tags: Mapped[bool] = mapped_column(Boolean, default=False)
    host: Mapped[str] = mapped_column(String(190))
    port: Mapped[int] = mapped_column(Integer)
    security: Mapped[str] = mapped_column(String(10))
    username: Mapped[str] = mapped_column(String(190), default="")
    login: Mapped[str] = mapped_column(String(10), default="")
    secret: Mapped[str] = mapped_column(LongText())
    connections: Mapped[int] = mapped_column(SmallInteger, default=2)
    per_minute: Mapped[int] = mapped_column(Integer, default=120)
    per_address_and_day: Mapped[int] = mapped_column(Integer, default=20)
    per_ticket_and_hour: Mapped[int] = mapped_column(Integer, default=6)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)
