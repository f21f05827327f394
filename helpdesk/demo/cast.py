"""The people who work in the demo hospital, and those whose place a visitor may take."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.accounts.roles import Role

PASSWORD = "sekar-ranah"  # noqa: S105 - shown on every card; it opens a hospital that does not exist
INTAKE, CARE, SUPERVISOR = Role.INTAKE, Role.CARE, Role.SUPERVISOR
OFFICER, HEAD, LEADERSHIP, ADMIN = Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.LEADERSHIP, Role.ADMIN


@dataclass(frozen=True)
class StaffMember:
    """Somebody with a desk. *posts* are the roles held, each with the code of its unit ('' for the whole house)."""

    username: str
    full_name: str
    position: str
    posts: tuple[tuple[Role, str], ...]
    has_card: bool = False

    @property
    def email(self) -> str:
        """An address that reaches nobody: example.com is kept free for examples."""
        return f"{self.username}@example.com"

    @property
    def password(self) -> str:
        """The same for everybody, so that a visitor can remember it."""
        return PASSWORD

    @property
    def role(self) -> str:
        """The position, as the list of sign-ins shows it."""
        return self.position


def _one(
    username: str, name: str, position: str, *posts: tuple[Role, str], card: bool = False
) -> StaffMember:
    return StaffMember(username, name, position, posts, card)


STAFF: tuple[StaffMember, ...] = (
    _one("sari", "Sari Wahyuni", "Petugas Customer Care", (CARE, ""), card=True),
    _one("dimas", "Dimas Prakoso", "Petugas Customer Care", (CARE, "")),
    _one("nurul", "Nurul Aini", "Petugas Customer Care", (CARE, "")),
    _one(
        "ratih", "Ratih Kusumawati", "Kepala Customer Care",
        (SUPERVISOR, ""), (HEAD, "customer-care"), card=True,
    ),
    _one("joko", "Joko Susilo", "Petugas Informasi Lobi", (INTAKE, ""), card=True),
    _one("mega", "Mega Silvia", "Petugas Pendaftaran", (INTAKE, "")),
    _one("hanifah", "dr. Hanifah Rusli, MARS", "Direktur", (LEADERSHIP, ""), card=True),
    _one("irwan", "Irwan Chaniago, SE, MM", "Wakil Direktur Umum dan Keuangan", (LEADERSHIP, "")),
    _one("ayu", "Ayu Permata", "Administrator Sistem", (ADMIN, ""), card=True),
    _one("lestari", "apt. Lestari Handayani", "Kepala Instalasi Farmasi", (HEAD, "farmasi"), card=True),
    _one("budi", "Budi Santoso", "Petugas Farmasi Rawat Jalan", (OFFICER, "farmasi"), card=True),
    _one("erni", "Ns. Erni Yusnita", "Kepala Keperawatan dan Kebidanan", (HEAD, "keperawatan")),
    _one("salma", "Bd. Salma Hayati", "Koordinator Kebidanan", (OFFICER, "keperawatan")),
    _one("fadhil", "dr. Fadhil Akbar", "Kepala Pelayanan Medik", (HEAD, "pelayanan-medik")),
    _one("rangga", "dr. Rangga Saputra", "Kepala IGD", (HEAD, "gawat-darurat")),
    _one("yulia", "Ns. Yulia Fitri", "Kepala Rawat Jalan", (HEAD, "rawat-jalan")),
    _one("rini", "Rini Oktavia", "Petugas Poliklinik", (OFFICER, "rawat-jalan")),
    _one("desi", "Ns. Desi Marlina", "Kepala Rawat Inap", (HEAD, "rawat-inap")),
    _one("fauzan", "Fauzan Hakim", "Kepala Laboratorium dan Radiologi", (HEAD, "penunjang-medik")),
    _one("wulan", "Wulan Sari", "Kepala Admisi dan Rekam Medis", (HEAD, "admisi")),
    _one("putri", "Putri Anggraini", "Petugas Rekam Medis", (OFFICER, "admisi")),
    _one("tono", "Tono Wijaya", "Kepala Keuangan dan Kasir", (HEAD, "keuangan")),
    _one("mira", "Mira Andriani", "Petugas Kasir", (OFFICER, "keuangan")),
    _one("hendra", "Hendra Gunawan", "Kepala Penjaminan dan BPJS", (HEAD, "penjaminan")),
    _one("aisyah", "dr. Aisyah Zahra", "Ketua Komite Mutu", (HEAD, "mutu")),
    _one("agus", "Agus Salim", "Kepala IPSRS dan Logistik", (HEAD, "sarana"), (HEAD, "logistik"), card=True),
    _one("rudi", "Rudi Hartono", "Teknisi IPSRS", (OFFICER, "sarana")),
    _one("linda", "Linda Susanti", "Kepala Gizi dan Sanitasi", (HEAD, "gizi"), (HEAD, "sanitasi")),
    _one("bambang", "Bambang Irawan", "Kepala Keamanan", (HEAD, "keamanan")),
    _one("siska", "Siska Amelia", "Kepala SDM dan Humas", (HEAD, "sdm"), (HEAD, "humas")),
    _one("zainal", "H. Zainal Abidin, SH", "Ketua Komite Etik", (HEAD, "etik")),
    _one("reza", "Reza Pahlawan", "Kepala SIMRS", (HEAD, "simrs")),
)  # fmt: skip

# Whose place a visitor may take: each with a card, and printed when the demo starts.
CAST: tuple[StaffMember, ...] = tuple(person for person in STAFF if person.has_card)


def workers_of(unit: str) -> tuple[str, ...]:
    """Usernames of who works in the unit with that code, its officers before its head."""
    held = [
        (role, person.username) for person in STAFF for role, code in person.posts if code == unit
    ]
    return tuple(name for role, name in held if role is OFFICER) + tuple(
        name for role, name in held if role is HEAD
    )


def head_of(unit: str) -> str:
    """The username of the unit's head."""
    return workers_of(unit)[-1]


def holders(role: Role) -> tuple[str, ...]:
    """Usernames of everybody who holds a role in the whole house."""
    return tuple(person.username for person in STAFF if (role, "") in person.posts)
