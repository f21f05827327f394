"""The virus scanner as part of "Is everything well?"; of a house without one nothing is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.intake import examining
from helpdesk.lib import examined_files, heartbeats
from helpdesk.lib.settings import current_settings
from helpdesk.web.admin.part import Part
from helpdesk.web.filters import duration, number


def parts_of_scanner(at: datetime) -> Iterator[Part]:
    """How the examining of files is doing at the moment *at*."""
    address = current_settings().clamd
    if not address:
        return
    seen = examined_files.state()
    last = _(
        "%(waiting)s waiting, %(older)s older ones to come, something found in %(found)s",
        waiting=number(seen.waiting),
        older=number(seen.older),
        found=number(seen.found),
    )
    away_since = heartbeats.failing_since(examining.WATCH_JOB)
    if away_since is not None:
        state = _("No answer for %(time)s", time=duration(at - away_since))
        advice = _(
            "See to it that clamd runs at %(address)s and that its disk is not full, or correct CLAMD. "
            "Until then new files wait, and nobody can open them.",
            address=address,
        )
    elif seen.since is not None and at - seen.since >= examining.TOLD_AFTER:
        state = _("A file waits for %(time)s", time=duration(at - seen.since))
        advice = _("The log of clamd, or of the worker, tells why it is not examined.")
    elif seen.too_large:
        state = ngettext("%(num)d file too large", "%(num)d files too large", seen.too_large)
        advice = _("Raise StreamMaxLength in the settings of clamd; until then they stay closed.")
    else:
        state = advice = ""
    yield Part(_("Virus scanner"), "lock", not state, state or _("In order"), last, advice)
