"""What is new in a text, and what a person wrote that only looks like a quote."""

from __future__ import annotations

import pytest

from helpdesk.lib.mail.quoting import new_words

NEW = "AC ruang 305 masih mati."
OLD = "Keluhan Anda kami terima.\nKami akan memeriksanya."
MARKED = "\n".join(f"> {line}" for line in OLD.splitlines())

ANNOUNCED = [
    "Pada Jum, 20 Nov 2026 pukul 10.15 Layanan Pengaduan <keluhan@rs.example.org> menulis:",
    "Pada Jum, 20 Nov 2026 pukul 10.15 Layanan Pengaduan <\nkeluhan@rs.example.org> menulis:",
    "Pada Jum, 20 Nov 2026 pukul 10.15 Layanan Pengaduan\n<keluhan@rs.example.org>\nmenulis:",
    "Pada tanggal Jum, 20 Nov 2026 10.15, RSIA <keluhan@rs.example.org>\nmenulis:",
    "Pada 20/11/26 10.15, Layanan Pengaduan menulis:",
    "Pada 2026-11-20 10:15, keluhan@rs.example.org menulis:",
    "On Fri, Nov 20, 2026 at 10:15 AM RSIA Contoh <keluhan@rs.example.org> wrote:",
    "On Fri, Nov 20, 2026 at 10:15 AM RSIA Contoh <keluhan@rs.example.org>\nwrote:",
    "On 20 Nov 2026, at 10.15, RSIA Contoh <keluhan@rs.example.org> wrote:",
    "2026-11-20 10:15 GMT+07:00 Layanan Pengaduan <keluhan@rs.example.org>:",
    "Layanan Pengaduan <keluhan@rs.example.org> menulis pada 20 Nov 2026 10.15:",
    "---- Pada Jum, 20 Nov 2026 10:15:32 +0700 RSIA <keluhan@rs.example.org> menulis ----",
    "---- On Fri, 20 Nov 2026 10:15:32 +0700 RSIA <keluhan@rs.example.org> wrote ----",
]
HEADED = [
    "Dari: RSIA <keluhan@rs.example.org>\nDikirim: Jumat, 20 November 2026 10.15\nKepada: Ani\nPerihal: x",
    "*Dari:* RSIA <keluhan@rs.example.org>\n*Dikirim:* Jumat\n*Kepada:* Ani\n*Perihal:* x",
    "From: RSIA\nSent: Friday, 20 November 2026 10:15\nTo: Ani\nCc: Budi\nSubject: x",
    "________________________________\nDari: RSIA\nDikirim: Jumat, 20 November 2026 10.15\nKepada: Ani",
    "-----Pesan Asli-----\nDari: RSIA",
    "-----Original Message-----\nFrom: RSIA",
    "-------- Pesan asli --------\nDari: RSIA",
    "##- Tulis balasan Anda di atas baris ini -##",
    "##- Please write your answer above this line -##",
]


@pytest.mark.parametrize("announced", ANNOUNCED)
@pytest.mark.parametrize("old", [OLD, MARKED], ids=["unmarked", "marked"])
def test_an_answer_above(announced: str, old: str) -> None:
    assert new_words(f"{NEW}\n\n{announced}\n\n{old}\n") == NEW


@pytest.mark.parametrize("announced", ANNOUNCED)
def test_an_answer_below(announced: str) -> None:
    assert new_words(f"{announced}\n{MARKED}\n\n{NEW}") == NEW


@pytest.mark.parametrize("headed", HEADED)
def test_copied_headers(headed: str) -> None:
    assert new_words(f"{NEW}\n\n{headed}\n\n{OLD}") == NEW


@pytest.mark.parametrize(
    "signature",
    [
        "Dikirim dari iPhone saya",
        "Dikirim dari iPad saya",
        "Dikirim dari HP Samsung saya",
        "Dikirim dari perangkat Galaxy saya",
        "Dikirim dari ponsel cerdas Samsung Galaxy saya.",
        "Dikirim dari Yahoo Mail di Android",
        "Dikirim dari Yahoo Mail untuk iPhone",
        "Dikirim dari Outlook untuk Android<https://aka.ms/AAb9ysg>",
        "Dapatkan Outlook untuk iOS<https://aka.ms/o0ukef>",
        "Dapatkan Outlook untuk Android",
        "Dikirim dari Mail untuk Windows 10",
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from Mail for Windows",
        "Sent from Yahoo Mail on Android",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    ],
)
def test_signatures_of_phones(signature: str) -> None:
    assert new_words(f"{NEW}\n\n{signature}") == NEW
    assert new_words(f"{NEW}\n\n{signature}\n\n{ANNOUNCED[0]}\n\n{MARKED}") == NEW


@pytest.mark.parametrize(
    "text",
    [
        "Pada tanggal 2 November 2026 dokter menulis:\nibu boleh pulang. Ternyata tidak.",
        "Pada hari Senin perawat menulis:\nobat 3x1",
        "On Monday the nurse wrote:\ntake it twice",
        "Dengan hormat,\n\nDari: Budi Santoso\nKepada: Direktur RSIA\nPerihal: Keluhan parkir\n\nTidak ada karcis.",
        "Dikirim dari rumah sakit ke rumah dengan ambulans jam 3 pagi",
        "Dikirim dari HP suami saya karena HP saya dicuri di ruang tunggu",
        "Sent from the emergency room to the ward without a word.",
        "Daftar:\n-----\nSatu\n-----\nDua",
        "suhu > 39 derajat\nsaturasi < 90",
        "Saya kutip aturannya:\n\nPasal 5: pelayanan tanpa biaya",
        "From: the bottom of my heart\nthank you",
    ],
)
def test_what_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert new_words(text) == text


def test_nothing_new() -> None:
    assert new_words(f"{ANNOUNCED[0]}\n{MARKED}") == ""
    assert new_words("") == ""
    assert new_words("\n\n--\nDikirim dari iPhone saya") == ""


def test_below_a_quote_without_marks_everything_is_kept() -> None:
    """Where the quote ends cannot be told, and what was written must not be lost."""
    text = f"{HEADED[0]}\n\n{OLD}\n\n{NEW}"
    assert NEW in new_words(text)


def test_an_earlier_quote_within_the_quote_changes_nothing() -> None:
    older = f"> {ANNOUNCED[6]}\n>> dulu"
    text = f"{NEW}\n\n{ANNOUNCED[0]}\n\n{MARKED}\n>\n{older}\n\n{HEADED[0]}\n\nlama"
    assert new_words(text) == NEW


def test_of_a_forwarded_mail_everything_is_new() -> None:
    text = f"Mohon bantu warga ini.\n\n{HEADED[0]}\n\n> {NEW}"
    assert new_words(text, is_forwarded=True) == text
