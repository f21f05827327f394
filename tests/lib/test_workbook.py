"""Workbooks: text stays text, numbers are numbers, the same bytes each time."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from openpyxl import load_workbook

from helpdesk.lib.workbook import Cell, Column, Kind, Sheet, write_workbook

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
EVIL = '=HYPERLINK("http://evil.example","x")'


def book_of(*rows: tuple[object, ...]) -> bytes:
    columns = (
        Column("Teks"),
        Column("Jumlah", Kind.COUNT),
        Column("Bagian", Kind.SHARE),
        Column("Hari", Kind.DAY),
    )
    sheet = Sheet("Register", "Register keluhan", columns, rows, total=("Semua", 3, None, None))
    return write_workbook(
        [sheet], title="Laporan", subtitle="Oktober", author="RSIA", language="id", created_at=AT
    )


def test_what_people_typed_is_neither_formula_nor_link_nor_number() -> None:
    page = load_workbook(io.BytesIO(book_of((EVIL, 1, 0.5, None), ("0812", 1, None, None))))[
        "Register"
    ]
    assert (page["A5"].value, page["A5"].data_type) == (EVIL, "s")
    assert page["A5"].hyperlink is None
    assert page["A6"].value == "0812"


def test_numbers_and_days_can_be_computed_with() -> None:
    page = load_workbook(io.BytesIO(book_of(("a", 1234, 0.853, date(2026, 10, 5)))))["Register"]
    assert [page[cell].value for cell in ("B5", "C5")] == [1234, 0.853]
    assert page["D5"].value.date() == date(2026, 10, 5)
    assert page["B5"].number_format == "#,##0"
    assert page["C5"].number_format == "0.0%"
    assert page["D5"].number_format.startswith("[$-421]")


def test_nothing_is_an_empty_cell_and_no_zero() -> None:
    page = load_workbook(io.BytesIO(book_of(("a", 0, None, None))))["Register"]
    assert page["B5"].value == 0
    assert page["C5"].value is None


def test_a_cell_may_be_of_another_kind_than_its_column() -> None:
    page = load_workbook(io.BytesIO(book_of(("a", Cell(0.5, Kind.SHARE), None, None))))["Register"]
    assert (page["B5"].value, page["B5"].number_format) == (0.5, "0.0%")


def test_it_is_ready_to_print() -> None:
    page = load_workbook(io.BytesIO(book_of(("a", 1, None, None))))["Register"]
    assert page.freeze_panes == "B5"
    assert page.print_title_rows == "$4:$4"
    assert page.page_setup.paperSize == 9
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_the_same_tables_are_the_same_bytes() -> None:
    assert book_of(("a", 1, None, None)) == book_of(("a", 1, None, None))
