"""Is everything well? Each part says how it is, so that the page only has to show it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from config import Settings
from helpdesk.audit import trail
from helpdesk.lib import heartbeats
from helpdesk.lib.engine_facts import engine_facts
from helpdesk.lib.heartbeats import JobBeat
from helpdesk.messaging import outbox
from helpdesk.web.filters import ago, clock_time, filesize, number, percent, zone_name

SILENT_AFTER = timedelta(minutes=5)  # the longest a healthy job may be quiet beyond its own rhythm
LEAST_FREE_SHARE = 0.10
LEAST_FREE_BYTES = 1_000_000_000
ENTRIES_CHECKED = 500  # the rest is proved by ``flask check audit``


@dataclass(frozen=True)
class Part:
    """One line of the page. *advice* is what to do, and only there when *is_well* is not."""

    name: str
    picture: str
    is_well: bool
    state: str
    last: str = ""
    advice: str = ""
    endpoint: str = ""


def all_parts(at: datetime) -> list[Part]:
    """Every part at the moment *at*, what is not well first."""
    parts = [*_jobs(at), _outbox(at), _disk(), _database(), _audit(), _clock(at)]
    return sorted(parts, key=lambda part: part.is_well)


def _jobs(at: datetime) -> Iterator[Part]:
    """The worker as a whole, and each job that failed."""
    from helpdesk.worker import JOBS  # brings the scheduler along, which web processes do not need

    beats = {beat.job: beat for beat in heartbeats.all_beats()}
    silent = [
        job.name
        for job in JOBS
        if (beat := beats.get(job.name)) is None
        or at - beat.last_started_at > job.every + SILENT_AFTER
    ]
    newest = max((beat.last_started_at for beat in beats.values()), default=None)
    yield Part(
        _("Background worker"),
        "beat",
        not silent,
        _("Silent") if silent else _("Well"),
        _("Last heard %(time)s", time=ago(newest, at)) if newest else _("Never heard"),
        _("Start the worker, or look at its log: %(jobs)s.", jobs=", ".join(silent)),
    )
    yield from (_failing(beat, at) for beat in beats.values() if beat.is_failing)


def _failing(beat: JobBeat, at: datetime) -> Part:
    return Part(
        _("Job: %(name)s", name=beat.job),
        "alert",
        False,
        _("Failing"),
        _("Last well %(time)s", time=ago(beat.last_ok_at, at)) if beat.last_ok_at else "",
        beat.last_error,
    )


def _outbox(at: datetime) -> Part:
    state = outbox.state_of_outbox(at)
    troubled = state.late + state.failed
    return Part(
        _("Outgoing messages"),
        "send",
        state.is_well,
        _("Well") if state.is_well else ngettext("%(num)d stuck", "%(num)d stuck", troubled),
        _("%(waiting)s waiting, %(failed)s failed", waiting=state.waiting, failed=state.failed),
        _("Look at the messages and at what the sender said."),
        "admin.outbox_list",
    )


def _disk() -> Part:
    settings: Settings = current_app.extensions["settings"]
    usage = shutil.disk_usage(settings.instance_path)
    is_well = usage.free >= max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total)
    return Part(
        _("Disk"),
        "disk",
        is_well,
        _("%(share)s used", share=percent(1 - usage.free / usage.total, 0)),
        _("%(size)s free", size=filesize(usage.free)),
        _("Make room: without it no complaint with a photo can be taken."),
    )


def _database() -> Part:
    facts = engine_facts()
    size = filesize(facts.size)
    return Part(_("Database"), "box", True, _("Well"), f"{facts.name} {facts.version} · {size}")


def _audit() -> Part:
    broken = next(trail.broken_links(newest=ENTRIES_CHECKED), "")
    return Part(
        _("Audit trail"),
        "lock",
        not broken,
        _("Altered") if broken else _("Whole"),
        _("The newest %(count)s entries checked", count=number(ENTRIES_CHECKED)),
        _("Somebody changed the trail in the database. Run: flask check audit"),
        "admin.audit_trail",
    )


def _clock(at: datetime) -> Part:
    return Part(_("Clock and time zone"), "clock", True, zone_name(at), clock_time(at))
