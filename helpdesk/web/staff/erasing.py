"""Deleting the personal data of a complaint, and keeping them because of a dispute: a supervisor's acts."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from helpdesk.intake.erasing import erase as erase_complaint
from helpdesk.intake.erasing import prepare
from helpdesk.lib.database import in_own_units
from helpdesk.lib.settings import current_settings
from helpdesk.tickets import holding
from helpdesk.tickets.erasing import REASON_LENGTH, Basis, weighed
from helpdesk.tickets.moves import Move
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, DecisionForm


class EraseForm(DecisionForm):
    """Why they are deleted, and that it is meant."""

    basis = RadioField(
        _l("Why are they deleted?"),
        choices=[
            SelectChoice(Basis.REQUEST.value, _l("The person asked for it")),
            SelectChoice(Basis.OTHER.value, _l("For another reason")),
        ],
        default=Basis.REQUEST.value,
    )
    reason = text_field(_l("How and when was it asked, or which reason is it?"), REASON_LENGTH)
    is_meant = BooleanField(
        _l("I have read what goes and what stays. It cannot be undone."),
        [InputRequired(_l("Tick this when you have read it."))],
    )


class HoldForm(DecisionForm):
    """Why they are kept, or no longer."""

    reason = text_field(_l("Why?"), 1000)


@door.route("/tiket/<number>/hapus-data", methods=["GET", "POST"])
@in_own_units
def erase(number: str) -> ResponseReturnValue:
    """Delete the personal data of a complaint that is over; first the page says what goes and what stays."""
    act = Act(number, Move.ERASE)
    form = EraseForm()
    emptied = prepare(act.ticket.id) if form.is_submitted() else {}
    if act.done(
        form,
        lambda: erase_complaint(
            act.ticket, emptied, Basis(form.basis.data), form.reason.data or "", by=act.by
        ),
    ):
        return act.back(_("The personal data are deleted."))
    keeps_backups = current_settings().backup_keep_days
    return act.page("erase", form, weighed=weighed(act.ticket), keeps_backups=keeps_backups)


@door.route("/tiket/<number>/tahan-data", methods=["GET", "POST"])
def hold(number: str) -> ResponseReturnValue:
    """Let the personal data be kept because of a dispute, whoever asks for their deletion."""
    act = Act(number, Move.HOLD)
    form = HoldForm()
    if act.done(form, lambda: holding.hold_ticket(act.ticket, form.reason.data or "", by=act.by)):
        return act.back(_("Its personal data are kept until somebody ends the hold."))
    return act.page("hold", form)


@door.route("/tiket/<number>/lepas-data", methods=["GET", "POST"])
def release(number: str) -> ResponseReturnValue:
    """The dispute is over."""
    act = Act(number, Move.RELEASE)
    form = HoldForm()
    if act.done(
        form, lambda: holding.release_ticket(act.ticket, form.reason.data or "", by=act.by)
    ):
        return act.back(_("The hold has ended."))
    return act.page("release", form)
