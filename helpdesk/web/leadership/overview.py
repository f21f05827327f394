"""One screen: are we keeping the promise, what is late now, which units need help."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib import charts, clock
from helpdesk.monitoring.lateness import count_late, late_now
from helpdesk.monitoring.period import Month
from helpdesk.monitoring.promise import TARGET, Promise, promises
from helpdesk.monitoring.units import unit_records
from helpdesk.tickets.opening import number_of
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import number
from helpdesk.web.leadership import door

MONTHS_OFFERED = 13


@door.get("/")
def overview() -> str:
    """Show the month asked for, or this one."""
    actor, at = current_actor(), clock.now()
    this_month = Month.of(at.astimezone(local_zone()).date())
    month = Month.parse(request.args.get("bulan"), default=this_month)
    return render_template(
        "leadership/overview.html",
        at=at,
        month=month,
        months=[this_month.after(-back) for back in range(MONTHS_OFFERED)],
        promises=promises(actor, month, at),
        target=TARGET,
        late=late_now(actor, at),
        late_count=count_late(actor, at),
        units=unit_records(actor, month, at),
        promise_line=_promise_line,
        ticket_number=number_of,
    )


def _promise_line(promise: Promise) -> Markup:
    """The last months of one promise as a line over its target."""
    shares = [None if share is None else share * 100 for share in promise.trend]
    newest = "–" if promise.now.share is None else f"{number(promise.now.share * 100, 1)} %"
    title = _("The last seven months, now %(share)s, target 80 %%", share=newest)
    return charts.sparkline(shares, title=title, goal=TARGET * 100, size=(136, 44))
