"""Holidays as a CSV table, as spreadsheets save and open it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.lib import tables
from helpdesk.lib.errors import Invalid
from helpdesk.sla.holiday_editing import DayOff
from helpdesk.sla.holiday_lines import (
    KIND_WORDS,
    Line,
    line_of,
    read_calendar,
    read_date,
    read_kind,
)
from helpdesk.sla.models import HolidayKind

COLUMNS = ("tanggal", "jenis", "nama", "nama_en", "kalender")
_SYNONYMS = {
    "date": "tanggal", "on": "tanggal", "hari": "tanggal",
    "kind": "jenis", "tipe": "jenis", "type": "jenis",
    "name": "nama", "keterangan": "nama", "name_id": "nama", "nama_id": "nama",
    "name_en": "nama_en", "english": "nama_en",
    "calendar": "kalender",
}  # fmt: skip


def write_table(days: Iterable[DayOff], codes: Mapping[int, str]) -> str:
    """The days as ``read_table`` takes them back; *codes* are those of the calendars by id."""
    rows = (
        (
            day.on.isoformat(),
            KIND_WORDS[day.kind],
            day.name_id,
            day.name_en,
            codes.get(day.calendar_id or 0, ""),
        )
        for day in days
    )
    return tables.write_table(COLUMNS, rows).decode("utf-8-sig")


def read_table(
    text: str, *, otherwise: HolidayKind, calendars: Mapping[str, int]
) -> Iterator[Line]:
    """Every line below the names of the columns, whichever mark separates them.

    *otherwise* is the kind of a line that names none, *calendars* are the ids by code. Raises
    Invalid (field ``file``) when the columns are not named, or it is no table.
    """
    first = text.lstrip().partition("\n")[0]
    mark = max(tables.SEPARATORS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        header = [_column(cell) for cell in next((row for row in rows if any(row)), [])]
        if not {"tanggal", "nama"} <= set(header):
            columns = ", ".join(COLUMNS)
            sentence = _("The first line must name the columns: %(columns)s.", columns=columns)
            raise Invalid({"file": sentence})
        for row in rows:
            texts = (tables.unguarded(cell.strip()) for cell in row)
            cells = dict(zip(header, texts, strict=False))
            if any(cells.values()):
                day = partial(_day, cells, otherwise, calendars)
                yield line_of(rows.line_num, mark.join(row), day)
    except csv.Error as error:
        message = _l("This is neither a CSV nor an iCalendar file.")
        raise Invalid({"file": message}) from error


def _column(cell: str) -> str:
    name = cell.strip().lower().replace(" ", "_")
    return _SYNONYMS.get(name, name)


def _day(cells: Mapping[str, str], otherwise: HolidayKind, calendars: Mapping[str, int]) -> DayOff:
    return DayOff(
        read_date(cells.get("tanggal", "")),
        read_kind(cells.get("jenis", ""), otherwise),
        cells.get("nama", ""),
        cells.get("nama_en", ""),
        read_calendar(cells.get("kalender", ""), calendars),
    )
