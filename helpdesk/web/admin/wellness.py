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

SILENT_AFTER = timedelta(minutes=5)  # a healthy worker begins some job every few seconds
STUCK_AFTER = timedelta(minutes=30)  # no job of the house takes nearly as long
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
    """The worker as a whole, and each job that failed or does not come to an end."""
    beats = heartbeats.all_beats()
    newest = max((beat.last_started_at for beat in beats), default=None)
    is_silent = newest is None or at - newest > SILENT_AFTER
    yield Part(
        _("Background worker"),
        "beat",
        not is_silent,
        _("Silent") if is_silent else _("Well"),
        _("Last heard %(time)s", time=ago(newest, at)) if newest else _("Never heard"),
        _("Start it (flask work), or look at its log. Until then no message leaves."),
    )
    for beat in beats:
        if beat.is_failing:
            yield _troubled(beat, at, _("Failing"), beat.last_error)
        elif _is_stuck(beat, at):
            yield _troubled(beat, at, _("Stuck"), _("Stop the worker and start it again."))


def _is_stuck(beat: JobBeat, at: datetime) -> bool:
    is_at_work = beat.last_ended_at is None or beat.last_ended_at < beat.last_started_at
    return is_at_work and at - beat.last_started_at > STUCK_AFTER


def _troubled(beat: JobBeat, at: datetime, state: str, advice: str) -> Part:
    last = _("Last well %(time)s", time=ago(beat.last_ok_at, at)) if beat.last_ok_at else ""
    return Part(_("Job: %(name)s", name=beat.job), "alert", False, state, last, advice)


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
