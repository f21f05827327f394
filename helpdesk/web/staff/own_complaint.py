"""A complaint of its own, made of what the complainant wrote on a ticket: the record form without what is known."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectChoice

from helpdesk.intake.own_complaint import (
    make_own_complaint,
    number_made_of,
    wishes_for,
)
from helpdesk.lib import clock
from helpdesk.lib.database import in_own_units
from helpdesk.lib.uploads import Received
from helpdesk.tickets.access import knows_complainant
from helpdesk.tickets.duplicates import Hint
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import BACKDATING_NEEDS_REASON
from helpdesk.tickets.own_matters import Said, find_said
from helpdesk.web.filters import filesize
from helpdesk.web.forms import Ticks
from helpdesk.web.staff import door, rail
from helpdesk.web.staff.acting import Act
from helpdesk.web.staff.likely import worth_stopping_for
from helpdesk.web.staff.record_form import RecordForm
from helpdesk.web.staff.recording import page_values, take_down
from helpdesk.web.uploads_in_forms import keep_for_next_try, take_in


class OwnComplaintForm(RecordForm):
    """What the record form asks of the matter itself; the person, the channel and the moment stand already.

    Nobody was on the spot when they wrote it, so that it could have been solved there, at that moment.
    """

    along = Ticks(_l("Files to take along"))
    channel = origin_number = received_on = received_time = None
    name = phone = has_whatsapp = email = address = language = consent = None
    affected_name = affected_relation = affected_record = None
    is_solved = solution = grade = None
    is_late = False

    @classmethod
    def of(cls, said: Said) -> OwnComplaintForm:
        """The form with what was said; customer care leaves of it what belongs to the matter."""
        wishes = [wish.value for wish in wishes_for(said.ticket)]
        is_late = clock.now() - said.event.at > BACKDATING_NEEDS_REASON
        why_late = _("It first came as a message on another complaint.")
        form = cls(
            text=said.text,
            wish=wishes[0],
            along=[str(file.id) for file in said.event.attachments],
            late_reason=why_late if is_late else "",
        )
        form.offer_lists()
        form.is_late = is_late
        form.wish.choices = [one for one in form.wish.choices if one[0] in wishes]
        form.along.choices = [
            SelectChoice(str(file.id), f"{file.name} · {filesize(file.size)}")
            for file in said.event.attachments
        ]
        return form

    def needs_late_reason(self) -> bool:
        """Did it come more than a week ago?"""
        return self.is_late

    def going_along(self, said: Said) -> list[Received]:
        """The files of the message that are ticked."""
        ticked = self.along.data or ()
        return [Received.of(file) for file in said.event.attachments if str(file.id) in ticked]


@door.route("/tiket/<number>/pesan/<int:event_id>/tersendiri", methods=["GET", "POST"])
@in_own_units
def own_complaint(number: str, event_id: int) -> ResponseReturnValue:
    """Make a complaint of its own of what stands in this event, once."""
    act, said = _fetch(number, event_id)
    form = OwnComplaintForm.of(said)
    if request.method == "GET":
        return _page(act, said, form)
    form.validate()
    files = take_in(form.files, form.key)
    is_asked = form.errors or request.form.get("decision")
    hints = [] if is_asked else worth_stopping_for(form, act.by, said.ticket)
    if form.errors or hints or not _is_made(act, said, form, files):
        keep_for_next_try(form.key, files)
        return _page(*_fetch(number, event_id), form, files, hints)
    return redirect(url_for("staff.recorded"))


def _fetch(number: str, event_id: int) -> tuple[Act, Said]:
    act = Act(number, Move.LINK)
    return act, find_said(act.ticket, event_id)


def _is_made(act: Act, said: Said, form: OwnComplaintForm, files: list[Received]) -> bool:
    number, event_id = act.number, said.event.id
    together = {file.sha256: file for file in (*form.going_along(said), *files)}
    matter = form.matter([*together.values()], current_user.id, said.channel)
    return take_down(form, lambda: make_own_complaint(number, event_id, matter, by=act.by))


def _page(
    act: Act,
    said: Said,
    form: OwnComplaintForm,
    files: list[Received] | None = None,
    hints: Sequence[Hint] = (),
) -> ResponseReturnValue:
    """The form; of what is a complaint of its own already, its number instead."""
    if request.method == "GET" and (made := number_made_of(said)):
        return act.back(_("This was made a separate complaint already: %(number)s", number=made))
    person = rail.person_facts(act.ticket) if knows_complainant(act.by, act.ticket) else []
    return act.page(
        "own_complaint",
        form,
        said=said,
        person=person,
        **page_values(form, files or [], hints, may_add=False),
    )
