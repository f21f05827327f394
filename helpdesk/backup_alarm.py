"""Floor 6: administrators hear of a backup that could not be read back, by message, once for each."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.accounts.roles import Role
from helpdesk.backup import read_back
from helpdesk.backup.record import BackupRun
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging import outbox
from helpdesk.tickets.hearers import holders_of
from helpdesk.tickets.newest import newest_number

EVENT = "backup_unreadable"


def read_back_when_due(at: datetime) -> None:
    """The worker's turn: read back what was made, and tell of it when it cannot be."""
    read_back.read_back_when_due(at, newest=newest_number, when_unreadable=tell_unreadable)


def tell_unreadable(run: BackupRun) -> None:
    """Queue one message to each administrator, in the caller's unit of work."""
    here, zone = organisation(), local_zone()
    base: str = current_app.extensions["settings"].base_url
    for user in holders_of(Role.ADMIN):
        said = {
            "organisation": here.name if here else "Tanggap",
            "made": moment_in_words(run.started_at, zone, user.locale),
            "link": f"{base}/admin/",
        }
        outbox.queue_for(
            user, EVENT, occasion=f"{EVENT}/{run.id}", subject=("backup", run.id), values=said
        )
