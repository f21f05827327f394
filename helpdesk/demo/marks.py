"""The two entries of the audit trail by which a demo is known.

The very first entry says that this database was begun as a demo, ``demo_loaded`` that it is complete.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db
from helpdesk.tickets.ticket import Ticket

BEGUN, LOADED = "demo_begun", "demo_loaded"


class NotADemo(Exception):
    """The database holds something that is no demo; it is left alone."""


def is_demo() -> bool:
    """Was this database begun as a demo?"""
    first = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id).limit(1)).first()
    return first == BEGUN


def is_loaded() -> bool:
    """Is the demo there, and complete?"""
    found = select(AuditEntry.id).where(AuditEntry.act == LOADED).limit(1)
    return is_demo() and db.session.scalar(found) is not None


def refuse_what_is_no_demo() -> None:
    """Raise NotADemo when somebody has set up, signed up or complained here."""
    if is_demo():
        return
    for table in (Organisation, User, Ticket, AuditEntry):
        if db.session.scalar(select(func.count()).select_from(table)):
            raise NotADemo("This database is in use and is no demo. Choose an empty one.")


def mark(act: str, details: dict[str, Any] | None = None) -> None:
    """Write one of the two entries, in the caller's unit of work."""
    trail.record(act, by=Actor.system("Demo"), subject=("organisation", 1), details=details)
