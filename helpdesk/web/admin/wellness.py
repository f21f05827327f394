"""Is everything well? Each part says how it is, so that the page only has to show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone
from helpdesk.audit import trail
from helpdesk.backup import nightly, on_request, read_back
from helpdesk.intake import examining
from helpdesk.lib import heartbeats
from helpdesk.lib.heartbeats import JobBeat
from helpdesk.messaging import backlog
from helpdesk.sla.listing import years_without_holidays
from helpdesk.tickets.unattended import unattended_work
from helpdesk.web.admin.machine import parts_of_machine
from helpdesk.web.admin.mail_parts import parts_of_mail
from helpdesk.web.admin.part import Part
from helpdesk.web.admin.scanner_parts import parts_of_scanner
from helpdesk.web.admin.whatsapp_parts import parts_of_whatsapp
from helpdesk.web.filters import ago, number
from helpdesk.web.filters import name as name_of
from helpdesk.web.words import WORDS

SILENT_AFTER = timedelta(minutes=5)  # a healthy worker begins some job every few seconds
STUCK_AFTER = timedelta(minutes=30)  # no job of the house takes nearly as long
HOLIDAYS_AHEAD = timedelta(days=60)  # no promise reaches further; the decree is out by then
# Backup and scanner have parts of their own, which know better how long one may take and what its faults mean.
_TOLD_APART = {nightly.JOB, on_request.JOB, read_back.JOB, examining.WATCH_JOB}
ENTRIES_CHECKED = 500  # the rest is proved by ``flask check audit``


def all_parts(at: datetime, reader: Actor) -> list[Part]:
    """Every part at the moment *at* for *reader*, what is not well first."""
    mail = parts_of_mail(at, reader)
    parts = [
        *_jobs(at),
        *mail,
        *parts_of_whatsapp(at),
        *parts_of_scanner(at),
        *_outbox(at),
        *_units(),
        *_holidays(at),
        *parts_of_machine(at),
        _audit(),
    ]
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
        _("Silent") if is_silent else _("In order"),
        _("Last heard %(time)s", time=ago(newest, at)) if newest else _("Never heard"),
        _("Start it (flask work), or look at its log. Until then no message leaves."),
    )
    for beat in beats:
        if beat.job in _TOLD_APART:
            continue
        if beat.is_failing:
            yield _troubled(beat, at, _("Failing"), beat.last_error)
        elif _is_stuck(beat, at):
            yield _troubled(beat, at, _("Stuck"), _("Stop the worker and start it again."))


def _is_stuck(beat: JobBeat, at: datetime) -> bool:
    is_at_work = beat.last_ended_at is None or beat.last_ended_at < beat.last_started_at
    return is_at_work and at - beat.last_started_at > STUCK_AFTER


def _troubled(beat: JobBeat, at: datetime, state: str, advice: str) -> Part:
    last = _("Last well %(time)s", time=ago(beat.last_ok_at, at)) if beat.last_ok_at else ""
    named = str(WORDS["job"].get(beat.job, beat.job))
    return Part(_("Job: %(name)s", name=named), "alert", False, state, last, advice)


def _outbox(at: datetime) -> Iterator[Part]:
    state = backlog.state_of_outbox(at)
    troubled = state.late + state.failed
    yield Part(
        _("Outgoing messages"),
        "send",
        state.is_well,
        _("In order") if state.is_well else ngettext("%(num)d stuck", "%(num)d stuck", troubled),
        _("%(waiting)s waiting, %(failed)s failed", waiting=state.waiting, failed=state.failed),
        _("Look at the messages and at what the sender said."),
        "admin.outbox_list",
    )
    if state.nameless:
        yield Part(
            _("Anonymous complaints on WhatsApp"),
            "lock",
            False,
            ngettext(
                "%(num)d time number and PIN did not arrive",
                "%(num)d times number and PIN did not arrive",
                state.nameless,
            ),
            "",
            _(
                "The complaint is handled, but whoever wrote it cannot follow it, and nobody can tell who that is. "
                "See whether WhatsApp is in order, and recommend the form for anonymous complaints."
            ),
        )


def _units() -> Iterator[Part]:
    """Each unit in which work lies and nobody is."""
    for unit in unattended_work():
        yield Part(
            _("Unit: %(name)s", name=name_of(unit)),
            "user",
            False,
            _("Nobody is there"),
            ngettext("%(num)d open disposition", "%(num)d open dispositions", unit.open_count),
            _("Give somebody a role in the unit, or let customer care send its work elsewhere."),
            "admin.user_list",
        )


def _holidays(at: datetime) -> Iterator[Part]:
    """A year that deadlines may soon reach, or have reached, and of which no holiday is known."""
    here = at.astimezone(local_zone()).date()
    for year in years_without_holidays(here, here + HOLIDAYS_AHEAD):
        yield Part(
            _("Holidays of %(year)s", year=year),
            "calendar",
            False,
            _("None entered"),
            "",
            _(
                "Until they are known, deadlines count every weekday of that year as a working day. Take in the joint "
                "decree of the ministers (SKB 3 Menteri), or look at the calculated list."
            ),
            "admin.holiday_list",
            {"tahun": year},
        )


def _audit() -> Part:
    checked = min(ENTRIES_CHECKED, trail.edition())
    broken = next(trail.broken_links(newest=ENTRIES_CHECKED), "")
    return Part(
        _("Audit trail"),
        "lock",
        not broken,
        _("Altered") if broken else _("Intact"),
        _("The newest %(count)s entries checked", count=number(checked)),
        _("Somebody changed the trail in the database. Run: flask check audit"),
        "admin.audit_trail",
    )
