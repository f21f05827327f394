"""The figures by which a machine sees how the house is doing. Counts and seconds only: nobody is in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from helpdesk.backup import record
from helpdesk.intake import inbox, mailboxes
from helpdesk.lib import heartbeats
from helpdesk.lib.database import db
from helpdesk.lib.schema import Fit, schema_state
from helpdesk.lib.settings import current_settings
from helpdesk.messaging import backlog
from helpdesk.messaging.whatsapp import lines
from helpdesk.tickets.escalating import longest_overlooked
from helpdesk.tickets.ticket import Ticket


@dataclass(frozen=True)
class Sign:
    """One figure at one moment, with the words that explain it and the labels that tell it apart."""

    name: str
    meaning: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def vital_signs(at: datetime) -> Iterator[Sign]:
    """Every figure at *at*. Raises DBAPIError when the database does not answer."""
    yield from _messages(at)
    yield from _mail(at)
    yield from _whatsapp(at)
    yield from _jobs(at)
    overlooked = longest_overlooked(at).total_seconds()
    yield Sign(
        "clock_lag_seconds",
        "How long the longest overlooked deadline waits for the sweep",
        overlooked,
    )
    open_tickets = select(func.count()).where(Ticket.is_open)
    yield Sign(
        "open_tickets", "Complaints that are not closed", db.session.scalar(open_tickets) or 0
    )
    settings = current_settings()
    free = shutil.disk_usage(settings.instance_path).free
    yield Sign("disk_free_bytes", "Room left where the database and the files lie", free)
    yield from _backup(at)
    fits = schema_state().fit is Fit.SAME
    yield Sign(
        "schema_fits", "1 when the schema is the one this program was written for", float(fits)
    )


def _messages(at: datetime) -> Iterator[Sign]:
    state = backlog.state_of_outbox(at)
    late_for = max(0.0, _seconds(at, state.oldest_due_at or at))
    yield Sign("outbox_waiting", "Messages still to be sent", state.waiting)
    yield Sign(
        "outbox_failed",
        "Messages of the last 7 days that failed for good and were not sent again",
        state.failed,
    )
    yield Sign("outbox_oldest_seconds", "How long the oldest waiting message is overdue", late_for)


def _mail(at: datetime) -> Iterator[Sign]:
    """What came in, and each mailbox that is fetched, by its address: a part of the house, not a person."""
    state = inbox.state_of_inbox()
    waits_for = _seconds(at, state.oldest_at or at)
    yield Sign("inbox_waiting", "Incoming messages still to be understood", state.waiting)
    yield Sign("inbox_oldest_seconds", "How long the oldest of them waits", waits_for)
    yield Sign("inbox_quarantined", "Incoming messages that wait for a person", state.quarantined)
    for mailbox in mailboxes.health_of_mailboxes():
        if not mailbox.is_active:
            continue
        labels = {"mailbox": mailbox.address}
        failing = float(mailbox.failing_since is not None)
        yield Sign("mailbox_failing", "1 while the mailbox cannot be read", failing, labels)
        if mailbox.fetched_at is not None:
            age = _seconds(at, mailbox.fetched_at)
            yield Sign(
                "mailbox_fetched_seconds", "Seconds since the mailbox was last read", age, labels
            )


def _whatsapp(at: datetime) -> Iterator[Sign]:
    """Whether our number can be used; nothing where there is none."""
    line = lines.active_line()
    if line is None:
        return
    yield Sign(
        "whatsapp_failing", "1 while nothing gets through to WhatsApp", float(bool(line.error))
    )
    if line.heard_at is not None:
        age = _seconds(at, line.heard_at)
        yield Sign("whatsapp_heard_seconds", "Seconds since WhatsApp was last heard", age)


def _jobs(at: datetime) -> Iterator[Sign]:
    for beat in heartbeats.all_beats():
        labels = {"job": beat.job}
        began = _seconds(at, beat.last_started_at)
        yield Sign("job_started_seconds", "Seconds since the job last began", began, labels)
        failing = float(beat.is_failing)
        yield Sign(
            "job_failing", "1 when the last run of the job ended in a fault", failing, labels
        )


def _backup(at: datetime) -> Iterator[Sign]:
    """Nothing at all when there is none: an alert for it asks for the absence."""
    good, tried = record.newest_good_and_tried()
    if good is not None and good.ended_at is not None:
        age = _seconds(at, good.ended_at)
        yield Sign("backup_age_seconds", "Seconds since the last whole backup was finished", age)
        yield Sign("backup_bytes", "What the last whole backup weighs", good.size or 0)
        if good.reading is not None and good.reading.is_well:
            age = _seconds(at, good.reading.at)
            yield Sign(
                "backup_read_back_seconds", "Seconds since the last whole backup was read back", age
            )
    if tried is not None:
        is_lost = float(tried.is_unreadable)
        yield Sign("backup_unreadable", "1 when the last backup could not be read back", is_lost)


def _seconds(at: datetime, before: datetime) -> float:
    return (at - before).total_seconds()
