"""The small forms of a complaint's page: a message, an answer, an objection, a rating.

Several stand on one page, so each has a prefix of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from helpdesk.lib.uploads import Received
from helpdesk.tickets.records import Question, Rating
from helpdesk.web.forms import HouseForm
from helpdesk.web.once import OnceMixin
from helpdesk.web.typed import LONGEST_TEXT, tidy
from helpdesk.web.uploads_in_forms import files_field

MESSAGE, OBJECTION, RATING, CONFIRMATION = "message", "objection", "rating", "confirmation"
COMMENT = "comment"


class WordsForm(OnceMixin, HouseForm):
    """Words, and files with them."""

    text = TextAreaField(_l("Your message"), [Length(max=LONGEST_TEXT)], filters=[tidy])
    files = files_field(_l("Photos, a voice message, or documents"))
    kept: Sequence[Received] = ()  # files of a refused try, listed back


class ConfirmationForm(HouseForm):
    """A button and nothing else."""


class RatingForm(HouseForm):
    """How was it handled, from 1 to 5?"""

    score = RadioField(
        _l("How did we handle it?"),
        [InputRequired(_l("Choose a number from 1 to 5."))],
        choices=[(str(number), str(number)) for number in range(1, 6)],
    )


class CommentForm(HouseForm):
    """A word about the rating that was given."""

    comment = TextAreaField(_l("What should we do better?"), [Length(max=1000)], filters=[tidy])


def answer_prefix(question_id: int) -> str:
    """The prefix of the form that answers one question."""
    return f"answer-{question_id}"


def words_form(prefix: str, **values: Any) -> WordsForm:
    """A form for words under *prefix*, labelled for its purpose."""
    form = WordsForm(prefix=prefix, **values)
    if prefix == OBJECTION:
        form.text.label.text = _l("What is not solved yet?")
    elif prefix != MESSAGE:
        form.text.label.text = _l("Your answer")
    return form


def track_forms(
    questions: Sequence[Question], rating: Rating | None, refused: Form | None
) -> dict[str, Form]:
    """Every form of the page by its prefix, empty but for the one that was *refused*."""
    forms: dict[str, Form] = {
        MESSAGE: words_form(MESSAGE, formdata=None),
        OBJECTION: words_form(OBJECTION, formdata=None),
        CONFIRMATION: ConfirmationForm(prefix=CONFIRMATION, formdata=None),
        RATING: RatingForm(prefix=RATING, formdata=None),
        COMMENT: CommentForm(
            prefix=COMMENT, formdata=None, comment=rating.comment if rating else ""
        ),
    }
    for question in questions:
        prefix = answer_prefix(question.id)
        forms[prefix] = words_form(prefix, formdata=None)
    if refused is not None:
        forms[str(refused._prefix).rstrip("-")] = refused
    return forms
