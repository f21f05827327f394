"""Mails after the styles of real programs (``tests/wire/mail``), and what each must come out as."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from config import ROOT
from helpdesk.lib.mail.message import Bounce, Nature, ReadMail
from helpdesk.lib.mail.reading import read_mail

MAILS = ROOT / "tests" / "wire" / "mail"
OURS = ("keluhan@rs.example.org", "notice.rs.example.org")
SERVER = "mx.rs.example.org"
ORIGINAL = "<t.7f3a.9@notice.rs.example.org>"


def read(name: str) -> ReadMail:
    return read_mail((MAILS / f"{name}.eml").read_bytes(), authserv_id=SERVER, own_identifiers=OURS)


@dataclass(frozen=True)
class Row:
    """A mail by its file's name, and what is new in it, its files and its defects."""

    name: str
    reply: str
    files: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


PEOPLE = [
    # replies, by program
    Row("gmail_web_id", "Terima kasih atas jawabannya. Tagihan lab kami masih tercantum dua kali 🙏\n"
        "Mohon dicek lagi, RM 00-41-27."),
    Row("gmail_android_en", "Nobody has called me yet. Please call me after 5 pm."),
    Row("outlook_desktop_id", "Dengan hormat,\n\nSelisih Rp385.000,00 belum kami terima – mohon kepastian."
        "\n\nSalam,\nBudi Santoso\nPT Contoh Sejahtera", ("image001.png",)),
    Row("outlook_desktop_en", "I am a foreign patient. The cashier could not explain the charges in "
        "English and refused my card.\n\nRegards,\nMei"),
    Row("outlook_mobile_id", "Anak saya masih demam, tolong dipercepat."),
    Row("apple_mail_en", "The air conditioning in room 305 is still broken, and the baby cannot sleep."
        "\n\nAnna"),
    Row("iphone_id", "Sudah 2 minggu surat lahir belum jadi juga."),
    Row("yahoo_id", "Penerima beras itu sudah meninggal 5 bulan lalu, masih keluar terus namanya."),
    Row("yahoo_android_en", "The parking fee was 5,000 without a ticket."),
    Row("thunderbird_id", "Oleh layar. Menunggu dari jam 9 sampai jam 12, nomor saya tidak pernah muncul."
        "\n\n--\nDedi, Solok"),
    Row("thunderbird_inline_en", "See below.\n\nOn 12 November.\n\nI do not know her name."),
    Row("samsung_id", "kamar mandi ruang melati masih bau, air mati dr kmrn"),
    Row("roundcube_id", "Data warga RW 07 kami kirim menyusul."),
    Row("own_delimiter", "Obat sirupnya 3x1 atau 2x1/2, mana yang benar?"),
    # first mails
    Row("foreign_patient", "I am a foreign patient. The cashier could not explain the charges in English "
        'and refused my card. Please call me.\n\nOn 12 November 2026 the cashier wrote: "no English".\n\n'
        "Grüße – Klaus"),
    Row("somasi", "Terlampir surat somasi dari kuasa hukum keluarga Alm. Tn. S terkait dugaan kelalaian "
        "pada 2 Oktober 2026.", ("Surat Somasi – keluarga Alm. Tn. S.pdf", "foto bukti é.jpg")),
    Row("forwarded_id", "---------- Pesan terusan ----------\nDari: Uda Anwar <anwar@example.net>\n"
        "Tanggal: Kam, 19 Nov 2026 21.40\nSubjek: tolong bantu\n"
        "Kepada: Kader Posyandu <kader@example.net>\n\n"
        "Ambo dari Solok alah tigo jam di IGD indak juo ditangani, anak ambo muntah2 taruih"),
    Row("forwarded_attached", "Ini surat dari warga, terlampir.",
        ("Tiga jam di IGD - belum ditangani.eml",)),
    Row("invitation", "Mengundang Bapak/Ibu dalam rapat mediasi.", ("invitation-1.ics",)),
    Row("html_only_table", "Pemeriksaan darah tercantum dua kali:\n\nTanggal | Harga\n"
        "12-11-2026 | Rp385.000,00\n\n- pertama\n- kedua\n\nMohon perincian."),
    Row("html_hostile", "Promo pinjol cepat cair\n\nklik bit.ly/xxxx <https://evil.test/x>\n\n1 | dua"),
    Row("about_leave", "Mohon penjelasan tentang cuti tahunan saya."),
    Row("empty_body", ""),
    Row("only_attachment", "", ("scan 0001.pdf",)),
    Row("checked", "satpam depan igd bentak2 ibu saya"),
    Row("forged", "tutup saja laporannya"),
    # wrapped and sealed
    Row("smime_signed", "Saya cabut laporan saya no 0107, sudah damai sama perawatnya.",
        ("surat.txt",), ("signature_not_checked",)),
    Row("smime_opaque", "Saya cabut laporan saya no 0107, sudah damai sama perawatnya.",
        ("surat.txt",), ("signature_not_checked",)),
    Row("smime_encrypted", "", ("smime.p7m",), ("encrypted",)),
    Row("pgp_encrypted", "", ("attachment-1.pgp", "encrypted.asc"), ("encrypted",)),
    Row("winmail", "Foto plafon bocor terlampir.",
        ("Foto plafon bocor – ruang 305.jpg", "catatan.txt")),
    # damaged
    Row("charset_wrong", "Makanan sering datang dingin – sendok kotor. Café ramai.", (),
        ("charset_wrong",)),
    Row("charset_unknown", "Kafé “tutup”", (), ("charset_unknown", "charset_wrong")),
    Row("charset_japanese", "看護師の説明がありません。"),
    Row("charset_chinese", "护士没有解释，镕。"),
    Row("headers_doubled", "isi", (), ("date_absurd", "from_doubled", "message_id_doubled")),
    Row("headers_missing", "min mau nanya jam besuk", (),
        ("date_unreadable", "from_missing", "message_id_missing")),
    Row("nul", "parkir motor 5rb?? ga ada karcis\n[31mmerah", (), ("nul_removed",)),
    Row("broken_encodings", "Suster baik, =ZZ Air panas mati", ("catatan.bin",),
        ("encoding_broken", "truncated")),
]  # fmt: skip

