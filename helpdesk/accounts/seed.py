"""The units a hospital usually has; offered at setup, edited freely afterwards."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.units import UnitFacts, add_unit
from helpdesk.lib.database import db

HOSPITAL_UNITS: tuple[UnitFacts, ...] = tuple(
    UnitFacts(code, name_id, name_en)
    for code, name_id, name_en in (
        ("pelayanan-medik", "Pelayanan Medik", "Medical Services"),
        ("keperawatan", "Keperawatan dan Kebidanan", "Nursing and Midwifery"),
        ("gawat-darurat", "Instalasi Gawat Darurat", "Emergency Department"),
        ("rawat-jalan", "Rawat Jalan", "Outpatient Clinics"),
        ("rawat-inap", "Rawat Inap", "Inpatient Wards"),
        ("farmasi", "Instalasi Farmasi", "Pharmacy"),
        ("penunjang-medik", "Penunjang Medik", "Laboratory and Radiology"),
        ("admisi", "Admisi dan Rekam Medis", "Admissions and Medical Records"),
        ("keuangan", "Keuangan dan Kasir", "Finance and Cashier"),
        ("penjaminan", "Penjaminan dan BPJS", "Insurance and BPJS"),
        ("mutu", "Komite Mutu dan Keselamatan Pasien", "Quality and Patient Safety Committee"),
        ("sarana", "Pemeliharaan Sarana (IPSRS)", "Building and Equipment Maintenance"),
        ("logistik", "Umum dan Logistik", "General Affairs and Logistics"),
        ("sanitasi", "Sanitasi dan Kebersihan", "Sanitation and Cleaning"),
        ("gizi", "Instalasi Gizi", "Nutrition and Kitchen"),
        ("keamanan", "Keamanan dan Parkir", "Security and Parking"),
        ("sdm", "Sumber Daya Manusia", "Human Resources"),
        ("simrs", "Teknologi Informasi (SIMRS)", "Information Technology"),
        ("humas", "Hubungan Masyarakat", "Public Relations"),
        ("etik", "Komite Etik dan Pengawas Internal", "Ethics Committee and Internal Audit"),
        ("customer-care", "Customer Care", "Customer Care"),
    )
)


def seed_units(*, by: Actor) -> dict[str, int]:
    """Add the units that are missing, in the caller's unit of work; gives all ids by code."""
    present = dict(db.session.execute(select(Unit.code, Unit.id)).all())
    for facts in HOSPITAL_UNITS:
        if facts.code not in present:
            present[facts.code] = add_unit(facts, by=by).id
    return present
