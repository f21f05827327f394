"""The pictures of the overview: each says in words what it shows, and every number of it stands in a table too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from babel import Locale
from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.lib import charts, rounding
from helpdesk.lib.charts import Part
from helpdesk.lib.words import language_now
from helpdesk.monitoring.figures import Figures, TrendPoint
from helpdesk.monitoring.glance import Course
from helpdesk.monitoring.promise import TARGET, Kept
from helpdesk.monitoring.summaries.wording import period_name
from helpdesk.monitoring.unit_figures import UnitFigures
from helpdesk.tickets.states import Closing, Grade
from helpdesk.web.filters import DASH, number, percent
from helpdesk.web.words import word

_LINE = (136, 44)
_BUSIEST_NAMED = 3


def promise_line(points: Sequence[TrendPoint], grade: str) -> Markup:
    """The last periods of one promise over its target; grade '' is all of them."""
    kept = [kept_in(point, grade) for point in points]
    names = [period_name(point.period) for point in points]
    told = "; ".join(
        f"{name}: {percent(one.printed_share)}" for name, one in zip(names, kept, strict=True)
    )
    return charts.sparkline(
        [None if one.share is None else one.share * 100 for one in kept],
        title=_(
            "Kept over the last %(count)s periods, target %(target)s",
            count=len(points),
            target=percent(TARGET, 0),
        ),
        desc=told,
        goal=TARGET * 100,
        size=_LINE,
    )


def kept_in(point: TrendPoint, grade: str) -> Kept:
    """The promise of one grade, or of all, in one period of the trend."""
    return point.by_grade[Grade(grade)] if grade else point.promise


def rating_line(course: Sequence[Course]) -> Markup:
    """The mean rating of the last periods."""
    return _line([one.rating.mean for one in course], course, _("Mean rating"))


def reopened_line(course: Sequence[Course]) -> Markup:
    """The share of answered complaints that were reopened, over the last periods."""
    shares = [one.reopened_share for one in course]
    hundredths = [None if share is None else rounding.part(share, 3) * 100 for share in shares]
    return _line(hundredths, course, _("Reopened, of a hundred answered"))


def _line(values: Sequence[float | None], course: Sequence[Course], title: str) -> Markup:
    told = "; ".join(
        f"{period_name(one.period)}: {number(value, 1)}"
        for one, value in zip(course, values, strict=True)
    )
    return charts.sparkline(values, title=title, desc=told, size=_LINE)


def unit_line(unit: UnitFigures, name: str) -> Markup:
    """The last weeks of one unit."""
    told = ", ".join(DASH if week is None else percent(week, 0) for week in unit.weeks)
    return charts.sparkline(
        [None if week is None else week * 100 for week in unit.weeks],
        title=_("%(unit)s, the last %(count)s weeks", unit=name, count=len(unit.weeks)),
        desc=told,
    )


def change_bars(now: int, before: int | None, longest: int, name: str) -> Markup:
    """This period over the one before; *before* None where there is nothing to compare with."""
    if before is None:
        return amount_bar(now, longest, name)
    words = _("%(name)s: %(now)s, before %(before)s", name=name, now=now, before=before)
    return charts.thin_bars(now, before, longest, title=words)


def amount_bar(amount: int, longest: int, name: str) -> Markup:
    """One amount of a list, against the largest."""
    return charts.thin_bars(amount, None, longest, title=f"{name}: {number(amount)}")


def time_bar(figures: Figures) -> Markup:
    """How the time until the first answer was shared between customer care and units."""
    parts = [Part(figures.seconds_with_care, "quiet"), Part(figures.seconds_with_units, "main")]
    words = _(
        "Per complaint: customer care %(care)s hours, units %(units)s hours",
        care=number(figures.care_hours, 1),
        units=number(figures.unit_hours, 1),
    )
    return charts.stacked_bar(parts, title=words)


Row = tuple[str, int, str, str | None]


def closing_rows(figures: Figures) -> list[Row]:
    """How complaints ended, each way apart, and those that have not: name, amount, figure and its key."""
    ends: list[Row] = [
        (word(one, "closing"), figures.closings.get(one, 0), "penutupan", one.value)
        for one in Closing
    ]
    left = [
        (word(exit_to, "status"), n, "jalan-keluar", exit_to.value)
        for exit_to, n in sorted(figures.left.items())
    ]
    return [*ends, *left, (_("Still open"), figures.still_open, "terbuka", None)]


def channel_rows(figures: Figures) -> list[Row]:
    """Channels by how many complaints came through each, the most used first."""
    used = sorted(figures.by_channel.items(), key=lambda one: -one[1])
    return [(word(channel, "channel"), n, "kanal", channel) for channel, n in used]


class PlaceRow(NamedTuple):
    """Complaints from one place, in this period and in the one before."""

    place_id: int
    name: str
    received: int
    before: int


def place_rows(
    now: Mapping[int, int], before: Mapping[int, int], names: Mapping[int, str]
) -> list[PlaceRow]:
    """The places that were named in this period, the most often named first."""
    rows = [
        PlaceRow(place_id, names.get(place_id, DASH), n, before.get(place_id, 0))
        for place_id, n in now.items()
        if place_id
    ]
    return sorted(rows, key=lambda one: (-one.received, -one.before, one.name.casefold()))


def week_grid(figures: Figures) -> Markup:
    """Complaints by day of the week and local hour of receipt."""
    labels = [f"{hour:02d}" if hour % 3 == 0 else "" for hour in range(24)]
    return charts.heat_grid(
        list(zip(weekdays("abbreviated"), figures.by_weekday_and_hour, strict=True)),
        labels,
        title=_("Complaints by day of the week and hour of receipt"),
        desc=" ".join((_told(figures.by_weekday, weekdays("wide")), busiest(figures))).strip(),
    )


def busiest(figures: Figures) -> str:
    """The hours of the week in which most complaints came; nothing where too many had as many, or none came."""
    week = figures.by_weekday_and_hour
    most = max(map(max, week))
    slots = [
        (day, hour) for day, hours in enumerate(week) for hour in range(24) if hours[hour] == most
    ]
    if not most or len(slots) > _BUSIEST_NAMED:
        return ""
    if len(slots) > 1:
        named = format_list([_slot(*slot) for slot in slots], locale=get_locale())
        return str(
            ngettext(
                "Most came on %(slots)s: %(num)s complaint each.",
                "Most came on %(slots)s: %(num)s complaints each.",
                most,
                slots=named,
            )
        )
    said = ngettext(
        "Most came on %(slot)s: %(num)s complaint.",
        "Most came on %(slot)s: %(num)s complaints.",
        most,
        slot=_slot(*slots[0]),
    )
    return str(said)


def _slot(day: int, hour: int) -> str:
    words = _(
        "%(day)s from %(begins)s to %(ends)s",
        day=weekdays("wide")[day],
        begins=full_hour(hour),
        ends=full_hour(hour + 1),
    )
    return str(words)


def full_hour(hour: int) -> str:
    """13.00 or 13:00, as the reader's language writes it; after 23 comes 0."""
    mark = "." if language_now() == "id" else ":"
    return f"{hour % 24:02d}{mark}00"


def weekdays(width: str) -> list[str]:
    """What the days are called, Monday first; *width* is abbreviated or wide."""
    days = (get_locale() or Locale("id")).days["stand-alone"][width]
    return [str(days[day]) for day in range(7)]


def _told(values: Sequence[int], names: Sequence[str]) -> str:
    told = ", ".join(f"{name}: {n}" for name, n in zip(names, values, strict=True) if n)
    return f"{told}." if told else ""
