"""Administrators hear when a mailbox has not been readable for a while, and when it is again: once each."""

from __future__ import annotations

from datetime import datetime

from helpdesk.accounts.roles import Role
from helpdesk.intake.mailbox import Mailbox
from helpdesk.intake.notices import occasion_of, tell_of_channel
from helpdesk.tickets.hearers import holders_of

UNREADABLE = "mailbox_unreadable"
RECOVERED = "mailbox_recovered"


def tell(event: str, mailbox: Mailbox, since: datetime) -> None:
    """Queue the *event* of the trouble that began at *since* to each administrator, in the caller's unit of work."""
    tell_of_channel(
        holders_of(Role.ADMIN),
        event,
        occasion=occasion_of(f"{event}/{mailbox.id}", since),
        subject=("mailbox", mailbox.id),
        since=since,
        path="/admin/",
        mailbox=mailbox.address,
        trouble=mailbox.error.partition(" ")[0] or "unexpected",
    )