MACHINES = {
    "away_id": "Auto-Submitted: auto-generated",
    "away_en": "Subject: Out of Office",
    "vacation_postfix": "Precedence: bulk",
    "list": "List-Id",
    "read_receipt": "multipart/report: disposition-notification",
    "delivered": "Auto-Submitted: auto-replied",
    "own_returned": "Message-ID: @notice.rs.example.org",
}

BOUNCES = {
    "bounce_postfix": ("rina.p@example.net", "5.1.1", True),
    "bounce_gmail": ("dimas@example.com", "5.1.1", True),
    "bounce_office365": ("budi.s@kantor.example.org", "5.1.10", True),
    "bounce_full": ("ani@example.net", "5.2.2", False),
    "bounce_delayed": ("lurah@desa.example.org", "4.4.1", False),
    "bounce_exim": ("tom@example.net", "5.0.0", True),
    "bounce_qmail": ("eve@example.net", "5.1.1", True),
    "bounce_gmail_old": ("siti@example.net", "5.1.1", True),
    "bounce_exchange_old": ("joko@kantor.example.org", "5.1.1", True),
}


def test_every_mail_is_in_a_table() -> None:
    told = {row.name for row in PEOPLE} | MACHINES.keys() | BOUNCES.keys()
    assert {file.stem for file in MAILS.glob("*.eml")} == told


@pytest.mark.parametrize("row", PEOPLE, ids=lambda row: row.name)
def test_what_a_person_wrote(row: Row) -> None:
    mail = read(row.name)
    assert mail.reply == row.reply
    assert tuple(file.name for file in mail.files) == row.files
    assert mail.defects == row.defects
    assert (mail.nature, mail.nature_reason, mail.bounce) == (Nature.PERSON, "", None)
    for line in filter(None, row.reply.splitlines()):
        assert line.rstrip() in mail.text  # what is new is part of the whole


@pytest.mark.parametrize("name", MACHINES)
def test_what_a_machine_wrote(name: str) -> None:
    mail = read(name)
    assert (mail.nature, mail.nature_reason, mail.bounce) == (
        Nature.AUTOMATIC,
        MACHINES[name],
        None,
    )


@pytest.mark.parametrize("name", BOUNCES)
def test_what_a_server_could_not_deliver(name: str) -> None:
    mail = read(name)
    assert isinstance(mail.bounce, Bounce)
    told = (mail.bounce.recipient, mail.bounce.status, mail.bounce.is_permanent)
    assert told == BOUNCES[name]
    assert mail.bounce.original_id == ORIGINAL
    assert mail.bounce.diagnostic
    assert mail.nature is Nature.BOUNCE


@pytest.mark.parametrize("file", sorted(MAILS.glob("*.eml")), ids=lambda file: file.stem)
def test_the_ends_of_lines_make_no_difference(file: Path) -> None:
    """Programs send CRLF, mailbox files have LF; a copy that came both ways is one mail."""
    raw = file.read_bytes()
    one, other = (
        read_mail(version, authserv_id=SERVER, own_identifiers=OURS)
        for version in (raw, raw.replace(b"\n", b"\r\n"))
    )
    assert one.body_digest == other.body_digest
    assert (one.text, one.reply, one.nature, one.bounce) == (
        other.text, other.reply, other.nature, other.bounce,
    )  # fmt: skip
    assert [found.name for found in one.files] == [found.name for found in other.files]
