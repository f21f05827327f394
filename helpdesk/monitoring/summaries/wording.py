"""Words and numbers of a summary, in the language of the moment.

How codes and numbers are said lives with the pages (``web.words``, ``web.filters``), one floor up;
templates get at them as filters, and so do we, where a workbook needs a word without a template.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from babel.dates import format_date
from flask import current_app
from flask_babel import get_locale, gettext

from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.monitoring.promise import printed
from helpdesk.monitoring.summaries.facts import LimitLine, SummaryFacts
from helpdesk.tickets.states import Channel

_DAY, _MINUTE = 86400, 60
# The three columns of the register's "Pelaporan" (Permenkes 30/2022: lisan, tulisan, media massa).
_WAYS = {
    **dict.fromkeys((Channel.COUNTER, Channel.PHONE), "oral"),
    **dict.fromkeys((Channel.FACEBOOK, Channel.SOCIAL, Channel.REVIEW, Channel.PRESS), "media"),
}


def word(code: str, kind: str) -> str:
    """The word for a code, as the pages say it."""
    return str(current_app.jinja_env.filters["word"](code, kind))


def number(value: float | None, decimals: int | None = None) -> str:
    """*1.234,5*; None is a dash."""
    return str(current_app.jinja_env.filters["number"](value, decimals))


def percent(share: float | None, decimals: int = 1) -> str:
    """*85,3 %* of a share of one; None is a dash."""
    return str(current_app.jinja_env.filters["percent"](share, decimals))


def percentage(value: float, decimals: int) -> str:
    """*85,3* on a chart of the promise; what is below the target is not written as the target."""
    return number(printed(value / 100, decimals + 2) * 100, decimals)


def register_note(facts: SummaryFacts) -> str:
    """Why not every complaint stands in the register; '' where every one does."""
    if not facts.lists_only_late:
        return ""
    said = gettext(
        "Of the %(count)s complaints only those past their limit are listed here: one file cannot hold them all. "
        "The summaries of the single months list every one.",
        count=number(facts.now.received),
    )
    listed = len(facts.register)
    if listed < facts.now.promise.missed:
        fewer = gettext(
            "Of those past their limit, too, only %(count)s fit in.", count=number(listed)
        )
        return f"{said} {fewer}"
    return str(said)


def period_name(period: Period) -> str:
    """*Oktober 2026*, *Triwulan III 2026*, *Tahun 2026*."""
    if period.kind is PeriodKind.MONTH:
        return _written(period.first_day, "MMMM y")
    if period.kind is PeriodKind.QUARTER:
        quarter = ("I", "II", "III", "IV")[(period.month - 1) // 3]
        return str(gettext("Quarter %(quarter)s of %(year)s", quarter=quarter, year=period.year))
    return str(gettext("Year %(year)s", year=period.year))


def days_of(period: Period) -> str:
    """Its first and last day: *1–31 Oktober 2026*, *1 Juli – 30 September 2026*."""
    first, last = period.first_day, period.last_day
    if first.month == last.month:
        return f"{first.day}–{_written(last, 'd MMMM y')}"
    return f"{_written(first, 'd MMMM')} – {_written(last, 'd MMMM y')}"


def period_short(period: Period) -> str:
    """*Okt* for a month on an axis or beside a figure; a quarter and a year as they are."""
    if period.kind is PeriodKind.MONTH:
        return _written(period.first_day, "MMM")
    return period_name(period)


def not_over(counted_at: datetime) -> str:
    """What a reader of an unfinished period must know first."""
    at = current_app.jinja_env.filters["moment"](counted_at)
    return str(
        gettext(
            "This period is not over yet: the figures are those of %(at)s and may change.", at=at
        )
    )


def way_of(channel: str) -> str:
    """Whether a complaint came by word of mouth, in writing or through the media, as a word; '' where
    the channel is not told."""
    if not channel:
        return ""
    return {
        "oral": str(gettext("Spoken")),
        "media": str(gettext("Media")),
        "written": str(gettext("Written")),
    }[_WAYS.get(Channel(channel), "written")]


def length_of(seconds: float) -> str:
    """*3 hari 4 jam*, *3 hari 50 menit*: a limit of three days is told apart from a little more."""
    duration = current_app.jinja_env.filters["duration"]
    days, rest = int(seconds // _DAY), seconds % _DAY
    if days and rest >= _MINUTE:
        return f"{duration(days * _DAY)} {duration(rest, short=True)}"
    return str(duration(days * _DAY if days else seconds))


def limits_in_hours(limits: Iterable[LimitLine]) -> str:
    """*72 jam*; *72 jam, lalu 48 jam* where the policy changed within the period."""
    between = gettext("then")
    return f", {between} ".join(_in_hours(one.amount, one.unit) for one in limits)


def _in_hours(amount: int, unit: str) -> str:
    """Whatever calendar unit the policy was written in, where that is exact."""
    hours = {"seconds": 1 / 3600, "minutes": 1 / 60, "hours": 1, "calendar_days": 24}.get(unit)
    if hours is None:
        return f"{amount} {word(unit, 'limit')}"
    return str(gettext("%(count)s hours", count=number(amount * hours)))


def _written(day: date, pattern: str) -> str:
    return str(format_date(day, pattern, locale=get_locale()))
