"""Lengths of time that stand for many: averages and medians, with one decimal.

What remains until a deadline is another matter: ``filters.duration`` cuts it to whole days, so that it never promises
more than there is. An average cut so would be wrong by up to a day.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from babel.numbers import format_decimal
from flask_babel import ngettext

from helpdesk.monitoring.answer_times import Median
from helpdesk.web.locale import gettext, language_now

_HOUR = 3600


def span(hours: float | None, up: bool = False) -> str:
    """*2,2 hari*, *14,5 jam*, *25 menit*: rounded half up, or *up* for a sentence that says *within*."""
    if hours is None:
        return "–"
    seconds = ceil(round(hours * _HOUR, 3))
    for step, least_of_next, write in _STEPS:
        count = -(-seconds // step) if up else (2 * seconds + step) // (2 * step)
        if least_of_next is None or count < least_of_next:
            return write(count)
    raise AssertionError("the last step takes everything")


def half_within(median: Median | None) -> str:
    """The time within which half of the answers came; what was read from bars is said to be about right."""
    if median is None:
        return "–"
    if median.is_more:
        return gettext("more than %(time)s", time=span(median.hours))
    if median.is_rough:
        return gettext("about %(time)s", time=span(median.hours))
    return span(median.hours, up=True)


def _minutes(count: int) -> str:
    if not count:
        return gettext("less than a minute")
    return str(ngettext("%(num)d minute", "%(num)d minutes", count))


def _tenths_of_hours(count: int) -> str:
    return str(
        ngettext("%(count)s hour", "%(count)s hours", _how_many(count), count=_tenths(count))
    )


def _tenths_of_days(count: int) -> str:
    return str(ngettext("%(count)s day", "%(count)s days", _how_many(count), count=_tenths(count)))


def _how_many(tenths: int) -> int:
    """One alone is singular: *1 day*, but *0.9 days* and *1.1 days*."""
    return 1 if tenths == 10 else 2


def _tenths(count: int) -> str:
    return str(format_decimal(count / 10, format="#,##0.#", locale=language_now() or "id"))


# Seconds of the last printed digit, and how many of it are the next larger unit
_STEPS: tuple[tuple[int, int | None, Callable[[int], str]], ...] = (
    (60, 60, _minutes),
    (360, 240, _tenths_of_hours),
    (8640, None, _tenths_of_days),
)
