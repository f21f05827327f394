"""Administrators hear when a mailbox has not been readable for a while, and when it is again: once each."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.accounts.roles import Role
from helpdesk.intake.mailbox import Mailbox
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging import outbox
from helpdesk.tickets.hearers import holders_of

UNREADABLE = "mailbox_unreadable"
RECOVERED = "mailbox_recovered"


def tell_unreadable(mailbox: Mailbox, since: datetime) -> None:
    """Queue one message to each administrator, in the caller's unit of work."""
    _tell(UNREADABLE, mailbox, since)


def tell_recovered(mailbox: Mailbox, since: datetime) -> None:
    """Say that the trouble that began at *since* is over, in the caller's unit of work."""
    _tell(RECOVERED, mailbox, since)


def _tell(event: str, mailbox: Mailbox, since: datetime) -> None:
    here, zone = organisation(), local_zone()
    base = current_app.extensions["settings"].base_url
    for user in holders_of(Role.ADMIN):
        outbox.queue_for(
            user,
            event,
            occasion=f"{event}/{mailbox.id}/{since:%Y%m%dT%H%M%S}",
            subject=("mailbox", mailbox.id),
            values={
                "organisation": here.name if here else "Tanggap",
                "mailbox": mailbox.address,
                "since": moment_in_words(since, zone, user.locale),
                "trouble": mailbox.error.partition(" ")[0] or "unexpected",
                "link": f"{base}/admin/",
            },
        )
