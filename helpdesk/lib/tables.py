"""Tables as people send them and get them: CSV of whichever spreadsheet.

Read: UTF-8 with or without its mark, or Windows-1252; columns separated by semicolon, comma or tab,
named in the first line. Written: UTF-8 with its mark and semicolons, which Indonesian spreadsheets
open by double click, and no cell that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from helpdesk.lib.errors import Invalid

SEPARATORS = ";,\t"
_FORMULA = re.compile(
    r"'*[=+\-@\t\r]"
)  # behind apostrophes, too, so that one more can be taken away again
_MARK = "\ufeff"  # by which a spreadsheet knows UTF-8


@dataclass(frozen=True)
class TableLine:
    """One line below the names; *number* is its place in the file, *cells* are texts by column."""

    number: int
    cells: Mapping[str, str]
    has_too_many: bool = False


@dataclass(frozen=True)
class Table:
    """What was read; *ignored* are columns that nobody here knows."""

    lines: list[TableLine] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def text_of(content: bytes) -> str:
    """The characters of a file; raises Invalid (field ``file``) for what is no text."""
    if b"\x00" in content:
        raise Invalid({"file": _l("This is no CSV file. Save the table as CSV and send that.")})
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what older spreadsheets save


def read_table(text: str, names: Mapping[str, str], *, required: str, most: int) -> Table:
    """The lines of *text*. *names* gives the column for every name it may have, in small letters.

    Raises Invalid (field ``text``) without the column *required*, for a column that is named twice,
    and for more than *most* lines.
    """
    first = text.lstrip(_MARK + "\r\n ").partition("\n")[0]
    mark = max(SEPARATORS, key=first.count)
    rows = csv.reader(io.StringIO(text.lstrip(_MARK), newline=""), delimiter=mark)
    try:
        header = next((row for row in rows if any(cell.strip() for cell in row)), [])
        columns = [names.get(_squashed(cell), "") for cell in header]
        _refuse_header(columns, names, required)
        table = Table(ignored=[cell for cell in header if _squashed(cell) not in names])
        for row in rows:
            if any(cell.strip() for cell in row):
                table.lines.append(_line(rows.line_num, columns, row))
    except csv.Error as error:
        raise Invalid(
            {"text": _l("This is no CSV file. Save the table as CSV and send that.")}
        ) from error
    if len(table.lines) > most:
        raise Invalid({"text": _l("These are too many lines; send at most %(most)s.", most=most)})
    if not table.lines:
        raise Invalid({"text": _l("There is no line below the names of the columns.")})
    return table


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file for a spreadsheet, each cell guarded against being run as a formula."""
    sheet = io.StringIO()
    # All quoted: a spreadsheet that splits at commas must not begin a cell, and a formula, in the middle of one.
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return (_MARK + sheet.getvalue()).encode()


def guarded(cell: str) -> str:
    """*cell* with an apostrophe before what a spreadsheet would calculate (OWASP, CSV injection)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before :func:`guarded`, so that what we wrote can be read back."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _line(number: int, columns: Sequence[str], row: Sequence[str]) -> TableLine:
    cells = {
        column: unguarded(cell.strip())
        for column, cell in zip(columns, row, strict=False)
        if column
    }
    # a line that ends early leaves its last columns empty, it does not lack them
    missing = {column: "" for column in columns if column and column not in cells}
    has_too_many = any(cell.strip() for cell in row[len(columns) :])
    return TableLine(number, cells | missing, has_too_many)


def _refuse_header(columns: Sequence[str], names: Mapping[str, str], required: str) -> None:
    known = [column for column in columns if column]
    if required not in known:
        called = sorted(name for name, column in names.items() if column == required)
        raise Invalid(
            {
                "text": _l(
                    "The first line must name the columns; this one is missing: %(name)s.",
                    name=" / ".join(called),
                )
            }
        )
    if len(set(known)) != len(known):
        raise Invalid({"text": _l("A column is named twice in the first line.")})


def _squashed(cell: str) -> str:
    return " ".join(cell.strip().lower().replace("_", " ").split())
