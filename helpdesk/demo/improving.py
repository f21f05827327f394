"""What the hospital set out to improve: the counter of BPJS, waiting for doctors, bills, and clean rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from helpdesk.accounts.standing_in import today
from helpdesk.demo.cast import head_of
from helpdesk.demo.hospital import Hospital
from helpdesk.demo.life import Life
from helpdesk.improvements.linking import link_ticket
from helpdesk.improvements.planning import (
    Plan,
    begin_improvement,
    revise_improvement,
)
from helpdesk.improvements.progress import finish_improvement, judge_effect, start_improvement
from helpdesk.lib.clock import standing_at

_SUPERVISOR = "ratih"
_LINKED = 4


@dataclass(frozen=True)
class _Story:
    """One improvement, in days before today: a negative *due* lies ahead. 0 days: it did not happen.

    Its day was *moved_by* so many days when the work began.
    """

    title: str
    plan: str
    category: str
    unit: str
    begun: int
    due: int
    started: int = 0
    done: int = 0
    judged: int = 0
    outcome: str = ""
    effect: str = ""
    person: str = ""
    moved_by: int = 0


_STORIES = (
    _Story(
        "Kuota dan surat kontrol BPJS dari satu sumber",
        "Akar masalah: kuota loket diatur manual, tanggal surat kontrol tidak dibaca ulang.\n"
        "Satu angka kuota dari sistem, tanggal dibacakan kepada pasien sebelum dicetak, status kepesertaan diperiksa "
        "tiga hari sebelum tindakan.",
        "jaminan", "penjaminan", begun=56, due=35, started=52, done=37, judged=4, person="hendra",
        outcome="Penahanan kuota manual dihentikan; loket dan aplikasi memakai angka yang sama. Daftar periksa surat "
        "kontrol dipakai di ketiga loket.",
        effect="Keluhan kuota dan surat kontrol jarang terdengar lagi. Dipertahankan; dilihat lagi tiap triwulan.",
    ),
    _Story(
        "Keterlambatan dokter diumumkan setelah 30 menit",
        "Akar masalah: belum ada aturan siapa yang mengumumkan keterlambatan dokter.\n"
        "Petugas poli mengumumkan dan mengirim WhatsApp kepada pasien terdaftar; balita demam didahulukan.",
        "antrean", "rawat-jalan", begun=33, due=-12, started=26, person="rini", moved_by=14,
    ),
    _Story(
        "Rincian biaya dijelaskan sebelum pulang",
        "Akar masalah: keluarga baru melihat rincian di kasir.\n"
        "Perkiraan biaya diberikan pada hari kedua dan dijelaskan petugas sehari sebelum pulang.",
        "tagihan", "keuangan", begun=45, due=15, started=40, done=17,
        outcome="Lembar perkiraan biaya dipakai di semua ruang rawat; petugas kasir menjelaskannya di ruangan.",
    ),
    _Story(
        "Pengendalian hama bulanan dan kartu ganti seprai",
        "Akar masalah: jadwal pengendalian hama mundur, stok linen kurang dari lima kali tempat tidur.\n"
        "Kontrak pengendalian hama bulanan, linen ditambah, kartu ganti seprai di setiap kamar.",
        "kebersihan", "sanitasi", begun=30, due=6,
    ),
)  # fmt: skip


def improve(lives: Sequence[Life], hospital: Hospital, now: datetime) -> None:
    """Fill the register, inside the caller's unit of work."""
    for story in _STORIES:
        _live(story, lives, hospital, now)


def _live(story: _Story, lives: Sequence[Life], hospital: Hospital, now: datetime) -> None:
    care, head = hospital.actor(_SUPERVISOR), hospital.actor(head_of(story.unit))

    def days_ago(days: int) -> datetime:
        return now - timedelta(days=days)

    with standing_at(days_ago(story.begun)):
        due_on = today() + timedelta(days=story.begun - story.due)
        plan = _plan(story, hospital, due_on - timedelta(days=story.moved_by))
        one = begin_improvement(plan, by=care)
        for life in _causes(story, lives, days_ago(story.begun)):
            link_ticket(one, life.ticket, by=care)
    if story.started:
        with standing_at(days_ago(story.started)):
            start_improvement(one, by=head)
            if story.moved_by:
                revise_improvement(one, replace(plan, due_on=due_on), by=head)
    if story.done:
        with standing_at(days_ago(story.done)):
            finish_improvement(one, story.outcome, today(), by=head)
    if story.judged:
        with standing_at(days_ago(story.judged)):
            judge_effect(one, story.effect, is_effective=True, by=care)


def _plan(story: _Story, hospital: Hospital, due_on: date) -> Plan:
    unit_id = hospital.unit_ids[story.unit]
    return Plan(
        title=story.title,
        plan=story.plan,
        category_id=hospital.category_ids[story.category],
        about_unit_id=unit_id,
        unit_id=unit_id,
        due_on=due_on,
        pic_id=hospital.user_ids[story.person] if story.person else None,
    )


def _causes(story: _Story, lives: Sequence[Life], until: datetime) -> list[Life]:
    """The last complaints of the kind that were there when it began."""
    alike = [
        life
        for life in lives
        if life.has_begun
        and life.plan.sample.category == story.category
        and life.plan.sample.works
        and life.plan.sample.works[0].unit == story.unit
        and not life.plan.sample.is_restricted
    ]
    return [life for life in alike if life.plan.recorded_at <= until][-_LINKED:]
