"""What stands in the PDF of a summary: tagged, complete, silent about people, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from helpdesk.lib.database import unit_of_work
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.summaries.drawing import draw_page, draw_pdf
from helpdesk.monitoring.summaries.facts import (
    Cause,
    PlaceLine,
    Point,
    RecurringLine,
    from_json,
    to_json,
)
from helpdesk.monitoring.summaries.workbook import make_workbook
from tests.monitoring.samples import paper, register_lines, summary_facts
from tests.web.browsing import plain

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def words_of(pdf: bytes) -> str:
    return " ".join(
        word for page in PdfReader(io.BytesIO(pdf)).pages for word in page.extract_text().split()
    )


def structure(reader: PdfReader) -> Iterator[Any]:
    """Every element of the structure tree."""
    waiting = [reader.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if not hasattr(element, "get"):
            continue
        yield element
        kids = element.get("/K", [])
        kids = kids if isinstance(kids, list) else [kids]
        waiting += [kid for kid in kids if not isinstance(kid, int)]


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_is_tagged_for_whoever_cannot_see_it(language: str) -> None:
    reader = PdfReader(io.BytesIO(draw_pdf(paper(language))))
    root = reader.root_object
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert "Okt" in (reader.metadata.title or "") or "October" in (reader.metadata.title or "")
    elements = list(structure(reader))
    kinds = [str(element.get("/S")) for element in elements]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") >= 7
    assert kinds.count("/Table") >= 5  # one that goes on overleaf is tagged as two
    # None in another
    assert kinds.count("/Table") == kinds.count("/THead") == kinds.count("/TBody")
    assert kinds.count("/TH") > 5 * 4
    figures = [element for element in elements if element.get("/S") == "/Figure"]
    spoken = [str(figure["/Alt"]) for figure in figures if "/Alt" in figure]
    assert len(spoken) == len(figures)
    assert sum("85" in words for words in spoken) == 1  # the line says its values
    assert sum("47" in words for words in spoken) == 1  # and so do the bars


def test_the_body_lies_upright_and_the_register_on_its_side() -> None:
    pages = PdfReader(io.BytesIO(draw_pdf(paper()))).pages
    sizes = [tuple(round(float(side)) for side in page.mediabox[2:]) for page in pages]
    assert sizes[0] == (595, 842)
    assert sizes[-1] == (842, 595)


@pytest.mark.parametrize("count", [3, 4])
def test_no_heading_and_no_note_is_parted_from_its_table(count: int) -> None:
    """Three units leave room for the indicator's heading, four for its action plan without the note below."""
    unit = summary_facts().units[0]
    units = tuple(replace(unit, name=f"Unit {place} dengan nama panjang") for place in range(count))
    pages = [
        page.extract_text() for page in PdfReader(io.BytesIO(draw_pdf(paper(units=units)))).pages
    ]
    (indicator,) = (page for page in pages if "Lembar indikator" in page)
    assert "Grading" in indicator
    assert "Semua grading digabung" in indicator
    assert not [page for page in pages if page.startswith(("Kapan:", "Diukur", "Semuanya"))]


def test_one_long_word_pushes_no_column_off_the_paper() -> None:
    word = "Penanggulanganbencanaterpadu" * 3
    facts = summary_facts()
    drawn = draw_pdf(
        paper(
            recurring=tuple(replace(line, unit=word, category=word) for line in facts.recurring),
            improvements=tuple(replace(line, unit=word) for line in facts.improvements),
            register=tuple(replace(line, title=word) for line in facts.register),
        )
    )
    starts: list[float] = []
    for page in PdfReader(io.BytesIO(drawn)).pages[:3]:
        page.extract_text(visitor_text=lambda text, _, place, *__: starts.append(place[4]))
    assert max(starts) < 210 / 25.4 * 96  # pixels


def test_a_period_that_is_not_over_says_so() -> None:
    assert "belum berakhir" not in plain(str(draw_page(paper())))
    early = paper(counted_at=datetime(2026, 10, 31, 16, 59, tzinfo=UTC))
    said = (
        "Periode ini belum berakhir: angka ini keadaan per Sabtu, 31 Oktober 2026 pukul 23.59 WIB"
    )
    assert said in plain(str(draw_page(early)))
    sheet = load_workbook(io.BytesIO(make_workbook(early)))["Ringkasan"]
    assert sheet["A3"].value.startswith(said)


