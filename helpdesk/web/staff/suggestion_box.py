"""Opening a suggestion box: many slips in a row, each a ticket of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from helpdesk.accounts.actor import Actor
from helpdesk.intake.admission import Outcome, admit
from helpdesk.intake.submission import Submission
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.uploads import Received
from helpdesk.tickets.papers import issue_receipt_of
from helpdesk.web import words
from helpdesk.web.doors import current_actor
from helpdesk.web.staff import door
from helpdesk.web.staff.slip_form import MOST_ROWS, BoxForm, SlipForm
from helpdesk.web.uploads_in_forms import keep_for_next_try, take_in

_SAVED = "box_saved"


@dataclass
class Row:
    """One row with the files that came with it, now or in an earlier try; *number* once it is recorded."""

    slip: SlipForm
    files: list[Received]
    number: str = ""

    @property
    def is_slip(self) -> bool:
        """Is there anything in it?"""
        return self.slip.is_filled or bool(self.files)


@door.route("/catat/kotak-saran", methods=["GET", "POST"])
@in_own_units
def suggestion_box() -> ResponseReturnValue:
    """Take the slips down: the good rows are recorded, the others stay on the page with what is wrong."""
    box, saved = session.pop(_SAVED, ("", []))
    form = BoxForm.for_now(box)
    if request.method == "GET":
        return _page(form, [], saved)
    form.validate()
    rows = [Row(slip, take_in(slip.files, slip.key)) for slip in form.rows()]
    slips = [row for row in rows if row.is_slip]
    if "add" not in request.form:
        for row in slips:
            row.number = "" if form.header_errors else _record(form, row)
    numbers = [row.number for row in slips if row.number]
    if numbers and len(numbers) == len(slips):
        session[_SAVED] = (form.box.data, numbers)
        return redirect(url_for("staff.suggestion_box"))
    return _once_more(form, slips, numbers)


def _record(form: BoxForm, row: Row) -> str:
    """The number of the slip's ticket; '' when the row says what is wrong. Each row is a unit of its own."""
    if row.slip.errors:
        return ""
    submission = form.submission(row.slip, row.files, current_user.id)
    try:
        return unit_of_work(partial(_admit, submission, current_actor()))
    except Invalid as invalid:
        _explain(form, row, invalid)
    except Conflict as conflict:
        row.slip.text.errors = [conflict.reason]
    return ""


def _explain(form: BoxForm, row: Row, invalid: Invalid) -> None:
    """What the domain refuses, at the field of the row; what concerns the whole box, above the rows."""
    for name, sentence in invalid.fields.items():
        asked = _AS_ASKED.get(name, name)
        field = next((part[asked] for part in (row.slip, form) if asked in part), row.slip.text)
        field.errors = [*field.errors, sentence]


# The domain's names of fields as the form calls them
_AS_ASKED = {"whatsapp": "phone", "received_at": "opened_time"}


def _admit(submission: Submission, by: Actor) -> str:
    admitted = admit(submission, by=by)
    if admitted.outcome is Outcome.CHANGED:
        raise Conflict(_l("This row was already recorded as %(number)s.", number=admitted.number))
    if admitted.outcome is Outcome.OPENED:
        issue_receipt_of(admitted.ticket, say=words.word, by=by)
    return admitted.number


def _once_more(form: BoxForm, slips: list[Row], numbers: list[str]) -> ResponseReturnValue:
    """The rows that are not recorded yet, with every word and file, and empty ones after them."""
    left = [row for row in slips if not row.number]
    for row in left:
        keep_for_next_try(row.slip.key, row.files)
    form.keep_only([row.slip for row in left], is_adding="add" in request.form)
    return _page(form, left, numbers)


def _page(form: BoxForm, rows: list[Row], numbers: list[str]) -> ResponseReturnValue:
    page = render_template(
        "staff/suggestion_box.html",
        form=form,
        kept={row.slip.key: row.files for row in rows},
        numbers=numbers,
        refused=sum(bool(row.slip.errors) for row in rows),
        is_full=len(form.slips.entries) >= MOST_ROWS,
    )
    return page, 422 if form.header_errors or any(row.slip.errors for row in rows) else 200
