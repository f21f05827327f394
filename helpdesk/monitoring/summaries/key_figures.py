"""The five key figures, each beside the period before: one list for page, PDF and workbook."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext, ngettext

from helpdesk.lib.rounding import half_up
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.facts import SummaryFacts
from helpdesk.monitoring.summaries.wording import number, percent, period_short

MINUS = "\N{MINUS SIGN}"
_MANY_HOURS = 10  # from here on their tenths say nothing


class Measure(StrEnum):
    """In what a key figure is measured; a share is of one, shown in percent, its change in points."""

    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    MINUTES = "minutes"
    SCORE = "score"


@dataclass(frozen=True)
class KeyFigure:
    """A figure now and before; None where there is nothing to say. *beside* is said with it."""

    name: str
    measure: Measure
    value: float | None
    before: float | None
    beside: str = ""

    def change(self, decimals: int) -> float | None:
        """What it gained, by both values as they are written with so many decimals; for a share as a share of one."""
        if self.value is None or self.before is None:
            return None
        return half_up(half_up(self.value, decimals) - half_up(self.before, decimals), decimals)

    @property
    def said(self) -> str:
        """The figure as it stands in large type: *85,3 %*, *43 jam*."""
        said = self._written(self.value)
        return f"{said} / 5" if self.measure is Measure.SCORE and self.value is not None else said

    def comparison(self, before: Period) -> str:
        """The line below it: *Sep: 182 (+8)*; with what stands beside it first."""
        compared = f"{period_short(before)}: {self._written(self.before)}"
        if (gained := self.change(self._decimals)) is not None:
            compared += f" ({self._gained(gained)})"
        return f"{self.beside} · {compared}" if self.beside else compared

    @property
    def _decimals(self) -> int:
        """With how many both are written: a share of one with three, hours with one where one of them is below ten."""
        if self.measure is Measure.HOURS:
            known = [hours for hours in (self.value, self.before) if hours is not None]
            return 1 if min(known, default=0) < _MANY_HOURS else 0
        return {Measure.SHARE: 3, Measure.SCORE: 1}.get(self.measure, 0)

    def _written(self, value: float | None) -> str:
        if value is None:
            return "–"
        if self.measure is Measure.SHARE:
            return percent(value)
        return self._in_its_unit(number(value, self._decimals))

    def _gained(self, change: float) -> str:
        """With its sign; nothing gained is a plain 0."""
        sign = "+" if change > 0 else MINUS if change < 0 else ""
        if self.measure is Measure.SHARE:
            size = gettext("%(count)s points", count=number(abs(change) * 100, 1))
        else:
            size = self._in_its_unit(number(abs(change), self._decimals if change else 0))
        return f"{sign}{size}"

    def _in_its_unit(self, amount: str) -> str:
        if self.measure is Measure.HOURS:
            return str(gettext("%(count)s h", count=amount))
        if self.measure is Measure.MINUTES:
            return str(gettext("%(count)s min", count=amount))
        return amount


def key_figures(facts: SummaryFacts) -> tuple[KeyFigure, ...]:
    """Received, promise, answer time, rating, reopened; in the language of the moment.

    A period in which nothing came is nothing to compare with: the house may not have been there.
    """
    now, before = facts.now, facts.before
    is_compared = bool(before.received)
    raters = ngettext("%(num)s rating", "%(num)s ratings", now.raters)
    reopened = gettext("%(share)s of those answered", share=percent(now.reopened_share))
    return (
        KeyFigure(
            gettext("Complaints received"),
            Measure.COUNT,
            now.received,
            before.received if is_compared else None,
        ),
        KeyFigure(
            gettext("Promise kept"),
            Measure.SHARE,
            now.promise.printed_share,
            before.promise.printed_share,
        ),
        _time_to_answer(now.median_answer_hours, before.median_answer_hours),
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
            before.reopened if is_compared else None,
            str(reopened) if now.answered else "",
        ),
    )


def _time_to_answer(now: float | None, before: float | None) -> KeyFigure:
    """In minutes where both took less than an hour."""
    name = gettext("Time to answer, median")
    if max(now or 0, before or 0) >= 1:
        return KeyFigure(name, Measure.HOURS, now, before)
    return KeyFigure(name, Measure.MINUTES, _minutes(now), _minutes(before))


def _minutes(hours: float | None) -> float | None:
    return None if hours is None else hours * 60
