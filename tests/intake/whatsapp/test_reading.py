"""What people mean, however they spell it; and whatever they type, nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.intake.languages import language_after, language_of
from helpdesk.intake.whatsapp.dialogue.mentions import bare_pin, mention_in, without_pin
from helpdesk.intake.whatsapp.dialogue.reading import Intent, read
from helpdesk.tickets.states import Kind

MEANT = {
    Intent.GREETING: (
        "P", "p", "PPPP", "P p p", "Ping!", "halo", "haloooo kak", "Hi", "hello", "permisi bu", "selamat pagi min",
        "Assalamualaikum", "assalamu'alaikum wr wb", "Ass wr wb", "Aslmkm", "asalamualaikum kak", "samlekum",
        "assalamualaikum warahmatullahi wabarakatuh",
        "assalamu alaikum wr wb", "maaf mengganggu", "punten teh", "good morning", "admin", "test",
    ),
    Intent.THANKS: ("makasih", "terima kasih ya kak", "oke siap terima kasih", "thank you so much", "hatur nuhun teh"),
    Intent.YES: ("ya", "iya", "ok", "Oke kak", "betul", "👍👍", "👍🏻"),
    Intent.NO: ("tidak", "ga", "no", "jangan", "udah itu aja", "nanti saja", "bentar ya saya ketik", "cukup"),
    Intent.SEND: ("kirim", "kirim saja", "ya kirim", "send it", "kirim dong"),
    Intent.MENU: ("menu", "bantuan", "help", "menu utama"),
    Intent.CANCEL: ("batal", "ga jadi", "cancel", "stop", "tidak jadi lapor", "maaf salah nomor", "salah kirim maaf"),
    Intent.PERSON: ("petugas", "mau bicara dengan petugas", "CS dong", "customer service", "i want to talk to a human",
                    "telp saya dong", "minta dihubungi", "ini robot ya?", "woi bales dong", "ada orang nya ga sih ini",
                    "jangan hubungi saya lagi", "saya ga punya nomornya"),
    Intent.COMPLAIN: ("mau lapor", "halo mau komplain dong kak", "saya ingin menyampaikan keluhan", "pengaduan",
                      "Assalamualaikum wr wb. mohon maaf mengganggu, saya mau menyampaikan keluhan", "saya kecewa",
                      "pelayanan buruk sekali"),
    Intent.STATUS: ("cek status", "status laporan saya", "KLH-26-00042-8", "no 0042", "26000428",
                    "Yg kmrn sy lapor no 0042 kok blm ada kabar? katanya 3 hari", "kapan dibalas", "tidak ada kabar",
                    "laporan saya sudah sampai mana?", "nomor laporan saya berapa ya", "sudah terkirim?",
                    "any update?", "statusnya gimana?", "kapan selesai?", "min kok belum dibalas2 ya",
                    "when will you answer?", "sudah sampai mana?", "sdh smp mana ya kak", "kapan dibales sih",
                    "belum ada tanggapan", "mana jawabannya", "gimana perkembangannya?", "laporan saya gimana?",
                    "udah selesai belum?", "Assalamualaikum, kpn diproses ya?", "no reply yet", "still no answer",
                    "when will my complaint be answered?", "has my complaint been read?", "what's the status?"),
    Intent.ADD: ("tambah foto", "mau tambah keterangan", "kirim bukti susulan"),
    Intent.INFO: ("mau tanya", "mau nanya dong min", "info"),
    Intent.ANONYMOUS: ("anonim", "saya mau anonim"),
    Intent.CONFIDENTIAL: ("rahasia", "tolong rahasiakan", "aku pengen lapor tapi takut", "saya mau lapor tapi rahasia"),
    Intent.SOLVED: ("sudah selesai", "selesai", "udah beres", "sudah beres bu makasih"),
    Intent.NOT_YET: ("belum", "belum selesai", "blm beres", "saya tidak puas", "masih kurang puas bu"),
    Intent.WITHDRAW: ("Saya cabut laporan saya no 0107, sudah damai sama perawatnya", "mau cabut keluhan",
                      "please withdraw my complaint"),
    Intent.OBJECT: ("kenapa laporan saya DITUTUP padahal belum beres!!! saya ga pernah setuju",
                    "my complaint was closed but nothing happened", "tolong buka lagi laporan saya",
                    "saya tidak puas dengan jawabannya"),
    Intent.SPAM: ("Promo pinjol cepat cair klik bit.ly/xxxx", "slot gacor maxwin jackpot malam ini"),
    Intent.AUTOMATIC: ("Terima kasih telah menghubungi Toko Maju. Kami akan segera membalas.",
                       "This is an automated response."),
    Intent.NOTHING: ("", "🙏", "?", "..."),
    Intent.STORY: ("suster jutek", "wc bau", "Assalamualaikum, AC kamar 302 mati",
                   "obatnya salah", "nunggu obat 3 jam", "bayi saya kuning", "jam besuk",
                   "dokter tidak datang", "dimana alamat rs", "perawat tidak hubungi saya"),
    Intent.UNCLEAR: ("hmm", "xyz", "0812-3456-0172", "kok gitu sih"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "intent"), [(text, intent) for intent, texts in MEANT.items() for text in texts]
)
def test_it_is_meant(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "makasih ya bidan Sari ruang VK sabar bgt nemenin istri sy sampe lahiran. sukses sll",
            Kind.PRAISE,
        ),
        ("min mau nanya jam besuk & syarat lahiran pake bpjs apa aja ya", Kind.INFORMATION),
        (
            "NIK sy 3273024508900000 kk 3273021203100000 tlg cek udh masuk dtks apa blm",
            Kind.INFORMATION,
        ),
        ("saran saya sebaiknya ada kursi tambahan di ruang tunggu", Kind.SUGGESTION),
        ("terima kasih tapi obatnya salah dan petugasnya ketus", Kind.COMPLAINT),
        ("Makanan sering datang dingin, sendok kotor. Suster baik.", Kind.COMPLAINT),
        (
            "obat sirup utk anak sy di etiket 3x1 sdt pdhl kt dokter 2x1/2. mana yg bener??",
            Kind.COMPLAINT,
        ),
    ],
)
def test_a_story_looks_like_something(text: str, kind: Kind) -> None:
    assert (read(text).intent, read(text).looks_like) == (Intent.STORY, kind)


@pytest.mark.parametrize(
    "text",
    [
        "sama kyk laporan istri saya kmrn soal tagihan lab dobel RM 00-41-27",
        "NIK sy 3273024508900000 tlg cek",
        "Kartu BPJS bpk saya nonaktif. Noka 0001234567890. Gimana ini",
        "hubungi saya di 0812-3456-0172",
        "tagihan Rp385.000,00 dobel",
        "AC ruang 305 panas",
        "nomor antrean 27 dilewati",
    ],
)
def test_other_numbers_are_no_ticket_numbers(text: str) -> None:
    assert read(text).mention.typed == ""


@pytest.mark.parametrize(
    ("text", "typed", "pin"),
    [
        ("KLH-26-00042-8", "KLH-26-00042-8", ""),
        ("klh 26 42", "klh 26 42", ""),
        ("KLH-26-00042-8 123456", "KLH-26-00042-8", "123456"),
        ("26000428 123456", "26000428", "123456"),
        ("nomor KLH-26-00042-8 PIN: 123456", "KLH-26-00042-8", "123456"),
        ("cek laporan no 0042 pin 654321", "0042", "654321"),
    ],
)
def test_number_and_pin(text: str, typed: str, pin: str) -> None:
    mention = mention_in(text, prefix="KLH")
    assert (mention.typed, mention.pin) == (typed, pin)


def test_a_pin_does_not_stay_readable() -> None:
    assert bare_pin("123 456") == bare_pin("pin: 123456") == "123456"
    assert bare_pin("saya datang jam 123456") == ""
    assert "123456" not in without_pin("KLH-26-00042-8 123456", "123456")
    assert without_pin("KLH-26-00042-8 123456", "123456").startswith("KLH-26-00042-8")


@pytest.mark.parametrize(
    "text",
    [
        "dokter kapan selesai?",
        "nomor sudah sampai mana?",
        "hasil lab saya kapan selesai ya bu",
        "kapan AC kamarnya diperbaiki",
        "kok belum ditangani ya",
    ],
)
def test_what_may_ask_after_something_else_is_kept_and_answered(text: str) -> None:
    reading = read(text)
    assert reading.intent in (Intent.STORY, Intent.UNCLEAR)
    assert reading.may_ask_status


@pytest.mark.parametrize(
    "text",
    [
        "gimana cara lapor",
        "Kemarin saya tanya kapan selesai, perawatnya malah membentak dan bilang belum ada kabar dari dokter",
        "Suster bilang statusnya belum dibalas dokter sejak tadi pagi padahal anak saya demam tinggi",
        "sudah sembuh",
    ],
)
def test_what_only_holds_such_words_asks_nothing(text: str) -> None:
    reading = read(text)
    assert (reading.intent is Intent.STATUS, reading.may_ask_status) == (False, False)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Assalamualaikum", True),
        ("ass wr wb", True),
        ("aslm min", True),
        ("assalamu alaikum", True),
        ("assalamu'alaikum wr. wb.", True),
        ("halo", False),
        ("salam", False),
        ("selamat pagi", False),
    ],
)
def test_a_salam_is_heard(text: str, is_one: bool) -> None:
    reading = read(text)
    assert (reading.intent, reading.is_salam) == (Intent.GREETING, is_one)


def test_secrecy_is_heard() -> None:
    assert read("Jadwal jaga NICU kurang orang. Mohon identitas dirahasiakan.").asks_secrecy
    assert read("Saya takut sebut nama karena istri masih dirawat.").asks_secrecy
    assert not read("Perawat lt 2 shift malam jutek bgt").asks_secrecy


def test_the_language_of_a_talk() -> None:
    english = "I am a foreign patient. The cashier could not explain the charges in English."
    assert language_of(english) == "en"
    assert language_after("ok", "en") == "en"
    assert language_after(english, "id") == "en"
    assert language_after("saya tidak bisa datang, tolong yang kemarin", "en") == "id"
    assert language_after("P", "id") == "id"
    assert language_after("My wife is bleeding heavily", "id") == "en"
    assert language_after("can i talk to a human please", "id") == "en"
    assert language_after("hello", "id") == "id"
    assert language_after("thank you min, dokter di poli ramah", "id") == "id"


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    assert reading.intent in Intent
    assert len(reading.mention.pin) in (0, 6)
    assert "•" in without_pin(text, "123456") or "123456" not in text.replace(" ", "")


@given(st.text(alphabet="KLH-26 0OIl/.#pinPIN12345678", max_size=60))
def test_anything_like_a_number_is_read(text: str) -> None:
    mention = mention_in(text, prefix="KLH")
    assert len(mention.typed) <= 60
