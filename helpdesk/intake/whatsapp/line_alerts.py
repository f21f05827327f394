"""Administrators hear when nothing has got through to WhatsApp for a while, and when it does again: once each."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk.accounts.roles import Role
from helpdesk.intake.notices import occasion_of, tell_of_channel, was_told
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.lines import LINE_ID
from helpdesk.tickets.hearers import holders_of

JOB = "watch WhatsApp"
UNREACHABLE = "whatsapp_unreachable"
RECOVERED = "whatsapp_recovered"
TOLD_AFTER = timedelta(minutes=10)  # shorter troubles pass before anybody could do anything


def watch(at: datetime) -> None:
    """The job: tell what there is to tell about the number at the moment *at*."""
    unit_of_work(lambda: _watch(at))


def _watch(at: datetime) -> None:
    found = db.session.get(WhatsAppLine, LINE_ID)
    if found is None or found.failing_since is None:
        return
    line = db.session.get_one(WhatsAppLine, LINE_ID, with_for_update=True, populate_existing=True)
    since = line.failing_since
    if since is None:
        return
    is_over = not line.error or not line.is_active
    if is_over and was_told(UNREACHABLE, since) and line.is_active:
        _tell(RECOVERED, line, since)
    elif not is_over and at - since >= TOLD_AFTER:
        _tell(UNREACHABLE, line, since)
    if is_over:
        line.failing_since = None


def _tell(event: str, line: WhatsAppLine, since: datetime) -> None:
    tell_of_channel(
        holders_of(Role.ADMIN),
        event,
        occasion=occasion_of(event, since),
        subject=("whatsapp_line", LINE_ID),
        since=since,
        path="/admin/whatsapp",
        line=line.display_number,
    )
