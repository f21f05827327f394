"""Our own addresses: to which of them a mail was written, and what that says about it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select

from helpdesk.intake.mailbox import Mailbox, MailRoute
from helpdesk.lib.database import db
from helpdesk.lib.mail.addresses import untagged
from helpdesk.messaging.relay import own_addresses

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def received_at() -> list[str]:
    """Every address at which we take mail; ``messaging.relay`` is told of them when the application is made."""
    return [
        *db.session.scalars(select(Mailbox.address)),
        *db.session.scalars(select(MailRoute.address)),
    ]


def is_address(text: str) -> bool:
    """Does *text* look like one whole email address?"""
    return _ADDRESS.fullmatch(text) is not None


def written_to(recipients: Iterable[str], mailbox_id: int | None) -> str:
    """The one of our addresses that a mail was written to; of its mailbox when it names none (a blind copy)."""
    ours = own_addresses()
    named = next((plain for one in recipients if (plain := untagged(one)) in ours), "")
    if named or mailbox_id is None:
        return named
    return db.session.scalar(select(Mailbox.address).where(Mailbox.id == mailbox_id)) or ""


def route_of(recipients: Iterable[str]) -> MailRoute | None:
    """What the first of the *recipients* that stands for a unit or category stands for."""
    plain = [untagged(one) for one in recipients]
    if not plain:
        return None
    routes = db.session.scalars(select(MailRoute).where(MailRoute.address.in_(plain))).all()
    return min(routes, key=lambda route: plain.index(route.address.lower()), default=None)
