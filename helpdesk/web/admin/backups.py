"""A backup at once, for whoever is about to change something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.backup import on_request
from helpdesk.backup.record import newest_good
from helpdesk.lib import clock
from helpdesk.lib.settings import current_settings
from helpdesk.web.admin import door
from helpdesk.web.doors import current_actor


@door.post("/cadangan")
def back_up_now() -> ResponseReturnValue:
    """Ask the worker for a backup."""
    if on_request.request_backup(by=current_actor()):
        flash(_("The backup is asked for. It begins in a few seconds."))
    else:
        flash(_("A backup is being made already."))
    return redirect(url_for("admin.home", _anchor="backup"))


@door.get("/cadangan/kini")
def backup_progress() -> ResponseReturnValue:
    """Where the backup that was asked for stands, for a page that is open."""
    return render_template("admin/_backup.html", **backup_asked(clock.now()))


def backup_asked(at: datetime) -> dict[str, Any]:
    """The newest one that was asked for, whether it is under way, and the one that there is to restore from."""
    run = on_request.newest_request()
    settings = current_settings()
    return {
        "asked": run,
        "good": newest_good(),
        "is_under_way": on_request.is_under_way(run, at),
        "is_nightly": settings.backup_nightly,
    }
