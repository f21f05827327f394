"""One monthly summary as a PDF, beside what WeasyPrint alone needs to draw the same pages."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale

from bench.house import House
from helpdesk.lib import clock
from helpdesk.lib.pdf import render_pdf
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.drawing import STYLESHEETS, Paper, document_html, draw_pdf
from helpdesk.monitoring.summaries.gathering import gather


def monthly_pdf(house: House) -> Callable[[], None]:
    """From the database to the bytes: gather the figures of last month, and draw them."""

    def make() -> None:
        with house.app.app_context():
            if not draw_pdf(_paper()).startswith(b"%PDF"):
                raise AssertionError("no PDF was drawn")

    return make


def pages_alone(house: House) -> Callable[[], None]:
    """The same pages from HTML that is ready: the least that they can cost."""
    with house.app.app_context():
        paper = _paper()
        with force_locale(paper.language):
            html = document_html(paper)

    def draw() -> None:
        render_pdf(html, title="x", lang="id", stylesheets=STYLESHEETS, created_at=paper.made_at)

    return draw


def _paper() -> Paper:
    at = clock.now()
    facts = gather(Period.containing(at.date()).before(), at)
    return Paper(facts=facts, number="0001/XI/2026", language="id", made_at=at)
