"""The five key figures, each beside the period before: one list for page, PDF and workbook."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext, ngettext

from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.facts import SummaryFacts
from helpdesk.monitoring.summaries.wording import number, percent, period_short

MINUS = "\N{MINUS SIGN}"


class Measure(StrEnum):
    """In what a key figure is measured; a share is of one, shown in percent, its change in points."""

    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    SCORE = "score"


@dataclass(frozen=True)
class KeyFigure:
    """A figure now and before; None where there is nothing to say. *beside* is said with it."""

    name: str
    measure: Measure
    value: float | None
    before: float | None
    beside: str = ""

    @property
    def change(self) -> float | None:
        """What it gained; for a share as a share of one."""
        if self.value is None or self.before is None:
            return None
        return self.value - self.before

    @property
    def said(self) -> str:
        """The figure as it stands in large type: *85,3 %*, *43 jam*."""
        return _said(self.value, self.measure, large=True)

    def comparison(self, before: Period) -> str:
        """The line below it: *Sep: 182 (+8)*; with what stands beside it first."""
        compared = f"{period_short(before)}: {_said(self.before, self.measure)}"
        if (gained := self.change) is not None:
            compared += f" ({_gained(gained, self.measure)})"
        return f"{self.beside} · {compared}" if self.beside else compared


def key_figures(facts: SummaryFacts) -> tuple[KeyFigure, ...]:
    """Received, promise, answer time, rating, reopened; in the language of the moment."""
    now, before = facts.now, facts.before
    raters = ngettext("%(num)s rating", "%(num)s ratings", now.raters)
    reopened = gettext("%(share)s of those answered", share=percent(now.reopened_share))
    return (
        KeyFigure(gettext("Complaints received"), Measure.COUNT, now.received, before.received),
        KeyFigure(
            gettext("Promise kept"),
            Measure.SHARE,
            now.promise.printed_share,
            before.promise.printed_share,
        ),
        KeyFigure(
            gettext("Time to answer, median"),
            Measure.HOURS,
            now.median_answer_hours,
            before.median_answer_hours,
        ),
        KeyFigure(
            gettext("Rating by complainants"),
            Measure.SCORE,
            now.mean_score,
            before.mean_score,
            str(raters) if now.raters else "",
        ),
        KeyFigure(
            gettext("Reopened"),
            Measure.COUNT,
            now.reopened,
            before.reopened,
            str(reopened) if now.answered else "",
        ),
    )


def _said(value: float | None, measure: Measure, *, large: bool = False) -> str:
    if value is None:
        return "–"
    if measure is Measure.SHARE:
        return percent(value)
    if measure is Measure.HOURS:
        return str(gettext("%(count)s h", count=number(round(value))))
    if measure is Measure.SCORE:
        return f"{number(value, 1)} / 5" if large else number(value, 1)
    return number(value)


def _gained(change: float, measure: Measure) -> str:
    """With its sign; nothing gained is a plain 0."""
    points = change * 100 if measure is Measure.SHARE else change
    decimals = {Measure.SHARE: 1, Measure.SCORE: 1}.get(measure, 0)
    rounded = round(points, decimals)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    size = number(abs(rounded), decimals)
    if measure is Measure.SHARE:
        size = str(gettext("%(count)s points", count=size))
    if measure is Measure.HOURS:
        size = str(gettext("%(count)s h", count=size))
    return f"{sign}{size}"
