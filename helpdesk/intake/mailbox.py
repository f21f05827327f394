"""The mailboxes that are fetched, and which address stands for which unit or category."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger, Boolean, Integer, String

from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import LongText, Model, Moment


class Mailbox(Claimable, Model):
    """One IMAP mailbox. *secret* is sealed JSON: a password, or what XOAUTH2 needs to renew its token.

    *look_at* is when it is fetched next, NULL while it is not active; the lease is of the one worker that fetches it.
    *uid_validity* and *read_up_to* are the server's UIDVALIDITY and the highest UID up to which everything was stored;
    both NULL before the first fetch, and up to 2^32 - 1 (RFC 3501 §2.3.1.1).

    *move_to* is the folder in which stored messages are put; empty: they are only marked as seen. *authserv_id* is
    the name under which the receiving server reports SPF, DKIM and DMARC; empty: nobody is believed. *error* is the
    newest failure, a code and what the server said; *failing_since* is the first of the failures that have not ended
    yet, *alerted_at* when administrators were told of them.
    """

    __tablename__ = "mailboxes"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    address: Mapped[str] = mapped_column(String(190), unique=True)
    host: Mapped[str] = mapped_column(String(190))
    port: Mapped[int] = mapped_column(Integer)
    security: Mapped[str] = mapped_column(String(10))
    username: Mapped[str] = mapped_column(String(190))
    login: Mapped[str] = mapped_column(String(10))
    secret: Mapped[str] = mapped_column(LongText())
    folder: Mapped[str] = mapped_column(String(120), default="INBOX")
    move_to: Mapped[str] = mapped_column(String(120), default="")
    authserv_id: Mapped[str] = mapped_column(String(190), default="")
    alert_after_minutes: Mapped[int] = mapped_column(Integer, default=30)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    fetched_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(String(500), default="")
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    alerted_at: Mapped[datetime | None] = mapped_column(Moment)
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)
    read_up_to: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)


class MailRoute(Model):
    """What is written to *address* concerns this category, or this unit, until triage says otherwise."""

    __tablename__ = "mail_routes"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    address: Mapped[str] = mapped_column(String(190), unique=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    version: Mapped[int] = mapped_column(Integer, default=1)
