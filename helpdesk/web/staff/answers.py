"""Answering: approve or hand back what a unit submitted, reply in between, give the final answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.lib.database import in_own_units
from helpdesk.lib.examined_files import closed_files
from helpdesk.tickets import answering as verbs
from helpdesk.tickets.files import files_of_work
from helpdesk.tickets.follow_ups import record_follow_up
from helpdesk.tickets.following import has_followers
from helpdesk.tickets.moves import Move
from helpdesk.tickets.states import SETTLED, DispositionStatus
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import is_gate_open, may_answer
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import ON_WORK, Act, ActForm, DecisionForm
from helpdesk.web.staff.canned_offers import chosen_text, offers
from helpdesk.web.staff.dispose_form import DueForm
from helpdesk.web.uploads_in_forms import files_field


class ReturnAnswerForm(DueForm, DecisionForm):
    """What is missing, and until when."""

    reason = text_field(_l("What is missing?"), 1000)


class InterimForm(ActForm):
    """A word to the complainant while the work goes on."""

    text = text_field(_l("Your reply"))
    files = files_field(_l("Files for the complainant"))


class AnswerForm(DecisionForm):
    """The final answer; *follow_up* where none is recorded yet."""

    text = text_field(_l("The answer"))
    files = files_field(_l("Files for the complainant"))
    text_for_followers = text_field(_l("The answer to the others who complained of this"))
    follow_up = text_field(_l("What was done about it?"))


@dataclass(frozen=True)
class Awaited:
    """A unit that the final answer waits for."""

    disposition: Disposition
    is_ours: bool  # its answer lies here and waits for approval


@door.route(f"{ON_WORK}/setujui", methods=["GET", "POST"])
def approve(number: str, disposition_id: int) -> ResponseReturnValue:
    """Read what the unit submitted, and accept it."""
    act = Act(number, Move.APPROVE, disposition_id)
    form = DecisionForm()
    if act.done(form, lambda: verbs.approve_answer(act.work, by=act.by)):
        unit = name_of(act.work.unit)
        return act.back(_("The answer of %(unit)s is approved.", unit=unit))
    return _submitted(act, "approve", form)


@door.route(f"{ON_WORK}/minta-perbaikan", methods=["GET", "POST"])
def return_answer(number: str, disposition_id: int) -> ResponseReturnValue:
    """Hand the answer back to the unit, with what is missing."""
    act = Act(number, Move.RETURN_ANSWER, disposition_id)
    form = ReturnAnswerForm()
    if act.done(form, lambda: _hand_back(act, form)):
        unit = name_of(act.work.unit)
        return act.back(_("The answer is back with %(unit)s.", unit=unit))
    return _submitted(act, "return_answer", form)


def _submitted(act: Act, name: str, form: ActForm) -> ResponseReturnValue:
    """The page with what the unit submitted, and its evidence."""
    evidence = files_of_work(act.work.id)
    return act.page(name, form, evidence=evidence, closed=closed_files(evidence))


def _hand_back(act: Act, form: ReturnAnswerForm) -> None:
    verbs.return_answer(act.work, form.reason.data or "", by=act.by, due_at=form.due_at)


@door.route("/tiket/<number>/balasan-sementara", methods=["GET", "POST"])
@in_own_units
def reply_interim(number: str) -> ResponseReturnValue:
    """Tell the complainant how it goes."""
    act = Act(number, Move.INTERIM_REPLY)
    form = InterimForm(text=chosen_text(act.ticket))
    if act.done(
        form,
        lambda: verbs.reply_interim(act.ticket, form.text.data or "", by=act.by, files=act.files),
    ):
        return act.told(
            _("The reply is on its way to the complainant."),
            _("The reply stands on the track page."),
        )
    return act.page("reply_interim", form, canned=offers(act.ticket, "staff.reply_interim"))


@door.route("/tiket/<number>/jawaban-akhir", methods=["GET", "POST"])
@in_own_units
def answer(number: str) -> ResponseReturnValue:
    """Give the final answer, prepared from the drafts of the units."""
    act = Act(number, Move.ANSWER)
    form = AnswerForm(text=_prepared(act.ticket))
    if act.done(form, lambda: _answer(act, form)):
        return act.told(
            _("The answer is on its way to the complainant."),
            _("The answer stands on the track page."),
        )
    awaited = _awaited(act.ticket)
    return act.page(
        "answer",
        form,
        awaited=awaited,
        alone="" if awaited or may_answer(act.ticket, act.by) else verbs.ALONE,
        is_prepared=bool(_drafts(act.ticket)),
        is_followed=has_followers(act.ticket),
        canned=offers(act.ticket, "staff.answer"),
    )


def _answer(act: Act, form: AnswerForm) -> None:
    """The follow-up first, where one was written: the national indicator asks for both."""
    if form.follow_up.data and act.ticket.followed_up_at is None:
        record_follow_up(act.ticket, form.follow_up.data, by=act.by)
    verbs.answer_ticket(
        act.ticket,
        form.text.data or "",
        by=act.by,
        files=act.files,
        text_for_followers=form.text_for_followers.data or "",
    )


def _prepared(ticket: Ticket) -> str:
    """The drafts, and below them a canned text that was chosen without script."""
    return "\n\n".join(filter(None, (_drafts(ticket), chosen_text(ticket))))


def _drafts(ticket: Ticket) -> str:
    """The drafts of the approved dispositions of this round, the leading unit's first."""
    approved = [
        one
        for one in ticket.dispositions
        if one.status == DispositionStatus.APPROVED and one.cycle == ticket.reopenings
    ]
    approved.sort(key=lambda one: not one.is_lead)
    return "\n\n".join(one.draft_answer for one in approved if one.draft_answer)


def _awaited(ticket: Ticket) -> Sequence[Awaited]:
    if is_gate_open(ticket.dispositions):
        return ()
    return [
        Awaited(one, one.status == DispositionStatus.SUBMITTED)
        for one in ticket.dispositions
        if one.status not in SETTLED
    ]
