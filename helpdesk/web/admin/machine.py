"""The machine under the house: its disks, its database, its backups and its clock, part by part."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from config import Settings
from helpdesk.accounts import public_certificate
from helpdesk.accounts.organisation import organisation
from helpdesk.backup import record
from helpdesk.backup.record import BackupRun, Occasion, Outcome
from helpdesk.lib import clock_watch
from helpdesk.lib.database import db
from helpdesk.lib.engine_facts import engine_facts
from helpdesk.lib.schema import Fit, schema_state
from helpdesk.lib.settings import current_settings
from helpdesk.tickets.records import TicketEvent
from helpdesk.web.admin.part import Part
from helpdesk.web.filters import (
    clock_time,
    duration,
    filesize,
    moment,
    moment_short,
    number,
    percent,
)

LEAST_FREE_SHARE = 0.10
LEAST_FREE_BYTES = 1_000_000_000
BACKUP_EVERY = timedelta(hours=36)  # a night may be missed by half a day before it is said aloud
SLOW_PING = 1.0  # seconds for a question about the database itself
CLOCKS_AGREE_WITHIN = timedelta(seconds=5)
JUMPS_SHOWN_FOR = timedelta(days=1)
FUTURE_FROM = timedelta(minutes=1)
RENEW_WITHIN = timedelta(days=14)  # time enough for somebody to be on leave


def parts_of_machine(at: datetime) -> Iterator[Part]:
    """Every part of the machine at the moment *at*."""
    settings = current_settings()
    yield _backup(at, settings)
    yield _disk(_("Disk"), settings.instance_path)
    if _device(settings.backup_dir) not in (None, _device(settings.instance_path)):
        yield _disk(_("Disk of the backups"), settings.backup_dir)
    yield _database()
    yield _clock(at)
    yield _certificate(at, settings)


def _backup(at: datetime, settings: Settings) -> Part:
    good, tried = record.newest_good_and_tried()
    last = _told(good, at) if good else _("None yet")
    if tried is not None and (good is None or tried.started_at > good.started_at):
        if tried.outcome == Outcome.FAILED or tried.seems_dead(at):
            return _bad_backup(_("Failed"), last, _failure(tried))
        if tried.is_unreadable:
            return _bad_backup(_("Not readable"), last, _what_was_read(tried))
        if tried.outcome == Outcome.INCOMPLETE:
            lost = ngettext("%(num)d file lost", "%(num)d files lost", tried.missing_files)
            advice = _("Run: flask check files. An older backup may still have them.")
            return _bad_backup(lost, last, advice)
    if tried is not None and tried.is_left_unread(at):
        advice = _("It was made, but nobody could read it to its end. Is the worker running?")
        return _bad_backup(_("Not read back"), last, advice)
    if not settings.backup_nightly:
        return Part(_("Backup"), "disk", True, _("Not by Tanggap"), last, is_known=False)
    here = organisation()
    since = (good.ended_at if good else None) or (here.created_at if here else at)
    if at - since > BACKUP_EVERY:
        advice = _("Is the worker running? Make one by hand meanwhile: flask backup DIR")
        return _bad_backup(duration(at - since, short=True) if good else _("None"), last, advice)
    return Part(_("Backup"), "disk", True, _("In order"), last)


def _bad_backup(state: str, last: str, advice: str) -> Part:
    return Part(_("Backup"), "disk", False, state, last, advice)


def _told(run: BackupRun, at: datetime) -> str:
    """When it was made, what it weighs, how long it took."""
    took = _length(run.took.total_seconds()) if run.took else ""
    return " · ".join(filter(None, (moment_short(run.ended_at, at), filesize(run.size), took)))


def _what_was_read(run: BackupRun) -> str:
    fault = run.reading.fault if run.reading else ""
    return " ".join(
        (
            _("Reading it back found: %(fault)s.", fault=fault),
            _("Older ones are kept. Look at its disk, then make a new one below."),
        )
    )


def _failure(run: BackupRun) -> str:
    if run.occasion == Occasion.ASKED:
        why = _("It said: %(fault)s.", fault=run.fault) if run.fault else _("It was cut off.")
        return " ".join((why, _("Ask for it again below.")))
    if not run.fault:
        return str(_("It was cut off. The worker tries again by itself."))
    return str(_("It said: %(fault)s. The worker tries again every hour.", fault=run.fault))


def _disk(name: str, place: Path) -> Part:
    usage = shutil.disk_usage(place)
    is_well = usage.free >= max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total)
    return Part(
        name,
        "disk",
        is_well,
        _("%(share)s used", share=percent(1 - usage.free / usage.total, 0)),
        _("%(size)s free", size=filesize(usage.free)),
        _("Make room: without it no complaint with a photo can be taken."),
    )


def _device(place: Path) -> int | None:
    return place.stat().st_dev if place.exists() else None


def _database() -> Part:
    before = time.perf_counter()
    facts = engine_facts()  # a small question, and a useful one
    ping = time.perf_counter() - before
    schema = schema_state()
    fits = schema.fit is Fit.SAME
    return Part(
        _("Database"),
        "box",
        fits and ping < SLOW_PING,
        (_("In order") if ping < SLOW_PING else _("Slow")) if fits else _("Another schema"),
        f"{facts.name} {facts.version} · {filesize(facts.size)} · "
        + _("answers in %(ms)s ms", ms=number(ping * 1000, 1)),
        _("It is slow to answer: look at the load of its machine and its disk.")
        if fits
        else _advice_on(schema.fit),
    )


def _advice_on(fit: Fit) -> str:
    if fit is Fit.OLDER:
        return str(_("It is older than this program. Stop web and worker, and run: make upgrade"))
    return str(_("It is newer than this program. Install the newer program again."))


def _clock(at: datetime) -> Part:
    """Wrong by the database's clock, by a jump noticed lately, or by an entry from the future."""
    ahead = clock_watch.ahead_of_database()
    trouble = _disagreement(ahead) or _jump(at) or _future(at)
    last = clock_time(at)
    if ahead is not None:
        seconds = number(abs(ahead.total_seconds()), 1)
        last += " · " + _("%(seconds)s seconds from the database", seconds=seconds)
    return Part(
        _("Clock and time zone"),
        "clock",
        not trouble,
        _("Wrong") if trouble else _("In order"),
        last,
        trouble
        + " "
        + _("Switch on time synchronisation (timedatectl set-ntp true), then: flask check clocks"),
    )


