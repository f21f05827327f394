"""A summary as it would have been gathered, made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from helpdesk.letters.parties import Letterhead
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.summaries.drawing import Paper
from helpdesk.monitoring.summaries.facts import (
    CategoryLine,
    Cause,
    GradeLine,
    Headline,
    Point,
    RecurringLine,
    RegisterLine,
    Signer,
    SummaryFacts,
    UnitLine,
)
from helpdesk.monitoring.summaries.improving import ImprovementLine

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # 08.00 WIB
DAY = 86400.0
HEAD = Letterhead(
    organisation="RSIA Sekar Ranah",
    service="Layanan Pengaduan",
    address="Jalan Contoh No. 12, Padang 25111",
    city="Padang",
    phone="(0751) 555-0100",
    email="humas@sekarranah.example",
)
SHARES = ((74, 26), (77, 23), (79, 21), (81, 19), (82, 18), (162, 28))
TITLES = (
    ("Hasil radiologi tertukar", "Pelayanan medis", "Penunjang Medik"),
    ("Bayi terlambat diperiksa dokter", "Pelayanan medis", "Unit Medik"),
    ("Iur biaya obat kemoterapi", "BPJS dan biaya", "Penjaminan"),
    ("Antre pendaftaran lebih dari tiga jam", "Antrean dan waktu tunggu", "Rawat Jalan"),
    ("Lift rawat inap sering macet", "Sarana dan prasarana", "IPSRS"),
)


def register_lines(count: int = 24) -> tuple[RegisterLine, ...]:
    """So many complaints of October; every fifth was late, every eleventh is confidential."""
    return tuple(_line(place) for place in range(count))


def summary_facts(**changes: Any) -> SummaryFacts:
    """October 2026 of the whole house; *changes* replace what a test is about."""
    stock = Cause(root="supply", count=4, text="Stok minimum belum memicu pesanan")
    people = Cause(root="people", count=2, text="Sif malam kekurangan orang")
    facts: dict[str, Any] = {
        "letterhead": HEAD,
        "period": "2026-10",
        "first_on": date(2026, 10, 1),
        "last_on": date(2026, 10, 31),
        "counted_at": AT,
        "target": 0.8,
        "now": _headline(190, Kept(162, 28), 43.2, 118, 496, 9),
        "before": _headline(182, Kept(149, 33), 51.0, 101, 404, 12),
        "trend": tuple(
            Point(period=f"2026-{month:02d}", promise=Kept(*kept))
            for month, kept in enumerate(SHARES, start=5)
        ),
        "grades": (
            GradeLine(grade="merah", limit_amount=24, limit_unit="hours", promise=Kept(6, 2)),
            GradeLine(
                grade="kuning", limit_amount=3, limit_unit="calendar_days", promise=Kept(38, 7)
            ),
            GradeLine(
                grade="hijau",
                limit_amount=7,
                limit_unit="calendar_days",
                promise=Kept(118, 19, 3, 2),
            ),
        ),
        "by_kind": {"suggestion": 20, "praise": 12, "information": 9},
        "units": (
            UnitLine(
                name="Farmasi",
                tickets=36,
                dispositions=38,
                hops=Kept(31, 5, 1, 1),
                returned=2,
                causes=(stock,),
                actions=("Batas stok minimum diperbarui", "Daftar obat kosong tiap pagi"),
            ),
            UnitLine(
                name="Keperawatan",
                tickets=29,
                dispositions=29,
                hops=Kept(26, 3),
                returned=0,
                causes=(people,),
                actions=("Jadwal jaga ditinjau, selesai 30 November",),
            ),
            UnitLine(name="Keuangan", tickets=4, dispositions=4, hops=Kept(), returned=0),
        ),
        "categories": tuple(
            CategoryLine(name=name, received=received, before=before)
            for name, received, before in (
                ("Antrean dan waktu tunggu", 47, 45),
                ("Sarana dan prasarana", 31, 33),
                ("BPJS dan biaya", 28, 20),
                ("Sikap petugas", 24, 26),
                ("Obat dan farmasi", 19, 12),
                ("Kebersihan", 21, 20),
                ("Lainnya", 20, 26),
            )
        ),
        "recurring": (
            RecurringLine(
                unit="Farmasi",
                category="Obat dan farmasi",
                received=19,
                before=12,
                causes=(stock,),
                actions=("Batas stok minimum diperbarui",),
            ),
        ),
        "improvements": (
            ImprovementLine(
                title="Stok minimum sirup",
                category="Obat dan farmasi",
                about_unit="Farmasi",
                unit="Farmasi",
                position="Kepala Instalasi Farmasi",
                due_on=date(2026, 10, 20),
                state="done",
                done_on=date(2026, 10, 18),
                before=12,
                before_days=90,
                since=3,
                since_days=15,
            ),
        ),
        "register": register_lines(),
        "closings": {"confirmed": 121, "assumed": 47, "unilateral": 5},
        "left": {"merged": 1, "not_ours": 1},
        "by_score": (2, 5, 12, 43, 56),
        "still_open": 17,
        "restricted": 2,
        "compiler": Signer(
            name="Rina Oktavia, S.K.M.",
            position="Kepala Customer Care",
            id_number="NIK 2019.04.117",
        ),
        "approver": Signer(
            name="dr. Hanifah Azzahra, M.A.R.S.", position="Direktur", id_number="NIK 2015.01.003"
        ),
    }
    return SummaryFacts(**(facts | changes))


def paper(language: str = "id", **changes: Any) -> Paper:
    """The summary with its number and makers."""
    facts = summary_facts(**changes)
    return Paper(facts=facts, number="0118/HMS/RSIA-SR/XI/2026", language=language, made_at=AT)


def _headline(
    received: int, promise: Kept, hours: float, raters: int, stars: int, reopened: int
) -> Headline:
    return Headline(
        received=received,
        promise=promise,
        median_answer_hours=hours,
        raters=raters,
        stars=stars,
        answered=received - 17,
        reopened=reopened,
    )


def _line(place: int) -> RegisterLine:
    grade = ("hijau", "hijau", "kuning", "hijau", "merah")[place % 5]
    outcome = "missed" if place % 5 == 4 else "pending" if place % 9 == 8 else "kept"
    common: dict[str, Any] = {
        "number": f"KLH-26-{300 + place:05d}-{place % 10}",
        "received_on": date(2026, 10, 1) + timedelta(days=place),
        "grade": grade,
        "outcome": outcome,
        "ran_for": DAY * (3.1 if outcome == "missed" else 0.7),
        "is_running": outcome == "pending",
    }
    if place % 11 == 10:
        return RegisterLine(**common, is_restricted=True)
    title, category, unit = TITLES[place % len(TITLES)]
    return RegisterLine(
        **common,
        title=title,
        category=category,
        channel=("whatsapp", "counter", "facebook")[place % 3],
        units=(unit,),
        action="Prosedur dua penanda identitas" if place % 4 == 0 else "",
        reopenings=1 if place == 3 else 0,
    )
