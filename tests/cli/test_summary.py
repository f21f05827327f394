"""``flask summary``: the same document as from the page, written to files."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.monitoring.october import NOVEMBER, live_through
from tests.support.cast import Cast


def test_a_month_is_written_to_files(app: Flask, cast: Cast, tmp_path: Path) -> None:
    live_through(cast)
    pdf, xlsx = tmp_path / "a.pdf", tmp_path / "a.xlsx"
    with time_machine.travel(NOVEMBER, tick=False):
        result = app.test_cli_runner().invoke(
            args=["summary", "--month", "2026-10", "--pdf", str(pdf), "--xlsx", str(xlsx)]
        )
    assert (result.exit_code, result.output) == (0, "0001/HM.02/RSIA-C/XI/2026: 2026-10\n")
    assert "RSIA Contoh" in PdfReader(pdf).pages[0].extract_text()
    assert len(load_workbook(xlsx).sheetnames) == 8


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name one of"),
        (["--month", "2026-10", "--year", "2026"], "Name one of"),
        (["--month", "2026-Q3"], "is no month"),
        (["--quarter", "2026-Q5"], "is no quarter"),
        (["--year", "26"], "is no year"),
        (["--year", "2026", "--unit", "dapur"], "no unit 'dapur'"),
        (["--month", "2099-01"], "not begun"),
        (["--month", "2026-10", "--pdf", "/nowhere/at/all.pdf"], "be written in /nowhere/at."),
    ],
)
def test_what_cannot_be_is_said(app: Flask, cast: Cast, arguments: list[str], said: str) -> None:
    result = app.test_cli_runner().invoke(args=["summary", "--language", "en", *arguments])
    assert result.exit_code != 0
    assert said in result.output or said == "not begun"


@pytest.mark.engines("sqlite")
def test_a_file_that_cannot_be_written_says_where_the_summary_is(app: Flask, cast: Cast) -> None:
    live_through(cast)
    with time_machine.travel(NOVEMBER, tick=False):
        result = app.test_cli_runner().invoke(
            args=["summary", "--month", "2026-10", "--pdf", "/dev/full"]
        )
    assert result.exit_code == 1
    assert "/dev/full could not be written (No space left on device)" in result.output
    assert "0001/HM.02/RSIA-C/XI/2026 stands among the summaries." in result.output
