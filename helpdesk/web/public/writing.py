"""What the complainant does on the page of the complaint: write, answer, object, confirm, rate."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.uploads import Received
from helpdesk.tickets.closing import confirm_solved, object_to_answer, rate_handling
from helpdesk.tickets.leaving import contest_exit
from helpdesk.tickets.moves import Move
from helpdesk.tickets.questions import add_message, answer_question, open_questions
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.web.once import done_before
from helpdesk.web.public import door, keyring
from helpdesk.web.public.keyring import with_key
from helpdesk.web.public.track_forms import (
    COMMENT,
    CONFIRMATION,
    CONTEST,
    MESSAGE,
    OBJECTION,
    RATING,
    CommentForm,
    ConfirmationForm,
    RatingForm,
    WordsForm,
    answer_prefix,
    words_form,
)
from helpdesk.web.public.tracking import rating_of, show
from helpdesk.web.uploads_in_forms import keep_for_next_try, take_in

_OFTEN = "20/minute; 120/hour"
_OBJECTS = {OBJECTION: Move.OBJECT, CONTEST: Move.CONTEST}
Saying = Callable[..., object]  # of a ticket and a text, *by* whom and with which *files*


@door.post("/lacak/keluhan/<number>/pesan")
@in_own_units
@limited(_OFTEN)
@with_key
def add(number: str) -> ResponseReturnValue:
    """A message or a photograph."""
    return _say(
        number,
        words_form(MESSAGE),
        add_message,
        _("Your message is with us."),
    )


@door.post("/lacak/keluhan/<number>/jawab/<int:question_id>")
@in_own_units
@limited(_OFTEN)
@with_key
def answer(number: str, question_id: int) -> ResponseReturnValue:
    """The answer to a question of ours."""
    return _say(
        number,
        words_form(answer_prefix(question_id)),
        lambda ticket, text, **more: answer_question(ticket, question_id, text, **more),
        _("Thank you. Your answer is with us."),
    )


@door.post("/lacak/keluhan/<number>/belum")
@in_own_units
@limited(_OFTEN)
@with_key
def object_to(number: str) -> ResponseReturnValue:
    """Not solved yet: back to work."""
    return _say(
        number,
        words_form(OBJECTION),
        object_to_answer,
        _("We take it up again."),
    )


@door.post("/lacak/keluhan/<number>/keberatan")
@in_own_units
@limited(_OFTEN)
@with_key
def contest(number: str) -> ResponseReturnValue:
    """It ended unhandled, and the complainant does not agree."""
    return _say(
        number,
        words_form(CONTEST),
        contest_exit,
        _("We take it up again."),
    )


@door.post("/lacak/keluhan/<number>/selesai")
@limited(_OFTEN)
@with_key
def confirm(number: str) -> ResponseReturnValue:
    """Solved."""
    ticket, actor = keyring.fetch(number, to_change=True)
    form = ConfirmationForm(prefix=CONFIRMATION)
    if not form.validate():
        return show(ticket, actor, refused=form)
    confirm_solved(ticket, by=actor)
    flash(_("Thank you. It is closed as solved."))
    return redirect(url_for("public.complaint", number=number, _anchor="nilai"))


@door.post("/lacak/keluhan/<number>/nilai")
@limited(_OFTEN)
@with_key
def rate(number: str) -> ResponseReturnValue:
    """From 1 to 5, with one tap; a second thought replaces the first, and what was written stays."""
    ticket, actor = keyring.fetch(number, to_change=True)
    form = RatingForm(prefix=RATING)
    if not form.validate():
        return show(ticket, actor, refused=form)
    earlier = rating_of(ticket)
    rate_handling(ticket, int(form.score.data), earlier.comment if earlier else "", by=actor)
    flash(_("Thank you for your rating."))
    return redirect(url_for("public.complaint", number=number, _anchor="nilai"))


@door.post("/lacak/keluhan/<number>/nilai/kata")
@limited(_OFTEN)
@with_key
def comment(number: str) -> ResponseReturnValue:
    """A word about the rating that was given."""
    ticket, actor = keyring.fetch(number, to_change=True)
    form, rating = CommentForm(prefix=COMMENT), rating_of(ticket)
    if rating is None or not form.validate():
        return show(ticket, actor, refused=form)
    rate_handling(ticket, rating.score, form.comment.data or "", by=actor)
    flash(_("Thank you. We read it."))
    return redirect(url_for("public.complaint", number=number, _anchor="nilai"))


def _say(number: str, form: WordsForm, saying: Saying, thanks: str) -> ResponseReturnValue:
    """Take words and files once, and let *saying* put them on the ticket; refused, keep both."""
    form.validate()
    files = take_in(form.files, form.key)
    if not form.errors and _is_said(number, form, files, saying):
        flash(thanks)
        return redirect(url_for("public.complaint", number=number))
    keep_for_next_try(form.key, files)
    ticket, actor = keyring.fetch(number)
    form = _where_it_fits(form, ticket, actor)
    form.kept = files
    return show(ticket, actor, refused=form)


def _is_said(number: str, form: WordsForm, files: list[Received], saying: Saying) -> bool:
    said = (form.text.data or "", *sorted(file.sha256 for file in files))

    def unit() -> None:
        ticket, actor = keyring.fetch(number, to_change=True)
        if not done_before(f"say/{ticket.id}", form.key, *said):
            saying(ticket, form.text.data or "", by=actor, files=files)

    try:
        unit_of_work(unit)
    except Invalid as invalid:
        form.take_errors(invalid)
        return False
    except Conflict as conflict:
        form.take_conflict(conflict)
        return False
    return True


def _where_it_fits(form: WordsForm, ticket: Ticket, actor: Actor) -> WordsForm:
    """*form*, or the form of a message with its words, when what they were written for is over meanwhile.

    The page draws a form only where it can be sent; the words of one that it no longer draws would be gone.
    """
    prefix = str(form._prefix).rstrip("-")
    waiting = {answer_prefix(question.id) for question in open_questions(ticket)}
    can_object = _OBJECTS.get(prefix) in moves_open_to(ticket, actor)
    if prefix == MESSAGE or prefix in waiting or can_object:
        return form
    moved = words_form(MESSAGE, formdata=None, text=form.text.data, once=form.key)
    over = _l("This was settled while you wrote. Your words are kept: send them as a message.")
    moved.form_errors = [*form.form_errors, over]
    moved.files.errors = form.files.errors
    return moved
