"""Which complaints belong to an improvement: said on its page, or from the complaint."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import today
from helpdesk.improvements import access
from helpdesk.improvements import linking as verbs
from helpdesk.lib.errors import Conflict, NotFound
from helpdesk.lib.words import language_now
from helpdesk.tickets.access import find_for as find_ticket
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.improvements import door
from helpdesk.web.improvements.register import url_of


@door.get("/untuk/<number>")
def choose(number: str) -> ResponseReturnValue:
    """To which improvement the complaint belongs: one that is under way, or a new one."""
    actor = current_actor()
    ticket = find_ticket(actor, number)
    return render_template(
        "improvements/choose.html",
        number=number_of(ticket),
        category_id=ticket.category_id,
        offered=verbs.offered_for(ticket, actor),
        may_begin=access.may_begin(actor),
        today=today(),
        labels=read_labels(language_now(), kinds=("unit", "category")),
    )


@door.post("/<int:improvement_id>/tiket")
def link(improvement_id: int) -> ResponseReturnValue:
    """Let a complaint belong to it."""
    return _change(improvement_id, verbs.link_ticket, _("%(number)s belongs to it now."))


@door.post("/<int:improvement_id>/tiket/lepas")
def unlink(improvement_id: int) -> ResponseReturnValue:
    """Let it belong to it no more."""
    return _change(improvement_id, verbs.unlink_ticket, _("%(number)s belongs to it no more."))


def _change(improvement_id: int, verb: Callable[..., None], sentence: str) -> ResponseReturnValue:
    """Back to the page, with what was done or why not."""
    actor = current_actor()
    found = access.lock_for(actor, improvement_id)
    back = redirect(url_of(found.id))
    ticket = _ticket_asked(actor)
    if ticket is None:
        flash(_("There is no complaint with this number that you may see."), "warn")
        return back
    try:
        verb(found, ticket, by=actor)
    except Conflict as conflict:
        flash(conflict.reason, "warn")
    else:
        flash(sentence % {"number": number_of(ticket)})
    return back


def _ticket_asked(actor: Actor) -> Ticket | None:
    try:
        return find_ticket(actor, request.form.get("number", "")[:40])
    except NotFound:
        return None
