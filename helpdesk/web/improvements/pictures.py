"""How the complaints of an improvement fared: the picture, and the same in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from helpdesk.lib import charts
from helpdesk.monitoring.effects import Effect, Stretch
from helpdesk.monitoring.summaries.wording import period_name, period_short
from helpdesk.web.filters import day_short, number

_MOST_NAMED = 12  # names of months that fit below the bars
_MONTH = 30


def effect_chart(effect: Effect) -> Markup:
    """Complaints of each month, with the day on which the improvement was done."""
    every = -(-len(effect.months) // _MOST_NAMED)
    rows = [
        (period_short(month) if place % every == 0 else "", count)
        for place, (month, count) in enumerate(reversed(effect.months))
    ]
    told = "; ".join(f"{period_name(month)} {number(count)}" for month, count in effect.months)
    done = _("done %(day)s", day=day_short(effect.done_on)) if effect.done_on else ""
    title = _("Complaints per month: %(said)s", said=told)
    return charts.upright_bars(
        rows[::-1],
        title=f"{title}. {done}" if done else title,
        mark=None if effect.mark is None else (effect.mark, done),
        write=number,
    )


def effect_words(effect: Effect) -> str:
    """*12 pengaduan dalam 90 hari sebelum selesai, 3 dalam 41 hari sejak itu.*"""
    before, since = effect.before, effect.since
    if since is None:
        said = ngettext(
            "%(count)s complaint in the last %(days)s.",
            "%(count)s complaints in the last %(days)s.",
            before.complaints,
            count=number(before.complaints),
            days=_days(before),
        )
        return str(said)
    before_words = ngettext(
        "Before it was done %(count)s complaint in %(days)s",
        "Before it was done %(count)s complaints in %(days)s",
        before.complaints,
        count=number(before.complaints),
        days=_days(before),
    )
    if not since.days:
        return str(_("%(before)s. What comes from now on is counted.", before=before_words))
    return str(
        _(
            "%(before)s, since then %(count)s in %(days)s.",
            before=before_words,
            count=number(since.complaints),
            days=_days(since),
        )
    )


def _days(stretch: Stretch) -> str:
    return str(
        ngettext("%(count)s day", "%(count)s days", stretch.days, count=number(stretch.days))
    )


def per_month(stretch: Stretch) -> str:
    """The same in thirty days, so that two stretches of different length can be compared."""
    return number(stretch.complaints * _MONTH / stretch.days, 1) if stretch.days else "–"
