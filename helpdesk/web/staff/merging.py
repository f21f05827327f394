"""Joining a ticket to another about the same matter, and separating them again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from helpdesk.lib.clock import now
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.registry.masking import mask_name
from helpdesk.tickets import access, merging
from helpdesk.tickets.duplicates import find_duplicates
from helpdesk.tickets.files import complainants_files
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.sought import sought_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, DecisionForm
from helpdesk.web.staff.confidentiality import CopyFields
from helpdesk.web.staff.ticket import find_to_read


class MergeForm(CopyFields, DecisionForm):
    """Into which ticket, why, and what the units of that ticket read of this one."""

    into = HiddenField(_l("The other ticket"))
    reason = text_field(_l("Why do they belong together?"), 500)


class SplitForm(DecisionForm):
    """Why the two do not belong together."""

    reason = text_field(_l("Why do they not belong together?"), 500)


@door.route("/tiket/<number>/gabung", methods=["GET", "POST"])
def merge(number: str) -> ResponseReturnValue:
    """Both tickets side by side; this one then follows the other.

    The one promised an answer first is shown as the leading one, unless somebody chose the other way (``tetap``).
    """
    act = Act(number, Move.MERGE)
    form = MergeForm(into=request.args.get("dengan", ""))
    form.offer_copy(act.ticket, is_first=not form.is_submitted())
    try:
        leading = _other(act, form)
    except Invalid as invalid:
        return _choose(act, next(iter(invalid.fields.values())))
    if leading is None:
        return _choose(act)
    if (
        not form.is_submitted()
        and not request.args.get("tetap")
        and _is_better_turned(act, leading)
    ):
        return redirect(url_for("staff.merge", number=form.into.data, dengan=act.number))
    if act.done(form, lambda: _merge(act, form)):
        return _to_leading(act, form)
    files = complainants_files(leading.id)
    return act.page(
        "merge",
        form,
        leading=leading,
        leading_number=form.into.data,
        leading_name=_masked_name(leading),
        promised_until=merging.promise_outrun(act.ticket, leading),
        files=files,
        at=now(),
    )


@door.route("/tiket/<number>/pisahkan", methods=["GET", "POST"])
def split(number: str) -> ResponseReturnValue:
    """The two go their own ways again."""
    act = Act(number, Move.SPLIT)
    form = SplitForm()
    if act.done(form, lambda: merging.split_ticket(act.ticket, form.reason.data or "", by=act.by)):
        return act.told(
            _("The ticket goes its own way again. Its complainant is told."),
            _("The ticket goes its own way again. The track page says so."),
        )
    return act.page("split", form)


def _other(act: Act, form: MergeForm) -> Ticket | None:
    """The ticket to join with, None while none is named. Raises Invalid for one that will not do."""
    if not form.into.data:
        return None
    try:
        is_reading = request.method == "GET"
        other = (find_to_read if is_reading else access.find_for)(act.by, form.into.data)
    except NotFound:
        sentence = _l("There is no ticket with this number that you may open.")
        raise Invalid({"into": sentence}) from None
    if is_reading and (refusal := merging.why_not(act.ticket, other)):
        raise Invalid({"into": refusal})
    form.into.data = number_of(other)
    return other


def _is_better_turned(act: Act, leading: Ticket) -> bool:
    """Would *leading* rather follow, and may this person let it?"""
    return (
        merging.leads_before(act.ticket, leading)
        and Move.MERGE in moves_open_to(leading, act.by)
        and merging.why_not(leading, act.ticket) is None
    )


def _merge(act: Act, form: MergeForm) -> None:
    unit_text, hidden = form.copy()
    merging.merge_ticket(
        act.ticket,
        access.find_to_change(act.by, form.into.data),
        form.reason.data or "",
        by=act.by,
        unit_text=unit_text,
        hidden_file_ids=hidden,
    )


def _to_leading(act: Act, form: MergeForm) -> ResponseReturnValue:
    said = act.telling(
        _("%(number)s is joined to this ticket. Its complainant is told.", number=act.number),
        _("%(number)s is joined to this ticket. Its track page says so.", number=act.number),
    )
    flash(said)
    return redirect(url_for("staff.ticket", number=form.into.data))


def _choose(act: Act, refusal: object = "") -> ResponseReturnValue:
    """Which ticket? The likely ones, and a field for any other number."""
    page = render_template(
        "staff/acts/merge_choose.html",
        act=act,
        refusal=refusal,
        typed=request.values.get("dengan") or request.form.get("into", ""),
        hints=find_duplicates(act.by, sought_of(act.ticket)),
    )
    return page, 422 if refusal else 200


def _masked_name(ticket: Ticket) -> str:
    """The complainant of a ticket as customer care reads it on a page of two."""
    person = ticket.complainant
    return mask_name(person.name) if person and person.name else ""
