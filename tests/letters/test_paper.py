"""What stands on the paper, in both languages: complete, tagged, escaped, and no more than may be said."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from helpdesk.letters.disposition_sheet import Hop
from helpdesk.letters.drawing import Paper, draw
from helpdesk.letters.letter import Letter, LetterKind, as_facts
from helpdesk.letters.parties import Complainant, Identity
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.qr import qr_svg
from tests.letters.samples import AT, receipt, sheet

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def letter_of(fields: Any, language: str = "id") -> Letter:
    is_receipt = hasattr(fields, "track_url")
    return Letter(
        kind=LetterKind.RECEIPT if is_receipt else LetterKind.DISPOSITION_SHEET,
        number=fields.number,
        language=language,
        fields=as_facts(fields),
        created_at=AT,
    )


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page, with every run of spaces and line ends as one space."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def words_of(fields: Any, language: str = "id") -> str:
    return " ".join(pages_of(draw(letter_of(fields, language))))


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_receipt_says_what_the_law_asks_for(language: str) -> None:
    words = words_of(receipt(), language)
    for fact in (
        "RSIA Sekar Ranah", "KLH-26-00159-7", "Ratna Dewi", "Jl. Melati No. 4, Padang",
        "Antre dari pukul 08.00 sampai 12.40.", "Tidak ada kursi <kosong>.",
        "Loket Customer Care, lantai 1", "Tatap muka", "Rina Oktavia", "Kursi prioritas",
        "https://aduan.sekarranah.example/lacak", "(0751) 555-0100", "137", "44", "25",
        "antrean.jpg",
    ):  # fmt: skip
        assert fact in words
    day, due = {
        "id": ("20 November 2026 pukul 10.20 WIB", "27 November 2026 pukul 10.20 WIB"),
        "en": ("20 November 2026 at 10:20 WIB", "27 November 2026 at 10:20 WIB"),
    }[language]
    assert day in words
    assert due in words


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_sheet_says_what_is_customary(language: str) -> None:
    words = words_of(sheet(), language)
    for fact in (
        "KLH-26-00152-3", "WhatsApp", "Hasil laboratorium tertukar", "Merah", "Laboratorium",
        "Sdr. Arif", "Komite Mutu", "Klarifikasi (1)", "Tanggapan dan saran (1, 2)",
        "Untuk diketahui", "Cek penanda.", "Hubungi pelapor", "Rekam Medis",
        "Hendra Saputra, S.K.M.", "Kepala Customer Care", "Padang, 20 November 2026",
    ):  # fmt: skip
        assert fact in words


@pytest.mark.parametrize("fields", [receipt(), sheet()], ids=["receipt", "sheet"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_letters_are_tagged_on_one_page_of_a4_in_their_language(fields: Any, language: str) -> None:
    reader = PdfReader(io.BytesIO(draw(letter_of(fields, language))))
    root = reader.root_object
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert fields.number in (reader.metadata.title or "")
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_the_two_languages_share_no_label() -> None:
    indonesian, english = words_of(receipt()), words_of(receipt(), "en")
    assert "Tanda Terima Pengaduan" in indonesian
    assert "Complaint receipt" in english
    assert "Complaint" not in indonesian
    assert "Halaman 1 dari 1" in indonesian
    assert "Page 1 of 1" in english


@pytest.mark.parametrize(
    ("language", "kind", "head"),
    [("id", "Apresiasi", "Tanda Terima: Apresiasi"), ("en", "Suggestion", "Receipt: Suggestion")],
)
def test_what_is_no_complaint_is_not_called_one(language: str, kind: str, head: str) -> None:
    letter = letter_of(receipt(kind=kind, is_complaint=False), language)
    for paper in Paper:
        words = " ".join(pages_of(draw(letter, paper=paper)))
        assert head in words
        for named in ("Nomor keluhan", "dikeluhkan", "Complaint number", "complained about"):
            assert named not in words
    title = (PdfReader(io.BytesIO(draw(letter))).metadata or {})["/Title"]
    assert kind in title


def test_a_receipt_from_before_kinds_were_told_apart_is_that_of_a_complaint() -> None:
    letter = letter_of(receipt())
    del letter.fields["is_complaint"]
    assert "Tanda Terima Pengaduan" in " ".join(pages_of(draw(letter)))


@pytest.mark.parametrize(
    ("identity", "word"), [(Identity.WITHHELD, "Dirahasiakan"), (Identity.ANONYMOUS, "Anonim")]
)
@pytest.mark.parametrize("make", [receipt, sheet])
def test_who_is_not_named_stands_on_no_paper(make: Any, identity: Identity, word: str) -> None:
    words = words_of(make(complainant=Complainant(identity=identity, name="Ratna Dewi")))
    assert word in words
    assert "Ratna" not in words


def test_what_no_person_took_in_was_received_by_the_system() -> None:
    words = words_of(receipt(received_by="", received_by_position=""))
    assert "Sistem, secara otomatis" in words
    assert "Tidak memerlukan tanda tangan" in words


def test_pin_and_link_are_only_on_the_complainants_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    link, coded = "https://aduan.sekarranah.example/l/KUNCI", []

    def watched(text: str, **words: str) -> str:
        coded.append(text)
        return qr_svg(text, **words)

    monkeypatch.setattr("helpdesk.letters.drawing.qr_svg", watched)
    letter = letter_of(receipt(copies=2))
    theirs, ours = pages_of(draw(letter, pin="481920", link=link))
    for word in ("481920", "Lembar 1", "Pindai untuk memantau"):
        assert word in theirs
        assert word not in ours
    later = pages_of(draw(letter))
    assert "481920" not in " ".join(later)
    assert "PIN diberikan satu kali" in later[0]
    assert coded == [link, "https://aduan.sekarranah.example/lacak"]


def test_a_long_complaint_goes_on_to_a_second_page() -> None:
    pages = pages_of(draw(letter_of(receipt(description="Kami menunggu lama sekali. " * 300))))
    assert len(pages) > 1
    assert "Halaman 2 dari" in pages[1]
    assert "Rina Oktavia" in pages[-1]


def test_no_name_is_cut_in_the_history_of_a_sheet() -> None:
    asked = "Sudah beberapa kali terjadi, mohon dicari sebabnya dan disiapkan jawabannya. " * 2
    to = "Penanggulangan Infeksi Nosokomial"
    step = Hop(sent_at=AT, sender="Ratih Kusumawati", recipient=to, instruction=asked)
    assert f"Ratih Kusumawati {to}" in words_of(sheet(history=(step,)))


def test_a_confidential_sheet_says_so_loudly() -> None:
    assert "RAHASIA" in words_of(sheet(is_confidential=True))
    assert "RAHASIA" not in words_of(sheet())


def test_who_gets_it_for_information_stands_apart_on_the_sheet() -> None:
    work, copy = sheet().recipients
    words = words_of(sheet(recipients=(work, replace(copy, due_at=None, is_copy=True))))
    forwarded, copied = words.split("Tembusan:")
    assert "Laboratorium" in forwarded
    assert "Komite Mutu" not in forwarded
    assert "2 Komite Mutu" in copied
    assert "Tembusan" not in words_of(sheet())


def test_a_sheet_of_the_days_before_copies_is_still_drawn() -> None:
    letter = letter_of(sheet())
    for recipient in letter.fields["recipients"]:
        del recipient["is_copy"]
    assert "Komite Mutu" in " ".join(pages_of(draw(letter)))


def test_an_ungraded_sheet_without_extras_is_drawn() -> None:
    bare = sheet(
        grade="",
        grade_name="",
        due_at=None,
        requests=(),
        history=(),
        note="",
        sheet=0,
        ticket_url="",
    )
    assert "belum digrading" in words_of(bare)


def test_the_same_letter_is_the_same_bytes() -> None:
    letter = letter_of(receipt())
    assert draw(letter) == draw(letter)
    assert draw(letter) != draw(letter_of(receipt(received_at=AT + timedelta(minutes=1))))


def test_nobody_draws_inside_a_unit_of_work() -> None:
    letter = letter_of(receipt())
    with pytest.raises(RuntimeError, match="never inside"):
        unit_of_work(lambda: draw(letter))