def test_a_little_more_than_its_limit_is_told_from_the_limit() -> None:
    """A red one is due within 24 hours."""
    line = replace(register_lines(5)[4], ran_for=86400 + 50 * 60)
    told = paper(register=(line,))
    assert "1 hari 50 menit Tidak" in plain(str(draw_page(told)))
    book = load_workbook(io.BytesIO(make_workbook(told)))
    assert book["Register"]["H5"].value == book["Terlambat"]["F5"].value == 1.1


def test_it_says_what_a_ministry_looks_for() -> None:
    words = words_of(draw_pdf(paper("en")))
    for fact in (
        "RSIA Sekar Ranah", "0118/HMS/RSIA-SR/XI/2026", "1–31 October 2026, WIB",
        "2 November 2026 at 08:00 WIB", "190", "Sep: 182 (+8)", "85.3%", "(+3.4 points)", "43 h",
        "4.2 / 5", "Permenkes 30 of 2022", "24 hours", "72 hours", "168 hours", "75.0%",
        "not reached", "162 of 190", "Stok minimum belum memicu pesanan",
        "Batas stok minimum diperbarui", "Rina Oktavia, S.K.M.", "NIK 2015.01.003",
        "Padang, 2 November 2026", "Page 1 of",
    ):  # fmt: skip
        assert fact in words, fact


def test_the_count_stands_beside_the_class_and_the_action_beside_its_cause() -> None:
    cause = Cause(root="supply", count=10, text="Stok habis", action="Pemasok kedua")
    line = RecurringLine(
        unit="Farmasi",
        category="Obat",
        received=19,
        before=12,
        causes=(cause,),
        actions=("Tanggal dibacakan", "Pemasok kedua"),
    )
    text = plain(str(draw_page(paper("en", recurring=(line,)))))
    assert "(10×), for example: Stok habis Pemasok kedua" in text
    assert "Tanggal dibacakan" not in text


@pytest.mark.parametrize(
    ("promise", "left", "said"),
    [
        (Kept(8, 2), {}, "None. The time does not stop"),
        (
            Kept(8, 2, 3, 2),
            {"withdrawn": 1, "merged": 1},
            "Of 15 complaints received 10 are judged; 5 are not: not yet due 3, withdrawn 1, merged 1.",
        ),
        (
            Kept(8, 2, 0, 1),
            {"withdrawn": 1, "spam": 1},
            "Of 11 complaints received 10 are judged; 1 is not: ended without handling 1. "
            "Ended without handling in all: withdrawn 1, spam 1. Whatever had passed its limit",
        ),
        (Kept(8, 2), {"spam": 1}, "None. The time does not stop"),
    ],
)
def test_what_is_not_judged_is_said_and_adds_up(
    promise: Kept, left: dict[str, int], said: str
) -> None:
    now = replace(summary_facts().now, received=promise.total, promise=promise)
    text = plain(str(draw_page(paper("en", now=now, left=left))))
    assert said in text
    assert ("not: " in text) == bool(promise.pending + promise.left)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_workbook_says_how_the_indicator_is_counted_word_for_word_as_the_paper(
    language: str,
) -> None:
    made = paper(language)
    text = plain(str(draw_page(made)))
    sheet = load_workbook(io.BytesIO(make_workbook(made))).worksheets[1]
    rows = list(sheet.iter_rows(min_row=10, max_col=2, values_only=True))
    assert len(rows) == 7
    assert plain(sheet["A3"].value) in text
    assert plain(" ".join(f"{term} {meaning}" for term, meaning in rows)) in text


def test_a_confidential_complaint_shows_its_number_and_grade_alone() -> None:
    hidden = next(line for line in register_lines() if line.is_restricted)
    text = draw_page(paper("en"))
    row = next(row for row in text.split("<tr>") if hidden.number in row and "krk" not in row)
    assert "content confidential" in row
    assert plain(row).count("–") >= 3  # neither category nor way nor remarks


