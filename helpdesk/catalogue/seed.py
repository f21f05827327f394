"""The kinds of complaint a hospital hears, with the unit usually responsible; edited freely
afterwards.

Drawn from published lists of Indonesian hospitals, the ombudsman and the national quality
indicator.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.catalogue.category import Category
from helpdesk.catalogue.editing import CategoryFacts, add_category
from helpdesk.lib.database import db

# code, name and examples in both languages, code of the usual unit
_HOSPITAL: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "antrean", "Antrean dan waktu tunggu", "Queues and waiting times",
        "Menunggu lama di poli, farmasi, kasir, IGD, atau menunggu kamar",
        "A long wait at a clinic, the pharmacy, the cashier, emergency, or for a room",
        "rawat-jalan",
    ),
    (
        "sikap", "Sikap dan komunikasi petugas", "Staff attitude and communication",
        "Petugas membentak, acuh, atau tidak menjelaskan",
        "Staff who shouted, ignored you or did not explain", "keperawatan",
    ),
    (
        "medis", "Pelayanan dokter dan medis", "Doctors and medical care",
        "Dokter jarang visite, datang terlambat, atau kurang menjelaskan",
        "Few visits by the doctor, lateness, too little explanation", "pelayanan-medik",
    ),
    (
        "keselamatan", "Keselamatan pasien", "Patient safety",
        "Salah obat, jatuh, salah identitas, infus bengkak",
        "Wrong medicine, a fall, mistaken identity, a swollen drip", "mutu",
    ),
    (
        "tagihan", "Keuangan dan tagihan", "Bills and payments",
        "Tagihan ganda, selisih kelas, uang muka, kuitansi",
        "Charged twice, class difference, deposit, receipt", "keuangan",
    ),
    (
        "jaminan", "BPJS dan asuransi", "BPJS and insurance",
        "Diminta iur biaya, SEP, rujukan, kamar penuh, obat beli di luar",
        "Extra payment, guarantee letter, referral, no room, medicine bought outside", "penjaminan",
    ),
    (
        "obat", "Obat dan farmasi", "Medicines and pharmacy",
        "Obat kosong, salah etiket, lama dilayani",
        "Out of stock, wrong label, slow service", "farmasi",
    ),
    (
        "penunjang", "Laboratorium dan radiologi", "Laboratory and radiology",
        "Hasil lama, hilang, atau tertukar", "Results late, lost or mixed up", "penunjang-medik",
    ),
    (
        "administrasi", "Administrasi dan rekam medis", "Administration and medical records",
        "Pendaftaran, surat keterangan lahir, resume medis, nama berbeda",
        "Registration, birth certificate, medical summary, a wrong name", "admisi",
    ),
    (
        "sarana", "Sarana dan prasarana", "Building and equipment",
        "AC, lift, air, toilet, parkir, kursi roda",
        "Air conditioning, lift, water, toilet, parking, wheelchair", "sarana",
    ),
    (
        "kebersihan", "Kebersihan dan makanan", "Cleanliness and food",
        "Kamar mandi kotor, makanan dingin, serangga, alat makan",
        "Dirty bathroom, cold meal, insects, dishes", "sanitasi",
    ),
    (
        "keamanan", "Jam besuk, keamanan, kehilangan", "Visiting hours, security, lost things",
        "Barang hilang, satpam kasar, asap rokok", "Something lost, a rude guard, cigarette smoke",
        "keamanan",
    ),
    (
        "etik", "Privasi, etik, pungutan liar, pelecehan", "Privacy, ethics, bribes, harassment",
        "Data disebarkan, bayi difoto tanpa izin, dimintai uang",
        "Data passed on, a baby photographed without consent, money asked for", "etik",
    ),
    (
        "sistem", "Layanan daring dan sistem", "Online services and systems",
        "Gagal mendaftar daring, WhatsApp tidak dibalas",
        "Online registration failed, no answer on WhatsApp", "simrs",
    ),
    (
        "lainnya", "Saran, apresiasi, pertanyaan, lainnya", "Suggestions, praise, questions, other",
        "Apa pun yang tidak ada di atas", "Whatever is not above", "customer-care",
    ),
)  # fmt: skip
_SENSITIVE = frozenset({"etik"})
_RED_REVIEW = frozenset({"keselamatan"})


def hospital_categories(unit_ids: Mapping[str, int]) -> list[CategoryFacts]:
    """The list in its order; *unit_ids* by unit code, where a missing unit is left open."""
    return [
        CategoryFacts(
            code=code,
            name_id=name_id,
            name_en=name_en,
            examples_id=examples_id,
            examples_en=examples_en,
            usual_unit_id=unit_ids.get(unit),
            is_sensitive=code in _SENSITIVE,
            needs_red_review=code in _RED_REVIEW,
            position=place * 10,
        )
        for place, (code, name_id, name_en, examples_id, examples_en, unit) in enumerate(
            _HOSPITAL, 1
        )
    ]


def seed_catalogue(unit_ids: Mapping[str, int], *, by: Actor) -> None:
    """Add the categories whose code is not there yet, in the caller's unit of work."""
    present = set(db.session.scalars(select(Category.code)))
    for facts in hospital_categories(unit_ids):
        if facts.code not in present:
            add_category(facts, by=by)
