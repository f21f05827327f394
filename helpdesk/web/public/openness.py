"""The page of openness: how we keep our promise, in sums that name nobody. Shown when the administrator says so."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.accounts.organisation import organisation
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.lib.words import language_now
from helpdesk.monitoring.openness import openness_at
from helpdesk.monitoring.promise import TARGET
from helpdesk.tickets.labels import read_labels
from helpdesk.web.public import door


@door.get("/keterbukaan")
def openness() -> ResponseReturnValue:
    """The last twelve whole months."""
    here = organisation()
    if here is None or not here.shows_figures:
        raise NotFound
    labels = read_labels(language_now(), kinds=("category",))
    return render_template(
        "public/openness.html",
        shown=openness_at(clock.now()),
        target=TARGET,
        names=labels.categories,
    )
