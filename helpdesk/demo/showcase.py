"""What lies on the desks today: one ticket at least for every view, and those that are late now."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.demo.planning import LIMITS, SEED, Plan, Until, plan_one
from helpdesk.demo.rhythm import HurriedPace
from helpdesk.demo.samples import sample_named
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.tickets.states import Channel, Grade

_BEFORE_CLOSING = timedelta(minutes=25)
_LONGEST_CLOSED = 30  # days


@dataclass(frozen=True)
class Scene:
    """A ticket that stands still today. *ago* is how long since it was received; None: see *late_for*, *due_in*.

    *late_for* is how long ago the statutory limit passed, *due_in* which share of today is left until it does.
    *key* makes the demo know the PIN; *recorder* is who typed it at the counter, *origin* where it was said
    first.
    """

    story: str
    until: Until
    ago: timedelta | None = None
    late_for: timedelta | None = None
    due_in: float = 0.0
    key: str = ""
    recorder: str = ""
    origin: Channel | None = None


def _hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


SCENES: tuple[Scene, ...] = (
    # new
    Scene("antre-poli-anak", Until.NEW, _hours(0.4)),
    Scene("nicu-kurang-orang", Until.NEW, _hours(0.7)),
    Scene("plafon-bocor", Until.NEW, _hours(0.9)),
    Scene("tagihan-ganda", Until.NEW, _hours(1.6)),
    # graded, to be sent on
    Scene("dokter-semenit", Until.TRIAGED, _hours(3)),
    Scene("makanan-dingin", Until.TRIAGED, _hours(4.5)),
    # with the units
    Scene("antre-farmasi-lansia", Until.SENT, _hours(6), recorder="joko", origin=Channel.BPJS),
    Scene("obat-kosong-tiga-kali", Until.SENT, _hours(9)),
    Scene("infus-bengkak", Until.SENT, _hours(5)),
    Scene("surat-lahir", Until.ACCEPTED, _hours(26)),
    Scene("perawat-tidak-datang", Until.ACCEPTED, _hours(22)),
    Scene("kursi-roda", Until.ACCEPTED, _hours(30), recorder="joko", origin=Channel.LAPOR),
    Scene("racikan-dua-jam", Until.ACCEPTED, _hours(44)),
    Scene("banyak-hal-rawat-inap", Until.ACCEPTED, _hours(34)),
    Scene("pungli-kamar", Until.ACCEPTED, _hours(11)),
    # waiting for the person who complained
    Scene("tagihan-ganda", Until.WAITING, _hours(40), key="waiting"),
    Scene("hp-hilang", Until.WAITING, _hours(30)),
    Scene("aplikasi-galat", Until.WAITING, _hours(55)),
    # sent back by a unit
    Scene("ac-panas", Until.RETURNED, _hours(20)),
    Scene("parkiran-gelap", Until.RETURNED, _hours(28)),
    # answers to be approved, and to be given
    Scene("iur-obat-luar", Until.SUBMITTED, _hours(33)),
    Scene("uang-muka", Until.SUBMITTED, _hours(70)),
    Scene("kecoak-kamar", Until.SUBMITTED, _hours(52)),
    Scene("puyer-kurang", Until.SUBMITTED, _hours(49)),
    Scene("air-panas", Until.SUBMITTED, _hours(61)),
    Scene("asap-rokok", Until.APPROVED, _hours(60)),
    Scene("hasil-lab-lama", Until.APPROVED, _hours(75)),
    # answered: the person has the word
    Scene("iur-obat-luar", Until.ANSWERED, _hours(50), key="answered"),
    Scene("kasir-satu-loket", Until.ANSWERED, _hours(80)),
    # answered at once, and what was done is still to be written down
    Scene("tanya-besuk", Until.ANSWERED, _hours(27)),
    # due today
    Scene("lift-macet", Until.ACCEPTED, due_in=0.35),
    Scene("dokter-kandungan-pindah", Until.ACCEPTED, due_in=0.6),
    Scene("alergi-tidak-ditanya", Until.SUBMITTED, due_in=0.85),
    # late now
    Scene("etiket-sirup", Until.ACCEPTED, late_for=_hours(4)),
    Scene("satpam-membentak", Until.ACCEPTED, late_for=_hours(18)),
    Scene("kamar-bpjs-penuh", Until.ACCEPTED, late_for=_hours(27)),
    Scene("parkir-lima-ribu", Until.ACCEPTED, late_for=_hours(49)),
    Scene("toilet-melati", Until.ACCEPTED, late_for=_hours(1)),
    Scene("ac-panas", Until.SENT, late_for=_hours(12)),
    Scene("selisih-kelas", Until.SUBMITTED, late_for=_hours(30)),
    Scene("rekam-medis-hilang", Until.ACCEPTED, late_for=_hours(9)),
    Scene("wa-tidak-dibalas", Until.ACCEPTED, late_for=_hours(75)),
    Scene("surat-lahir", Until.ACCEPTED, late_for=_hours(20)),
    Scene("operasi-mundur", Until.SUBMITTED, late_for=_hours(6)),
    Scene("daftar-online-antre-lagi", Until.ACCEPTED, late_for=_hours(33)),
    # the second who complains of the lift: joined to the first (paperwork)
    Scene("lift-macet", Until.NEW, _hours(1.2)),
)


def plan_showcase(now: datetime, calendar: BusinessCalendar) -> list[Plan]:
    """The plans of today's desks, whatever the hour of *now*."""
    return [_plan(scene, place, now, calendar) for place, scene in enumerate(SCENES)]


def _plan(scene: Scene, place: int, now: datetime, calendar: BusinessCalendar) -> Plan:
    draw = random.Random(f"{SEED}/today/{place}")
    sample = sample_named(scene.story)
    received_at = _received(scene, sample.grade, now, ZoneInfo(calendar.zone))
    if scene.recorder:
        received_at = _while_open(received_at, calendar)
    wanted = Channel.COUNTER if scene.recorder else Channel.WEB
    channel = wanted if wanted in sample.channels else sample.channels[0]
    plan = plan_one(draw, sample, channel, received_at, now, calendar)
    recorded_at = received_at + min(timedelta(minutes=4), (now - received_at) * 0.1)
    return replace(
        plan,
        recorded_at=received_at if channel is Channel.WEB else recorded_at,
        received_at=received_at,
        late_reason="",
        is_late=scene.late_for is not None,
        until=scene.until,
        key=scene.key and f"demo/{scene.key}",
        recorder=scene.recorder,
        origin=scene.origin,
        pace=HurriedPace(draw, now),
    )


def _received(scene: Scene, grade: Grade, now: datetime, zone: ZoneInfo) -> datetime:
    if scene.ago is not None:
        return now - scene.ago
    if scene.late_for is not None:
        return now - LIMITS[grade] - scene.late_for
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    left = datetime.combine(tomorrow, time(0), zone) - now
    return now - LIMITS[grade] + left * scene.due_in


def _while_open(moment: datetime, calendar: BusinessCalendar) -> datetime:
    """*moment*, or shortly before the desk closed for the last time before it."""
    if calendar.is_open(moment):
        return moment
    day = moment.astimezone(ZoneInfo(calendar.zone)).date()
    days = (day - timedelta(days=back) for back in range(_LONGEST_CLOSED))
    spans = (span for one in days for span in reversed(calendar.spans_on(one)))
    return next(closes for _opens, closes in spans if closes <= moment) - _BEFORE_CLOSING