def test_the_places_named_most_often_stand_on_paper_and_all_of_them_in_the_workbook() -> None:
    counts = zip(range(20, 8, -1), range(8, 20), strict=True)
    places = (
        *(PlaceLine(name=f"Kamar {now}", received=now, before=was) for now, was in counts),
        PlaceLine(name="Lobi lama", received=0, before=3),
    )
    text = plain(str(draw_page(paper(places=places))))
    said = text[text.index("Tempat kejadian Tempat") :]
    for words in (
        "Kamar 20 20 8",
        "Kamar 13 13 15",
        "Tempat lainnya (4) 42 70",
        "16 keluhan tidak",
    ):
        assert words in said, words
    assert "Kamar 12" not in text
    sheet = load_workbook(io.BytesIO(make_workbook(paper(places=places))))["Tempat"]
    rows = list(sheet.iter_rows(min_row=5, max_col=4, values_only=True))
    assert rows[0] == ("Kamar 20", 20, 8, 12)
    assert rows[-3:] == [
        ("Lobi lama", 0, 3, -3),
        ("Tanpa tempat dari daftar", 16, 17, -1),
        ("Semua", 190, 182, 8),
    ]
    nowhere = paper()
    assert "Tempat kejadian" not in str(draw_page(nowhere))
    assert "Tempat" not in load_workbook(io.BytesIO(make_workbook(nowhere))).sheetnames


def test_nothing_to_judge_is_a_dash_and_neither_all_nor_nothing() -> None:
    facts = summary_facts()
    empty = facts.now.__class__(**{**vars(facts.now), "promise": Kept(pending=3)})
    lines = tuple(line.__class__(**{**vars(line), "promise": Kept()}) for line in facts.grades)
    text = plain(str(draw_page(paper("en", now=empty, grades=lines))))
    assert "No complaint of this period can be judged yet." in text
    assert "All 0 0 3 0 – –" in text
    assert "100.0%" not in text


@pytest.mark.parametrize(("months", "written"), [(6, "79.9"), (12, "79")])
def test_what_misses_the_target_by_a_hair_is_not_written_as_the_target(
    months: int, written: str
) -> None:
    """1599 of 2000 are 79.95 %."""
    missed = Kept(1599, 401)
    now = replace(summary_facts().now, promise=missed)
    trend = tuple(
        Point(period=f"2026-{month:02d}", promise=missed) for month in range(1, months + 1)
    )
    drawn = str(draw_page(paper("en", now=now, trend=trend)))
    assert f">{written}</text>" in drawn
    text = plain(drawn)
    assert (
        "1,599 of 2,000 complaints that were due (79.9%). The national target of 80% was not"
        in text
    )
    assert "All 1,599 2,000 0 0 79.9% not reached" in text
    assert "80.0%" not in text


def test_what_is_nearly_all_is_a_hundred_percent_on_neither_paper_nor_workbook() -> None:
    almost = Kept(1999, 1)
    facts = summary_facts()
    changes: dict[str, Any] = {
        "now": replace(facts.now, promise=almost),
        "trend": (Point(period="2026-10", promise=almost),),
        "grades": tuple(replace(line, promise=almost) for line in facts.grades),
        "units": tuple(replace(line, hops=almost) for line in facts.units),
    }
    words = plain(str(draw_page(paper("en", **changes))))
    assert "Farmasi 36 2,000 1,999 99.9" in words
    assert "100.0" not in words
    book = load_workbook(io.BytesIO(make_workbook(paper(**changes))))
    shares = [
        cell.value for sheet in book for row in sheet for cell in row if "%" in cell.number_format
    ]
    assert max(shares) == 0.999


def test_a_period_without_a_complaint_is_drawn() -> None:
    nothing: dict[str, Any] = {"register": (), "units": (), "categories": (), "recurring": ()}
    words = words_of(draw_pdf(paper("en", **nothing)))
    assert "No complaint was received in this period." in words


def test_the_same_summary_is_the_same_bytes() -> None:
    assert draw_pdf(paper()) == draw_pdf(paper())
    assert draw_pdf(paper()) != draw_pdf(paper(still_open=18))


def test_facts_come_back_from_json_as_they_went() -> None:
    facts = summary_facts()
    assert from_json(to_json(facts)) == facts


def test_what_somebody_typed_is_words_and_no_markup() -> None:
    line = register_lines(1)[0]
    typed = line.__class__(**{**vars(line), "title": "<script>alert(1)</script>"})
    text = str(draw_page(paper(register=(typed,))))
    assert "&lt;script&gt;" in text
    assert "<script" not in text


def test_nobody_draws_inside_a_unit_of_work() -> None:
    made = paper()
    with pytest.raises(RuntimeError, match="never inside"):
        unit_of_work(lambda: draw_pdf(made))
