"""Administrators hear when nothing has got through to WhatsApp for a while, and when it does again: once each."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk.accounts.roles import Role
from helpdesk.intake.notices import tell_of_channel
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
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
    if is_over and _was_told(since) and line.is_active:
        _tell(RECOVERED, line, since)
    elif not is_over and at - since >= TOLD_AFTER:
        _tell(UNREACHABLE, line, since)
    if is_over:
        line.failing_since = None


def _was_told(since: datetime) -> bool:
    told = OutboxMessage.dedupe_key.startswith(f"{_occasion(UNREACHABLE, since)}/")
    return db.session.scalar(select(OutboxMessage.id).where(told).limit(1)) is not None


def _tell(event: str, line: WhatsAppLine, since: datetime) -> None:
    tell_of_channel(
        holders_of(Role.ADMIN),
        event,
        occasion=_occasion(event, since),
        subject=("whatsapp_line", LINE_ID),
        since=since,
        path="/admin/whatsapp",
        line=line.display_number,
    )


def _occasion(event: str, since: datetime) -> str:
    return f"{event}/{since:%Y%m%dT%H%M%S}"
