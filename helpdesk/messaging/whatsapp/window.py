"""How long somebody may be written to freely: 24 hours after their last word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import identity_at


def window_until(address: str) -> datetime | None:
    """The end of the window of whoever is at *address*; None when they never wrote to us. Reads only."""
    found = select(Contact.window_until).where(Contact.id == identity_at(address).scalar_subquery())
    return db.session.scalar(found)


def is_open(address: str, at: datetime) -> bool:
    """May they be written to freely at that moment?"""
    until = window_until(address)
    return until is not None and at < until