def _certificate(at: datetime, settings: Settings) -> Part:
    """How long browsers still accept the public address, as far as the worker could see."""
    name, until = _("HTTPS certificate"), public_certificate.known_until()
    if not public_certificate.is_https():
        why = _("The address has no https: %(address)s", address=settings.base_url)
        return Part(name, "lock", True, _("Not checked"), why, is_known=False)
    if until is None:
        why = _("Not yet reached from this machine: %(address)s", address=settings.base_url)
        return Part(name, "lock", True, _("Not checked"), why, is_known=False)
    left = until - at
    return Part(
        name,
        "lock",
        left >= RENEW_WITHIN,
        _("%(time)s left", time=duration(left)) if left > timedelta() else _("Expired"),
        _("Valid until %(day)s", day=moment(until)),
        _(
            "Renew it, and let the web server load the new one: after that day browsers warn every visitor."
        ),
    )


def _disagreement(ahead: timedelta | None) -> str:
    if ahead is None or abs(ahead) <= CLOCKS_AGREE_WITHIN:
        return ""
    return str(
        _(
            "This machine and the database's disagree by %(time)s.",
            time=_length(ahead.total_seconds()),
        )
    )


def _jump(at: datetime) -> str:
    jump = clock_watch.newest_jump(at - JUMPS_SHOWN_FOR)
    if jump is None:
        return ""
    words = {"time": moment_short(jump.noticed_at, at), "length": _length(jump.seconds)}
    if jump.seconds > 0:
        return str(_("%(time)s: the clock was set forward by %(length)s.", **words))
    return str(_("%(time)s: the clock was set back by %(length)s.", **words))


def _future(at: datetime) -> str:
    newest = select(TicketEvent.recorded_at).order_by(TicketEvent.id.desc()).limit(1)
    recorded_at = db.session.scalar(newest)
    if recorded_at is None or recorded_at - at <= FUTURE_FROM:
        return ""
    return str(
        _(
            "The newest entry of a complaint lies %(time)s in the future.",
            time=_length((recorded_at - at).total_seconds()),
        )
    )


def _length(seconds: float) -> str:
    if abs(seconds) < 60:
        whole = max(1, round(abs(seconds)))
        return str(ngettext("%(num)d second", "%(num)d seconds", whole))
    return duration(abs(seconds))
