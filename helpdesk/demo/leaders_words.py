"""What the director asked for this morning: instructions on tickets that stand on today's desks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.demo.life import Life
from helpdesk.demo.planning import Until
from helpdesk.lib.clock import standing_at
from helpdesk.tickets.instructions import (
    acknowledge_instruction,
    answer_instruction,
    give_instruction,
)

_LEADER = "hanifah"


@dataclass(frozen=True)
class _Word:
    """An instruction on the late ticket of *story*; to its unit, or to customer care where *unit* is empty."""

    story: str
    text: str
    unit: str = ""
    is_acknowledged: bool = False
    answer: str = ""


_WORDS = (
    _Word(
        "etiket-sirup",
        "Hubungi keluarga hari ini dan laporkan hasilnya kepada saya. Periksa juga etiket sirup lain.",
        unit="farmasi",
    ),
    _Word(
        "wa-tidak-dibalas",
        "Siapa yang memegang nomor WhatsApp pada hari libur? Mohon diatur sebelum Senin.",
        is_acknowledged=True,
    ),
    _Word(
        "kamar-bpjs-penuh",
        "Tolong dijelaskan kepada keluarga mengapa kamar penuh dan kapan ada giliran.",
        answer="Keluarga sudah dihubungi pukul 09.10. Kamar kelas 2 tersedia besok pagi.",
    ),
)


def speak(lives: Sequence[Life], now: datetime) -> None:
    """Give the instructions, and what became of them, inside the caller's unit of work."""
    for word in _WORDS:
        life = _late_one(lives, word.story)
        if life is None:
            continue
        ticket, leader = life.ticket, life.staff(_LEADER)
        unit_id = life.hospital.unit_ids[word.unit] if word.unit else None
        with standing_at(now - timedelta(minutes=50)):
            given = give_instruction(ticket, word.text, by=leader, unit_id=unit_id)
        with standing_at(now - timedelta(minutes=35)):
            if word.is_acknowledged:
                acknowledge_instruction(given.id, ticket, by=life.desk)
            if word.answer:
                answer_instruction(given.id, ticket, word.answer, by=life.desk)


def _late_one(lives: Sequence[Life], story: str) -> Life | None:
    standing = (
        life
        for life in lives
        if life.has_begun and life.plan.is_late and life.plan.until is Until.ACCEPTED
    )
    return next((life for life in standing if life.plan.sample.code == story), None)
