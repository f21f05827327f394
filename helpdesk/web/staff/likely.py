"""Hints that something was recorded already: while it is typed, before it is recorded, and beside a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.lib.once import was_remembered
from helpdesk.lib.uploads import Received
from helpdesk.tickets import access
from helpdesk.tickets.duplicates import Hint, find_duplicates
from helpdesk.tickets.moves import Move
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.sought import sought_apart, sought_by
from helpdesk.tickets.states import Channel
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import require
from helpdesk.web.doors import current_actor
from helpdesk.web.once import done_before
from helpdesk.web.staff import door
from helpdesk.web.staff.record_form import RecordForm
from helpdesk.web.typed import whole_number


@door.post("/catat/mirip")
@in_own_units  # it only reads, and must not hold up who writes
def likely() -> ResponseReturnValue:
    """What may be about the same as what is being typed: a fragment of the page, empty when there is nothing."""
    form = RecordForm.for_now("")
    form.validate()
    if "csrf_token" in form.errors:
        return "", 400
    actor, number = current_actor(), request.args.get("dari", "")
    apart = access.find_for(actor, number) if number else None
    if apart:  # what else its complainant told us is for whoever may take it apart
        require(apart, Move.LINK, by=actor)
    return render_template(
        "staff/_likely.html", hints=_hints_for(form, actor, apart), add=apart is None
    )


def _hints_for(form: RecordForm, actor: Actor, apart: Ticket | None) -> list[Hint]:
    """What *actor* may be told; of somebody who wants to be nobody no contact is compared.

    *apart*: the ticket with the message of which another complaint is just being made.
    """
    said = form.data
    private = {} if form.is_anonymous else said
    sought = sought_by(
        said["text"] or "",
        phone=private.get("phone") or "",
        email=private.get("email") or "",
        origin_number=said.get("origin_number") or "",
        place_id=whole_number(said["place_id"]),
        category_id=whole_number(said["category_id"]),
    )
    return find_duplicates(actor, sought_apart(sought, apart) if apart else sought)


def worth_stopping_for(form: RecordForm, actor: Actor, apart: Ticket | None = None) -> list[Hint]:
    """The strong hints that the page has not shown yet; none for a form that was sent already."""
    shown = set((form.likely_shown.data or "").split(","))
    hints = [
        hint for hint in _hints_for(form, actor, apart) if hint.is_strong and hint.mark not in shown
    ]
    return [] if was_remembered(f"complaint/{form.key}") else hints


def add_to_ticket(form: RecordForm, files: Sequence[Received], number: str) -> bool:
    """Put what was typed on a ticket that is here already, as what the same person said; once.

    Returns whether it was done; what is in the way stands on the form. Raises NotFound and Refused.
    """
    actor, said = current_actor(), form.text.data or ""

    def unit() -> None:
        if done_before(f"add/{number}", form.key, said, *sorted(file.sha256 for file in files)):
            return
        ticket = access.find_to_change(actor, number)
        add_message(ticket, said, by=actor, files=files, channel=Channel(form.channel.data))

    try:
        unit_of_work(unit)
    except Invalid as invalid:
        form.take_errors(invalid)
        return False
    flash(_("What was said is on %(number)s, which was here already.", number=number))
    return True
