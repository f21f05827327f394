"""One screen: is it under control, what is late now, which units need help, what keeps coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts.actor import Actor
from helpdesk.improvements.register import standing_by_pair
from helpdesk.lib import clock
from helpdesk.lib.words import language_now
from helpdesk.monitoring.figures import figures_of, trend
from helpdesk.monitoring.glance import (
    LateNow,
    course_of,
    late_now,
    newest_quote,
    token_of_figures,
)
from helpdesk.monitoring.limits import limits_of
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import TARGET, Kept
from helpdesk.monitoring.summaries.wording import period_name
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.opening import number_of
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import number
from helpdesk.web.leadership import door, sights
from helpdesk.web.leadership.period_picker import (
    days_so_far,
    is_present,
    period_asked,
    period_choices,
)
from helpdesk.web.live import unless_known
from helpdesk.web.way_back import note_list

LATE_SHOWN = 6
UNITS_SHOWN = 8
RECURRING_SHOWN = 6
PLACES_SHOWN = 8
REFRESHED = timedelta(minutes=1)  # what time alone changes: how long a case is late


@door.get("/")
def overview() -> str:
    """Show the period asked for, or this month."""
    note_list("leadership.overview")
    at = clock.now()
    return render_template("leadership/overview.html", **_sight(period_asked(at), at))


@door.get("/kini")
def overview_now() -> Response:
    """The same without the page around it, for a page that asks again; 304 while nothing has changed."""
    at = clock.now()
    period = period_asked(at)
    return fresh(
        f"{period}-{current_actor().user_id}",
        at,
        lambda: render_template("leadership/_overview.html", **_sight(period, at)),
    )


def fresh(name: str, at: datetime, draw: Callable[[], str]) -> Response:
    """What *draw* shows, under a tag that changes with the figures."""
    tag = f"{name}-{language_now()}-{token_of_figures(at, every=REFRESHED)}"
    return unless_known(tag, draw)


def _sight(period: Period, at: datetime) -> dict[str, Any]:
    """Everything on the screen; a fixed number of statements, whatever the number of tickets."""
    actor: Actor = current_actor()
    figures, points, course = figures_of(period, at), trend(period, at), course_of(period)
    labels = read_labels(language_now(), kinds=("unit", "category", "place"))
    late = late_now(actor, at, limit=LATE_SHOWN)
    return {
        "at": at,
        "period": period,
        "before_name": period_name(period.before()),
        "days": days_so_far(period, at),
        "choices": period_choices(period, at),
        "headline": headline(late, figures.promise)
        if is_present(period, at)
        else headline_of_period(figures.received, figures.promise),
        "figures": figures,
        "points": points,
        "course": course,
        "limits": limits_of(period, at),
        "target": TARGET,
        "late": late,
        "quote": newest_quote(period, actor, at),
        "labels": labels,
        "places": sights.place_rows(figures.by_place, course[-2].by_place, labels.places),
        "shown": {"units": UNITS_SHOWN, "recurring": RECURRING_SHOWN, "places": PLACES_SHOWN},
        "improving": standing_by_pair(),
        "sights": sights,
        "behind": _behind(period),
        "ticket_number": number_of,
    }


def headline(late: LateNow, promise: Kept) -> str:
    """The state of the house in one sentence.

    It is under control while the promise of the period stands at its target, or nothing is judged yet, and no red
    complaint is late.
    """
    is_kept = promise.share is None or promise.share >= TARGET
    state = _("Under control") if is_kept and not late.red else _("Needs attention")
    if not late.total:
        return ", ".join((state, _("nothing is late")))
    count = ngettext(
        "%(count)s complaint is late",
        "%(count)s complaints are late",
        late.total,
        count=number(late.total),
    )
    return f"{state}, {count}"


def headline_of_period(received: int, promise: Kept) -> str:
    """How a period went that is not the present one: what is late now says nothing about it."""
    if not received:
        return str(_("No complaint was received"))
    if promise.share is None:
        said = ngettext(
            "%(count)s complaint was received, none of it is judged",
            "%(count)s complaints were received, none of them is judged",
            received,
            count=number(received),
        )
        return str(said)
    state = _("Target reached") if promise.share >= TARGET else _("Target not reached")
    kept = ngettext(
        "%(kept)s of %(count)s complaint was answered and followed up on time",
        "%(kept)s of %(count)s complaints were answered and followed up on time",
        promise.judged,
        kept=number(promise.kept),
        count=number(promise.judged),
    )
    return f"{state}, {kept}"


def _behind(period: Period) -> Callable[..., str]:
    """Where the tickets behind a figure of *period* are listed."""

    def url(figure: str, **narrowed: Any) -> str:
        return url_for("leadership.tickets", angka=figure, periode=str(period), **narrowed)

    return url
