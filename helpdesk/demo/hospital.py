"""The hospital itself: its name, units, categories, places, promises and people."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.passwords import OneTimePassword
from helpdesk.accounts.seed import seed_units
from helpdesk.accounts.setup import OrganisationFacts, set_up_organisation
from helpdesk.accounts.staff import Holding, Person, add_user
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category
from helpdesk.catalogue.editing import PlaceFacts, add_place
from helpdesk.catalogue.seed import seed_catalogue
from helpdesk.demo.cast import STAFF
from helpdesk.lib.database import db
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.calendars import default_calendar
from helpdesk.sla.seed import seed_sla

RSIA_SEKAR_RANAH = OrganisationFacts(
    name="RSIA Sekar Ranah",
    zone="Asia/Jakarta",
    number_prefix="KLH",
    subtitle_id="Layanan pengaduan",
    subtitle_en="Complaint service",
    address="Jalan Contoh No. 12, Padang (demo)",
    city="Padang",
    phone="(0751) 555-0100",
    whatsapp="0812-3456-0100",
    email="customercare@example.com",
    emergency_phone="(0751) 555-0119",
    emergency_id="Langsung ke IGD, lantai 1, atau telepon",
    emergency_en="Come straight to the emergency department, ground floor, or call",
    desk_id="Meja Customer Care, lobi lantai 1, Senin sampai Sabtu 07.30–16.00 WIB",
    desk_en="Customer care desk, ground-floor lobby, Monday to Saturday 07:30–16:00 WIB",
    signatory_name="dr. Hanifah Rusli, MARS",
    signatory_title="Direktur RSIA Sekar Ranah",
    parent="Yayasan Sekar Ranah",
    letter_code="HM.02",
    letter_initials="RSIA-SR",
    shows_figures=True,
    idle_minutes=240,  # a visitor who is called away finds the demo where it was
)

# code, Indonesian, English, unit
PLACES: tuple[tuple[str, str, str, str], ...] = (
    ("igd", "IGD, lantai 1", "Emergency department, ground floor", "gawat-darurat"),
    ("pendaftaran", "Pendaftaran, lantai 1", "Registration, ground floor", "admisi"),
    ("kasir", "Kasir, lantai 1", "Cashier, ground floor", "keuangan"),
    ("farmasi", "Farmasi rawat jalan, lantai 1", "Outpatient pharmacy, ground floor", "farmasi"),
    ("poli-anak", "Poli Anak, lantai 1", "Children's clinic, ground floor", "rawat-jalan"),
    ("poli-kandungan", "Poli Kandungan, lantai 1", "Obstetrics clinic, ground floor", "rawat-jalan"),
    ("poli-gigi", "Poli Gigi, lantai 1", "Dental clinic, ground floor", "rawat-jalan"),
    ("lab", "Laboratorium, lantai 1", "Laboratory, ground floor", "penunjang-medik"),
    ("radiologi", "Radiologi dan USG, lantai 1", "Radiology and ultrasound, ground floor", "penunjang-medik"),
    ("penjaminan", "Loket BPJS, lantai 1", "BPJS counter, ground floor", "penjaminan"),
    ("melati", "Ruang Melati, lantai 2", "Melati ward, first floor", "rawat-inap"),
    ("anggrek", "Ruang Anggrek, lantai 2", "Anggrek ward, first floor", "rawat-inap"),
    ("dahlia", "Ruang Dahlia (anak), lantai 3", "Dahlia ward (children), second floor", "rawat-inap"),
    ("vk", "Kamar Bersalin (VK), lantai 2", "Delivery room, first floor", "keperawatan"),
    ("perinatologi", "Perinatologi dan NICU, lantai 2", "Newborn ward and NICU, first floor", "keperawatan"),
    ("ruang-tunggu", "Ruang tunggu utama, lantai 1", "Main waiting room, ground floor", "logistik"),
    ("kantin", "Kantin dan dapur", "Canteen and kitchen", "gizi"),
    ("parkir", "Parkir dan gerbang", "Parking and gate", "keamanan"),
    ("musala", "Musala dan toilet umum", "Prayer room and public toilets", "sanitasi"),
)  # fmt: skip


@dataclass
class Hospital:
    """The rows by the names under which the texts know them."""

    organisation: Organisation
    calendar: BusinessCalendar
    unit_ids: dict[str, int]
    category_ids: dict[str, int]
    place_ids: dict[str, int]
    user_ids: dict[str, int]
    # Held, because the session forgets rows that nobody holds and reads them again each time
    known: list[object]
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """The member of staff as one who acts."""
        if username not in self._actors:
            user = db.session.get_one(User, self.user_ids[username])
            self._actors[username] = user.as_actor()
        return self._actors[username]


def found_hospital(password: OneTimePassword) -> Hospital:
    """Set up everything that was there before the first complaint, in the caller's unit of work."""
    by = Actor.system("Demo")
    organisation = set_up_organisation(RSIA_SEKAR_RANAH, by=by)
    seed_sla(organisation.zone)
    unit_ids = seed_units(by=by)
    seed_catalogue(unit_ids, by=by)
    place_ids = _add_places(unit_ids, by)
    user_ids = _hire(unit_ids, password, by)
    return Hospital(
        organisation=organisation,
        calendar=default_calendar(),
        unit_ids=unit_ids,
        category_ids=dict(db.session.execute(select(Category.code, Category.id)).all()),
        place_ids=place_ids,
        user_ids=user_ids,
        known=[
            row for table in (User, Unit, Category) for row in db.session.scalars(select(table))
        ],
    )


def _add_places(unit_ids: dict[str, int], by: Actor) -> dict[str, int]:
    return {
        code: add_place(PlaceFacts(code, name_id, name_en, unit_ids[unit], at * 10), by=by).id
        for at, (code, name_id, name_en, unit) in enumerate(PLACES, 1)
    }


def _hire(unit_ids: dict[str, int], password: OneTimePassword, by: Actor) -> dict[str, int]:
    """Add everybody with the demo's password, which nobody has to change."""
    user_ids = {}
    for member in STAFF:
        person = Person(member.username, member.full_name, member.email, member.position)
        holdings = [Holding(role, unit_ids[unit] if unit else None) for role, unit in member.posts]
        user = add_user(person, holdings, password=password, by=by)
        user.must_change_password = False
        user.password_expires_at = None
        user_ids[member.username] = user.id
    return user_ids
