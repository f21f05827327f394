"""More time for a unit: asked for by the unit, given or declined by customer care, or set without being asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.accounts.organisation import local_zone
from helpdesk.tickets import more_time as verbs
from helpdesk.tickets.moves import Move
from helpdesk.tickets.sheets import issue_sheet_of
from helpdesk.web.filters import moment, moment_short
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import Difference, text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import ON_WORK, Act, DecisionForm
from helpdesk.web.staff.dispose_form import DueForm
from helpdesk.web.words import word


class TimeForm(DueForm, DecisionForm):
    """Until when, and why; on opening the day is *proposed*."""

    reason = text_field(_l("Reason"), 500)

    def standing(self, act: Act) -> Iterable[Difference]:
        """The unit's deadline now, beside the one typed here."""
        typed = moment_short(self.due_at)
        return [Difference(_l("Deadline"), moment_short(act.work.due_at), typed)]


class DeclineForm(DecisionForm):
    """Why there is no more time; the unit reads it."""

    reason = text_field(_l("Why is there no more time?"), 500)


@door.route(f"{ON_WORK}/minta-waktu", methods=["GET", "POST"])
def ask_time(number: str, disposition_id: int) -> ResponseReturnValue:
    """The unit asks for more time."""
    act = Act(number, Move.ASK_TIME, disposition_id)
    form = TimeForm()
    if act.done(
        form, lambda: verbs.ask_for_time(act.work, form.due_at, form.reason.data or "", by=act.by)
    ):
        return act.back(
            _("Customer care is asked for more time. Until it decides, the deadline stays.")
        )
    return act.page("ask_time", form)


@door.route(f"{ON_WORK}/batas-waktu", methods=["GET", "POST"])
def set_deadline(number: str, disposition_id: int) -> ResponseReturnValue:
    """Customer care gives the unit another deadline, asked or not."""
    act = Act(number, Move.SET_DEADLINE, disposition_id)
    form = TimeForm(**_proposed(act.work.wants_until))
    if act.done(form, lambda: _set_with_sheet(act, form)):
        return _told(act, form.due_at)
    return act.page("set_deadline", form, wish=verbs.request_of(act.work))


def _set_with_sheet(act: Act, form: TimeForm) -> None:
    """Set it, and issue the sheet anew: it says the new deadline and, in its history, the one before."""
    verbs.set_deadline(act.work, form.due_at, form.reason.data or "", by=act.by)
    issue_sheet_of(act.ticket, [act.work], say=word, by=act.by)


def _proposed(until: datetime | None) -> dict[str, Any]:
    """The day and hour that the unit asks for."""
    if until is None:
        return {}
    local = until.astimezone(local_zone())
    return {"due_on": local.date(), "due_time": local.time()}


def _told(act: Act, due_at: datetime | None) -> ResponseReturnValue:
    """Back to the ticket, with a warning where the unit has longer than the complainant was promised."""
    unit, promised = name_of(act.work.unit), act.ticket.promised_by
    if promised and due_at and due_at > promised:
        sentence = _(
            "%(unit)s has until %(when)s. Note: the complainant was promised an answer before that, by %(promised)s.",
            unit=unit,
            when=moment(due_at),
            promised=moment(promised),
        )
        return act.back(sentence, is_warning=True)
    return act.back(_("%(unit)s has until %(when)s.", unit=unit, when=moment(due_at)))


@door.route(f"{ON_WORK}/tolak-waktu", methods=["GET", "POST"])
def decline_time(number: str, disposition_id: int) -> ResponseReturnValue:
    """Customer care gives no more time, with a reason."""
    act = Act(number, Move.DECLINE_TIME, disposition_id)
    form = DeclineForm()
    if act.done(form, lambda: verbs.decline_time(act.work, form.reason.data or "", by=act.by)):
        return act.back(_("The deadline stays. The unit is told."))
    return act.page("decline_time", form, wish=verbs.request_of(act.work))
