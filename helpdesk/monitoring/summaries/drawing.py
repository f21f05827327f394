"""A summary as a document: the same words, tables and charts on the page and as a PDF.

Drawn from the stored facts alone, in the summary's own language, so that the same summary is the
same document whoever looks at it and whenever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import current_app
from flask_babel import force_locale, get_locale, gettext
from markupsafe import Markup

from helpdesk.accounts.organisation import local_zone
from helpdesk.letters.drawing import picture_data
from helpdesk.lib import charts
from helpdesk.lib.charts import Part
from helpdesk.lib.database import in_transaction
from helpdesk.lib.pdf import render_pdf
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.summaries import wording
from helpdesk.monitoring.summaries.facts import PlaceLine, SummaryFacts, UnitLine
from helpdesk.monitoring.summaries.key_figures import key_figures
from helpdesk.monitoring.summaries.method import basis_of, method_of

STYLESHEETS = ("css/paper.css", "css/summary.css")
LATE_SHOWN = 10  # in the body; all of them stand in the register
REGISTER_SHOWN = 600  # on paper, about thirty pages; the workbook holds them all
RECURRING_SHOWN = 6
CATEGORIES_SHOWN = 5
UNITS_SHOWN = 4
PLACES_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What is needed to draw a summary: its facts and what its row knows besides."""

    facts: SummaryFacts
    number: str
    language: str
    made_at: datetime

    @property
    def period(self) -> Period:
        """The period it is of."""
        return Period.parse(self.facts.period)

    @property
    def is_over(self) -> bool:
        """Was its last day over when it was counted?"""
        return self.facts.counted_at.astimezone(local_zone()).date() > self.facts.last_on


def draw_pdf(paper: Paper) -> bytes:
    """The PDF, tagged, the same bytes for the same summary; about a fifth of a second a page.

    Raises RuntimeError inside a unit of work: nobody waits for a drawing while holding the only
    write lock.
    """
    if in_transaction():
        raise RuntimeError("a summary is drawn before or after a unit of work, never inside")
    with force_locale(paper.language):
        title, html = title_of(paper), document_html(paper)
    return render_pdf(
        html, title=title, lang=paper.language, stylesheets=STYLESHEETS, created_at=paper.made_at
    )


def draw_page(paper: Paper) -> Markup:
    """The same document for a page of ours; escaped by its template."""
    with force_locale(paper.language):
        drawn: Markup = _module_of(paper).document()
    return drawn


def document_html(paper: Paper) -> Markup:
    """The body that is drawn, with the words of its margins, in the language of the moment."""
    body: Markup = _module_of(paper).paper_sheets()
    return body


def title_of(paper: Paper) -> str:
    """What the document is called: *Laporan pengaduan Oktober 2026, Farmasi*."""
    name = wording.period_name(paper.period)
    title = str(gettext("Complaint summary, %(period)s", period=name))
    return f"{title}, {paper.facts.unit}" if paper.facts.unit else title


def _module_of(paper: Paper) -> Any:
    """The template's macros, with all they read. Straight from the environment: what pages add (the
    signed-in user, the reader's theme) must not reach a document, or two readers would get different
    ones."""
    facts, period = paper.facts, paper.period
    template = current_app.jinja_env.get_template("leadership/summary_document.html")
    return template.make_module(
        {
            "facts": facts,
            "paper": paper,
            "period": period,
            "before": period.before(),
            "title": title_of(paper),
            "keys": key_figures(facts),
            "basis": basis_of(facts),
            "method": method_of(facts),
            "line": _promise_line(facts),
            "bars": _category_bars(facts),
            "units_shown": _units_on_paper(facts),
            "places_shown": _places_on_paper(facts),
            "late_shown": LATE_SHOWN,
            "recurring_shown": RECURRING_SHOWN,
            "register_shown": REGISTER_SHOWN,
            "say": wording,
            "dated": _dated,
            "logo": picture_data(facts.letterhead.logo_digest),
        }
    )


def _promise_line(facts: SummaryFacts) -> Markup:
    """The promise month by month, over its target."""
    months = [Period.parse(point.period) for point in facts.trend]
    shares = [point.promise.printed_share for point in facts.trend]
    percentages = [None if share is None else share * 100 for share in shares]
    said = "; ".join(
        f"{wording.period_name(month)} {wording.percent(share)}"
        for month, share in zip(months, shares, strict=True)
    )
    decimals = 1 if len(months) <= 8 else 0  # twelve months leave no room for a decimal
    return charts.line_chart(
        percentages,
        [wording.period_short(month) for month in months],
        # Of all words in a picture only its title reaches the PDF: it says the values too.
        title=gettext(
            "On time per month: %(said)s. Target %(target)s.",
            said=said,
            target=wording.percent(facts.target, 0),
        ),
        goal=facts.target * 100,
        write=lambda value: wording.percentage(
            value, 0 if value == facts.target * 100 else decimals
        ),
    )


def _category_bars(facts: SummaryFacts) -> Markup:
    """The most frequent categories, and all others together in grey."""
    first, rest = facts.categories[:CATEGORIES_SHOWN], facts.categories[CATEGORIES_SHOWN:]
    rows = [(line.name, Part(line.received)) for line in first if line.received]
    if others := sum(line.received for line in rest):
        rows.append((str(gettext("Others")), Part(others, "quiet")))
    said = "; ".join(f"{name} {wording.number(part.value)}" for name, part in rows)
    title = gettext("Complaints by category: %(said)s.", said=said)
    return charts.named_bars(rows, title=title, write=wording.number)


def _units_on_paper(facts: SummaryFacts) -> list[UnitLine]:
    """The busiest units, and all others added up in one line."""
    first, rest = facts.units[:UNITS_SHOWN], facts.units[UNITS_SHOWN:]
    if len(rest) < 2:
        return list(facts.units)
    others = UnitLine(
        name=gettext("Other units (%(count)s)", count=len(rest)),
        tickets=sum(line.tickets for line in rest),
        dispositions=sum(line.dispositions for line in rest),
        hops=sum((line.hops for line in rest), Kept()),
        returned=sum(line.returned for line in rest),
    )
    return [*first, others]


def _places_on_paper(facts: SummaryFacts) -> list[PlaceLine]:
    """The places named most often now, and all others added up in one line."""
    named = [line for line in facts.places if line.received]
    first, rest = named[:PLACES_SHOWN], named[PLACES_SHOWN:]
    if len(rest) < 2:
        return named
    others = PlaceLine(
        name=gettext("Other places (%(count)s)", count=len(rest)),
        received=sum(line.received for line in rest),
        before=sum(line.before for line in rest),
    )
    return [*first, others]


def _dated(at: date | datetime) -> str:
    """The day as beside a signature: *2 November 2026*."""
    day = at.astimezone(local_zone()).date() if isinstance(at, datetime) else at
    return str(format_date(day, "d MMMM y", locale=get_locale()))
