"""Letters as the tickets package would fill them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from helpdesk.letters.disposition_sheet import (
    DispositionSheetFields,
    Hop,
    Recipient,
    Request,
    Urgency,
)
from helpdesk.letters.parties import Complainant, Identity, Letterhead
from helpdesk.letters.receipt import ReceiptFields

AT = datetime(2026, 11, 20, 3, 20, tzinfo=UTC)
HEAD = Letterhead(
    organisation="RSIA Sekar Ranah",
    service="Layanan Pengaduan",
    address="Jalan Contoh No. 12, Padang 25111",
    city="Padang",
    phone="(0751) 555-0100",
    whatsapp="0812-5550-0100",
    email="humas@sekarranah.example",
)
RATNA = Complainant(
    identity=Identity.NAMED,
    name="Ratna Dewi",
    address="Jl. Melati No. 4, Padang",
    phone="0812-3456-7890",
    on_behalf_of="Siti Aminah (ibu)",
)


def receipt(**changes: Any) -> ReceiptFields:
    """A receipt taken down at the counter; *changes* replace what a test is about."""
    facts: dict[str, Any] = {
        "letterhead": HEAD,
        "number": "KLH-26-00159-7",
        "kind": "Keluhan",
        "complainant": RATNA,
        "description": "Antre dari pukul 08.00 sampai 12.40.\n\nTidak ada kursi <kosong>.",
        "wish": "Kursi prioritas untuk ibu hamil.",
        "received_at": AT,
        "received_where": "Loket Customer Care, lantai 1",
        "channel": "Tatap muka",
        "received_by": "Rina Oktavia",
        "received_by_position": "Petugas Customer Care",
        "answer_due_at": AT + timedelta(days=7),
        "track_url": "https://aduan.sekarranah.example/lacak",
        "attachments": ("antrean.jpg", "kartu.pdf"),
    }
    return ReceiptFields(**(facts | changes))


def sheet(**changes: Any) -> DispositionSheetFields:
    """A sheet to two units, with a step behind it; *changes* replace what a test is about."""
    facts: dict[str, Any] = {
        "letterhead": HEAD,
        "number": "KLH-26-00152-3",
        "sheet": 2,
        "complainant": RATNA,
        "channel": "WhatsApp",
        "received_at": AT - timedelta(hours=21),
        "summary": "Hasil laboratorium tertukar dengan pasien lain.",
        "recipients": (
            Recipient(unit="Laboratorium", officer="Sdr. Arif", due_at=AT, note="Cek penanda."),
            Recipient(unit="Komite Mutu", officer="dr. Sekar", due_at=AT + timedelta(hours=1)),
        ),
        "issued_at": AT,
        "category": "Keselamatan pasien",
        "grade": "merah",
        "grade_name": "Merah",
        "due_at": AT + timedelta(hours=3),
        "urgency": Urgency.VERY_URGENT,
        "requests": (
            Request(phrase="Klarifikasi", ticked_for=(1,)),
            Request(phrase="Tanggapan dan saran", ticked_for=(1, 2)),
            Request(phrase="Untuk diketahui"),
        ),
        "note": "Hubungi pelapor melalui Customer Care.",
        "history": (Hop(sent_at=AT, sender="Customer Care", recipient="Rekam Medis"),),
        "ticket_url": "https://aduan.sekarranah.example/tiket/KLH-26-00152-3",
        "signed_by": "Hendra Saputra, S.K.M.",
        "signed_by_position": "Kepala Customer Care",
    }
    return DispositionSheetFields(**(facts | changes))
