"""The files of a summary, on their way out."""

from __future__ import annotations

from typing import Literal

from helpdesk.lib.storage import get_storage
from helpdesk.monitoring.summaries.asking import paper_of
from helpdesk.monitoring.summaries.drawing import draw_pdf
from helpdesk.monitoring.summaries.summary import Summary
from helpdesk.monitoring.summaries.workbook import make_workbook

Format = Literal["pdf", "xlsx"]


def content_of(summary: Summary, kind: Format) -> bytes:
    """The kept file; drawn again from the stored figures where its file was lost. Writes nothing.

    Raises RuntimeError when it would have to draw inside a unit of work.
    """
    digest, storage = summary.pdf_digest if kind == "pdf" else summary.xlsx_digest, get_storage()
    if digest and storage.exists(digest):
        with storage.open(digest) as file:
            return file.read()
    paper = paper_of(summary.id)
    return draw_pdf(paper) if kind == "pdf" else make_workbook(paper)


def file_name_of(summary: Summary, kind: Format) -> str:
    """*ringkasan-2026-10-farmasi.pdf*: the period, and the unit where it is of one."""
    parts = ("ringkasan", summary.period, summary.unit.code if summary.unit else "")
    return f"{'-'.join(part for part in parts if part)}.{kind}"
