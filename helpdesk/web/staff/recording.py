"""Recording at the counter: any signed-in person takes down what reached them by any channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.intake.admission import Admitted, Outcome, admit
from helpdesk.letters.drawing import Paper, draw
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.lib.uploads import Received
from helpdesk.tickets import access, keys
from helpdesk.tickets.closing import why_not_on_the_spot
from helpdesk.tickets.duplicates import Hint
from helpdesk.tickets.papers import issue_receipt_of, promise_to, receipt_of
from helpdesk.tickets.states import Grade, Identity, Kind
from helpdesk.tickets.ticket import Ticket
from helpdesk.web import handed_over, words
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf
from helpdesk.web.paper_choice import paper_in_use
from helpdesk.web.staff import door
from helpdesk.web.staff.likely import add_to_ticket, worth_stopping_for
from helpdesk.web.staff.record_form import CHANNELS, ELSEWHERE, RecordForm
from helpdesk.web.uploads_in_forms import keep_for_next_try, take_in

_HERE = "recorded"
ADD = "add"  # the answer "it is here already": decision=add:KLH-26-00042-8; any other means "it is new"


@door.route("/catat", methods=["GET", "POST"])
@in_own_units
def record() -> ResponseReturnValue:
    """Take a complaint down, once; refused, the form keeps every word and every file."""
    form = RecordForm.for_now(_kept_channel())
    if request.method == "GET":
        return _page(form, [])
    form.validate()
    files = take_in(form.files, form.key)
    decision, _colon, chosen = request.form.get("decision", "").partition(":")
    if decision == ADD and not form.errors and add_to_ticket(form, files, chosen):
        return redirect(url_for("staff.ticket", number=chosen))
    hints = [] if decision or form.errors else worth_stopping_for(form, current_actor())
    submission = None if form.errors or hints else form.submission(files, current_user.id)
    if submission is None or not take_down(form, lambda: admit(submission, by=current_actor())):
        keep_for_next_try(form.key, files)
        return _page(form, files, hints)
    _say_what_waits(form)
    return redirect(url_for("staff.recorded"))


@door.get("/catat/selesai")
def recorded() -> ResponseReturnValue:
    """Number and PIN to tell the person, and the receipt to print."""
    try:
        ticket, number, pin = _just_recorded()
    except NotFound:
        return redirect(url_for("staff.record"))
    return render_template(
        "staff/recorded.html",
        ticket=ticket,
        number=number,
        pin=pin,
        promise=promise_to(ticket),
        paper=paper_in_use(),
        can_open=bool(access.find_candidates(current_actor(), number, limit=1)),
    )


@door.get("/catat/tanda-terima.pdf")
def counter_receipt() -> ResponseReturnValue:
    """The receipt: in two copies on A4, PIN and link on the complainant's alone; on a roll theirs only."""
    ticket, number, pin = _just_recorded()
    is_anonymous = ticket.identity == Identity.ANONYMOUS
    link = "" if is_anonymous else keys.link_of(ticket)
    paper = paper_in_use()
    letter = receipt_of(ticket, say=words.word, copies=2 if paper is Paper.A4 else 1)
    pdf = draw(letter, pin=pin, link=link, paper=paper)
    return send_pdf(pdf, f"{number}.pdf")


def take_down(form: RecordForm, verb: Callable[[], Admitted]) -> bool:
    """Let *verb* admit what stands in the form, for this browser to show; else the domain's refusal is on the form."""
    actor = current_actor()

    def unit() -> Admitted:
        admitted = verb()
        if admitted.outcome is Outcome.CHANGED:
            raise Conflict(
                _l(
                    "This form was already sent as %(number)s. If this is another complaint, send it "
                    "once more; if not, add a message to %(number)s.",
                    number=admitted.number,
                )
            )
        if admitted.outcome is Outcome.OPENED:
            issue_receipt_of(admitted.ticket, say=words.word, by=actor)
        return admitted

    try:
        admitted = unit_of_work(unit)
    except Invalid as invalid:
        form.take_errors(Invalid(_as_asked(invalid.fields)))
        return False
    except Conflict as sent_before:
        form.take_conflict(sent_before)
        return False
    handed_over.hand_over(_HERE, admitted.ticket.id, admitted.number, admitted.pin)
    return True


def _as_asked(fields: dict[str, Any]) -> dict[str, Any]:
    """The domain's names of fields as this form calls them."""
    ours = {"received_at": "received_on", "whatsapp": "phone"}
    return {ours.get(name, name): sentence for name, sentence in fields.items()}


def _say_what_waits(form: RecordForm) -> None:
    """What was solved on the spot and yet is not closed: say so, and why."""
    if not form.is_solved.data:
        return
    refusal = why_not_on_the_spot(Kind(form.kind.data), Grade(form.grade.data), current_actor())
    if refusal:
        kept = _("It is recorded, with what was done, and waits for customer care.")
        flash(f"{refusal} {kept}", "warn")


def _just_recorded() -> tuple[Ticket, str, str]:
    """What this browser recorded last; raises NotFound after an hour.

    Read with the complainant's own right, for whoever wrote a confidential complaint down may not
    open it again, and yet must hand over its number and PIN.
    """
    ticket_id, number, pin = handed_over.recall(_HERE)
    return access.find_for(Actor.complainant(ticket_id), number), number, pin


def _kept_channel() -> str:
    wanted = request.args.get("kanal", "")
    return wanted if wanted in {channel.value for channel in CHANNELS} else ""


def _page(
    form: RecordForm, files: list[Received], hints: Sequence[Hint] = ()
) -> ResponseReturnValue:
    page = render_template(
        "staff/record.html",
        form=form,
        closes_at_once=_what_closes_at_once(),
        **page_values(form, files, hints),
    )
    return page, 409 if hints else 422 if form.errors else 200


def page_values(
    form: RecordForm, files: list[Received], hints: Sequence[Hint] = (), *, may_add: bool = True
) -> dict[str, Any]:
    """What the page shows around the form; above it, once, what may be about the same and is here already.

    *may_add*: what was typed may be put there instead.
    """
    if hints:  # asked once: whoever sends the same page again has seen them
        form.likely_shown.data = ",".join(
            [form.likely_shown.data or "", *(hint.mark for hint in hints)]
        )
    return {
        "files": files,
        "hints": hints,
        "may_add": may_add,
        "elsewhere": ELSEWHERE,
        "is_care": current_actor().may(Permission.TRIAGE),
    }


def _what_closes_at_once() -> Any:
    """Said at the choice of the grade, for who is signed in."""
    if current_actor().may(Permission.TRIAGE):
        return _(
            "Green and yellow are closed at once. Red never is: it is recorded with what was done, and goes the "
            "whole way."
        )
    return _(
        "Only green is closed at once. Yellow and red are recorded with what was done, and wait for customer care."
    )
