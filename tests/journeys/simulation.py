"""The twelve-person simulation: an administrator enters the users, 4 people enter 8 complaints, 2 dispose, 6 resolve.

The same people and complaints serve the domain and the browser.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.accounts.roles import Role


@dataclass(frozen=True)
class Player:
    """One of the twelve."""

    username: str
    full_name: str
    role: Role
    unit: str = ""


@dataclass(frozen=True)
class Case:
    """One complaint: who takes it down, what is said, and the unit that should resolve it."""

    recorder: str
    text: str
    unit: str
    grade: str


RECORDERS = tuple(
    Player(f"loket{number}", name, Role.INTAKE)
    for number, name in enumerate(
        ("Rani Amelia", "Dedi Kurnia", "Fitri Yani", "Hendra Saputra"), start=1
    )
)
DISPATCHERS = (
    Player("care1", "Rina Oktavia", Role.CARE),
    Player("care2", "Bayu Pratama", Role.CARE),
)
OFFICERS = (
    Player("medik", "dr. Yusuf Hakim", Role.UNIT_OFFICER, "medik"),
    Player("perawat", "Ns. Sri Wahyuni", Role.UNIT_OFFICER, "perawat"),
    Player("keuangan", "Tono Wijaya", Role.UNIT_OFFICER, "keuangan"),
    Player("logistik", "Eko Nugroho", Role.UNIT_OFFICER, "logistik"),
    Player("farmasi", "apt. Lestari", Role.UNIT_OFFICER, "farmasi"),
    Player("keamanan", "Agus Salim", Role.UNIT_OFFICER, "keamanan"),
)
PLAYERS = (*RECORDERS, *DISPATCHERS, *OFFICERS)
UNITS = {
    "medik": "Unit Medik",
    "perawat": "Keperawatan",
    "keuangan": "Keuangan",
    "logistik": "Logistik",
    "farmasi": "Farmasi",
    "keamanan": "Keamanan",
}
CASES = (
    Case("loket1", "Dokter visite hanya satu menit, kami belum sempat bertanya.", "medik", "hijau"),
    Case(
        "loket1", "Perawat lantai 2 sif malam ketus ketika ditanya soal infus.", "perawat", "hijau"
    ),
    Case(
        "loket2",
        "Pemeriksaan darah ditagih dua kali padahal diambil satu kali.",
        "keuangan",
        "hijau",
    ),
    Case("loket2", "AC ruang 305 mati sejak kemarin, anak saya rewel.", "logistik", "hijau"),
    Case(
        "loket3",
        "Etiket sirup 3 kali 1 sendok, padahal kata dokter 2 kali setengah.",
        "farmasi",
        "merah",
    ),
    Case("loket3", "Satpam membentak ibu saya di depan IGD.", "keamanan", "kuning"),
    Case("loket4", "Menunggu obat dari jam 9 sampai jam 12, nomor dilewati.", "farmasi", "hijau"),
    Case("loket4", "Kuitansi rawat inap belum diberikan setelah dua hari.", "keuangan", "hijau"),
)


def cases_of(unit: str) -> list[Case]:
    """The complaints that belong to one unit."""
    return [case for case in CASES if case.unit == unit]
