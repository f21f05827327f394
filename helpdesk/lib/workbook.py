"""Tables as an Excel workbook: real numbers and dates, ready to print, the same bytes each time.

What people typed stays text: a cell that begins with ``=`` is no formula and an address is no link.
Number formats are those of the file; the separators (1.234,5 or 1,234.5) are the reader's own Excel's.
Rows are written one after the other and leave memory at once, so that a long list weighs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from tempfile import TemporaryDirectory
from textwrap import wrap

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

A4 = 9
ORGANISATION_INK = "#0B5068"
_LINE_HEIGHT = 15  # points
_HEAD_ROW = 3  # title, subtitle and a row for the note stand above it
_LOCALES = {"id": "[$-421]", "en": "[$-409]"}  # in which Excel names the months of a date
_OPTIONS = {
    "constant_memory": True,  # rows must be written from the first to the last
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Kind(StrEnum):
    """What a cell holds, and therefore how it is written. A share is of one, shown in percent."""

    TEXT = "text"
    COUNT = "count"
    DECIMAL = "decimal"
    SHARE = "share"
    CHANGE = "change"
    POINTS = "points"
    DAY = "day"
    MOMENT = "moment"  # local and without its zone, which the name of the column tells


_FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.DECIMAL: "#,##0.0",
    Kind.SHARE: "0.0%",
    Kind.CHANGE: "+#,##0;-#,##0;0",
    Kind.POINTS: "+0.0;-0.0;0.0",
    Kind.DAY: "d mmm yyyy",
    Kind.MOMENT: "d mmm yyyy hh:mm",
}

_OF_TIME = (Kind.DAY, Kind.MOMENT)

Value = str | int | float | date | None


@dataclass(frozen=True)
class Cell:
    """A value of another kind than its column."""

    value: Value
    kind: Kind


@dataclass(frozen=True)
class Column:
    """The name of a column, what it holds, and how many characters wide it is."""

    name: str
    kind: Kind = Kind.TEXT
    width: float = 12


@dataclass(frozen=True)
class Sheet:
    """One sheet: a table under its title. *note* says above it what its reader must know first; *total* is one more
    row, set apart at the end; *terms* are explained beneath it, each with its meaning.

    A None is an empty cell, which a sum or an average leaves out; never a zero.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value | Cell]]
    note: str = ""
    total: Sequence[Value | Cell] = ()
    terms: Sequence[tuple[str, str]] = ()
    is_wide: bool = False


def write_workbook(
    sheets: Sequence[Sheet],
    *,
    title: str,
    subtitle: str,
    author: str,
    language: str,
    created_at: datetime,
) -> bytes:
    """Write *sheets* as an xlsx file and return its bytes.

    *subtitle* stands under the title of every sheet; *created_at* is the date the file bears, never
    the present moment.
    """
    content = BytesIO()
    with (
        TemporaryDirectory() as folder,
        xlsxwriter.Workbook(content, _OPTIONS | {"tmpdir": folder}) as book,
    ):
        created = created_at.replace(tzinfo=None)
        book.set_properties({"title": title, "author": author, "created": created})
        styles = _Styles(book, language)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, styles, subtitle, author)
    return content.getvalue()


class _Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook, language: str) -> None:
        self._book, self._language = book, language
        self._made: dict[tuple[Kind, bool], Format] = {}
        self.title = book.add_format(
            {"bold": True, "font_size": 14, "font_color": ORGANISATION_INK}
        )
        self.note = book.add_format({"bold": True})
        self.term = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
        self.meaning = book.add_format({"valign": "top", "text_wrap": True})
        head = {
            "bold": True,
            "text_wrap": True,
            "valign": "bottom",
            "bottom": 2,
            "bg_color": "#E6ECEC",
        }
        self.head = book.add_format(head)
        self.head_right = book.add_format(head | {"align": "right"})

    def of(self, kind: Kind, *, total: bool = False) -> Format:
        """The format of a cell."""
        if (kind, total) not in self._made:
            written = _FORMATS[kind]
            if kind in _OF_TIME:
                written = _LOCALES.get(self._language, "") + written
            look = {"num_format": written, "valign": "top", "text_wrap": kind is Kind.TEXT}
            if total:
                look |= {"bold": True, "top": 1}
            self._made[kind, total] = self._book.add_format(look)
        return self._made[kind, total]


def _write(page: Worksheet, sheet: Sheet, styles: _Styles, subtitle: str, author: str) -> None:
    page.write_string(0, 0, sheet.title, styles.title)
    page.write_string(1, 0, subtitle)
    if sheet.note:
        page.write_string(2, 0, sheet.note, styles.note)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        is_number = column.kind not in (Kind.TEXT, *_OF_TIME)
        page.write_string(
            _HEAD_ROW, place, column.name, styles.head_right if is_number else styles.head
        )
    for number, row in enumerate(sheet.rows, start=_HEAD_ROW + 1):
        _write_row(page, number, row, sheet.columns, styles)
    if sheet.total:
        last = _HEAD_ROW + 1 + len(sheet.rows)
        _write_row(page, last, sheet.total, sheet.columns, styles, total=True)
    if sheet.terms:
        _write_terms(page, sheet, styles)
    page.freeze_panes(_HEAD_ROW + 1, 1)
    page.repeat_rows(_HEAD_ROW)
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.set_footer(f"&L{author.replace('&', '&&')} · {sheet.name}&R&P / &N")
    if sheet.is_wide:
        page.set_landscape()


def _write_row(
    page: Worksheet,
    number: int,
    row: Sequence[Value | Cell],
    columns: Sequence[Column],
    styles: _Styles,
    *,
    total: bool = False,
) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        cell = value if isinstance(value, Cell) else Cell(value, column.kind)
        style = styles.of(cell.kind, total=total)
        if cell.value is None:
            page.write_blank(number, place, None, style)
        elif isinstance(cell.value, date):
            page.write_datetime(number, place, cell.value, style)
        elif isinstance(cell.value, str):
            page.write_string(number, place, cell.value, style)
        else:
            page.write_number(number, place, cell.value, style)


def _write_terms(page: Worksheet, sheet: Sheet, styles: _Styles) -> None:
    """A row lower, each meaning as wide as the rest of the table. No program finds the height of joined cells."""
    first = _HEAD_ROW + 2 + len(sheet.rows) + bool(sheet.total)
    width = sum(column.width for column in sheet.columns[1:])
    for number, (term, meaning) in enumerate(sheet.terms, start=first):
        page.set_row(number, _LINE_HEIGHT * len(wrap(meaning, int(width))))
        page.write_string(number, 0, term, styles.term)
        page.merge_range(number, 1, number, len(sheet.columns) - 1, meaning, styles.meaning)
