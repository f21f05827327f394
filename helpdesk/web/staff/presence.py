"""Somebody else is looking at this: what an open ticket page tells, and hears, every twenty seconds."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.lib import clock
from helpdesk.tickets.access import find_for
from helpdesk.tickets.presence import note_present, others_present
from helpdesk.web.doors import current_actor
from helpdesk.web.staff import door


@door.post("/tiket/<number>/di-sini")
def say_present(number: str) -> ResponseReturnValue:
    """Note that this person has the ticket open; answers with the names of the others."""
    actor, at = current_actor(), clock.now()
    ticket = find_for(actor, number)
    note_present(ticket, actor, at)
    return render_template("staff/_present.html", names=others_present(ticket, actor, at))
