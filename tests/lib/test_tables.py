"""CSV of whichever spreadsheet, in and out."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from helpdesk.lib.errors import Invalid
from helpdesk.lib.tables import guarded, read_table, text_of, unguarded, write_table

NAMES = {"kode": "code", "code": "code", "nama": "name", "name": "name"}


def _read(text: str) -> list[dict[str, str]]:
    table = read_table(text, NAMES, required="code", most=3)
    return [dict(line.cells) for line in table.lines]


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("header", ["Kode{0}Nama", "CODE{0} name ", "\ufeffkode{0}nama"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_whichever_mark_separates(mark: str, header: str, end: str) -> None:
    text = end.join([header.format(mark), f'gizi{mark}"Gizi{mark} dapur"', ""])
    assert _read(text) == [{"code": "gizi", "name": f"Gizi{mark} dapur"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kode;nama\ncafé;Kafé".encode("utf-8-sig"), "kode;nama\ncafé;Kafé"),
        ("kode;nama\ncafé;Kafé “x”".encode(), "kode;nama\ncafé;Kafé “x”"),
        ("kode;nama\ncafé;Kafé “x”".encode("cp1252"), "kode;nama\ncafé;Kafé “x”"),
    ],
)
def test_whichever_characters(content: bytes, said: str) -> None:
    assert text_of(content) == said


def test_a_workbook_is_no_table(app: Flask) -> None:
    with pytest.raises(Invalid):
        text_of(b"PK\x03\x04\x00\x00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nama\nGizi",
        "kode;kode\na;b",
        "kode;nama",
        "kode\n" + "x\n" * 4,
        "kode\n" + "x" * 200_000,
    ],
)
def test_what_cannot_be_read_is_refused(app: Flask, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _read(text)
    assert set(refusal.value.fields) == {"text"}


def test_lines_keep_their_number_and_short_ones_their_columns() -> None:
    table = read_table("kode;nama;x\n\na\nb;B;y;zu viel\n", NAMES, required="code", most=9)
    first, second = table.lines
    assert (first.number, dict(first.cells)) == (3, {"code": "a", "name": ""})
    assert (second.number, second.has_too_many) == (4, True)
    assert table.ignored == ["x"]


@pytest.mark.parametrize("cell", ["=1+1", "+62 812", "-", "@SUM(A1)", "\t=1", "'=1"])
def test_no_cell_becomes_a_formula_and_none_is_changed_by_the_way(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell
    assert f"'{cell}" in write_table(["kode"], [[cell]]).decode("utf-8-sig")


@pytest.mark.parametrize("cell", ["Gizi", "'kutip'", "", "a=b", "'"])
def test_every_other_cell_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


def test_no_cell_begins_a_formula_where_a_comma_parts_them() -> None:
    content = write_table(["nama"], [["Gizi,=1+1"]]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content))) == [["nama"], ["Gizi,=1+1"]]


def test_what_is_written_is_read_back() -> None:
    content = write_table(["kode", "nama"], [["gizi", 'Gizi; "dapur"\nlantai 1']])
    assert content.startswith(b"\xef\xbb\xbf")
    assert _read(text_of(content)) == [{"code": "gizi", "name": 'Gizi; "dapur"\nlantai 1'}]
