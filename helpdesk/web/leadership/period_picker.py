"""Which period leadership looks at: picked from a list, kept in the address, said in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

from helpdesk.accounts.organisation import local_zone
from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.monitoring.summaries.wording import period_name

_OFFERED = {PeriodKind.MONTH: 13, PeriodKind.QUARTER: 5, PeriodKind.YEAR: 3}


@dataclass(frozen=True)
class Choices:
    """Periods of one length, the newest first, under their heading."""

    heading: str
    periods: list[tuple[str, str]]


def period_asked(at: datetime) -> Period:
    """The period in the address (``?periode=2026-Q3``), or the present month."""
    return Period.parse(request.args.get("periode"), default=Period.containing(_today(at)))


def period_choices(chosen: Period, at: datetime) -> list[Choices]:
    """Months, quarters and years to pick from; *chosen* is among them, however long ago."""
    return [Choices(_heading(kind), list(_of_kind(kind, chosen, at))) for kind in PeriodKind]


def _of_kind(kind: PeriodKind, chosen: Period, at: datetime) -> Iterator[tuple[str, str]]:
    newest = Period.containing(_today(at), kind)
    offered = [newest.after(-back) for back in range(_OFFERED[kind])]
    if chosen.kind is kind and chosen not in offered:
        offered.append(chosen)
    for one in offered:
        yield str(one), period_name(one)


def _heading(kind: PeriodKind) -> str:
    return {
        PeriodKind.MONTH: str(_("Month")),
        PeriodKind.QUARTER: str(_("Quarter")),
        PeriodKind.YEAR: str(_("Year")),
    }[kind]


def days_so_far(period: Period, at: datetime) -> str:
    """The days that are counted: *1–20 November 2026*; of a period that is over, all of it."""
    first, last = period.first_day, max(period.first_day, min(period.last_day, _today(at)))
    if first == last:
        return _written(first, "d MMMM y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_written(last, 'd MMMM y')}"
    return f"{_written(first, 'd MMMM')} – {_written(last, 'd MMMM y')}"


def is_present(period: Period, at: datetime) -> bool:
    """Whether today is one of its days."""
    return period.first_day <= _today(at) <= period.last_day


def _written(day: date, pattern: str) -> str:
    return str(format_date(day, pattern, locale=get_locale()))


def _today(at: datetime) -> date:
    return at.astimezone(local_zone()).date()
