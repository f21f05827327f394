"""Personal numbers are found in what people write, and nothing else is touched."""

import pytest

from helpdesk.registry.text_hygiene import PersonalKind, find_personal, redact


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "NIK sy 3273024508900000 kk 3273021203100000 tlg cek udh masuk dtks apa blm",
            "NIK sy [NIK/KK] kk [NIK/KK] tlg cek udh masuk dtks apa blm",
        ),
        ("Noka 0001234567890. Gimana ini", "Noka [BPJS]. Gimana ini"),
        ("nik 3273 0245 0890 0000, hp 0812-3456-7890", "nik [NIK/KK], hp [HP]"),
        ("wa +62 812 3456 7890 / 6281234567890 ya", "wa [HP] / [HP] ya"),
        ("O81234567890", "[HP]"),
        ("telp (0751) 705333 atau 0751-705333", "telp [HP] atau [HP]"),
        ("call +65 6123 4567 please", "call [HP] please"),
        ("balas ke dewi.a@example.co.id.", "balas ke [email]."),
        ("suami pasien Ny. R (RM 00-41-27) keberatan", "suami pasien Ny. R (RM [RM]) keberatan"),
    ],
)
def test_personal_numbers_are_marked(text: str, clean: str) -> None:
    assert redact(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "tagihan tanggal 12-11-2026 sebesar Rp385.000,00",
        "tiket KLH-26-00042-8 belum ada kabar",
        "Yg kmrn sy lapor no 0042 kok blm ada kabar? katanya 3 hari",
        "dari jam 9 sampai jam 12, nomor antrean 083",
        "obat 3x1 sdt pdhl kt dokter 2x1/2, ruang 305, RW 07, 5rb",
        "disposisi 02/10/2026 14.00 WIB",
        "RM saya hilang",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text
    assert find_personal(text) == []


def test_places_are_told_in_order() -> None:
    text = "hp 081234567890 nik 3273024508900000"
    found = find_personal(text)
    assert [one.kind for one in found] == [PersonalKind.PHONE, PersonalKind.NIK]
    assert [text[one.start : one.end] for one in found] == ["081234567890", "3273024508900000"]


def test_a_hostile_text_costs_little() -> None:
    for text in ("1 " * 20_000, "0-" * 20_000, "a." * 20_000, "a@" + "b-" * 20_000):
        find_personal(text)
