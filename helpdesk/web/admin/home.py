"""Is everything well? And the way to everything an administrator keeps."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.accounts.staff import count_users
from helpdesk.accounts.units import count_units
from helpdesk.catalogue.editing import count_offered
from helpdesk.lib import clock
from helpdesk.web.admin import door
from helpdesk.web.admin.backups import backup_asked
from helpdesk.web.admin.wellness import all_parts
from helpdesk.web.doors import current_actor


@door.get("/")
def home() -> ResponseReturnValue:
    """What is well and what is not, then the settings."""
    at = clock.now()
    parts = all_parts(at, current_actor())
    categories, places = count_offered()
    return render_template(
        "admin/home.html",
        at=at,
        parts=parts,
        troubled=[part for part in parts if not part.is_well],
        users=count_users(),
        units=count_units(),
        categories=categories,
        places=places,
        **backup_asked(at),
    )
