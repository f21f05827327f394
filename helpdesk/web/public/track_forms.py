"""The small forms of a complaint's page: a message, an answer, an objection, a rating.

Several stand on one page, so each has a prefix of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField
from wtforms.validators import InputRequired

from helpdesk.lib.uploads import Received
from helpdesk.tickets.records import Rating
from helpdesk.web.forms import HouseForm, text_field
from helpdesk.web.once import OnceMixin
from helpdesk.web.uploads_in_forms import files_field

MESSAGE, OBJECTION, RATING, CONFIRMATION = "message", "objection", "rating", "confirmation"
CONTEST = "contest"
COMMENT = "comment"


class WordsForm(OnceMixin, HouseForm):
    """Words, and files with them."""

    text = text_field(_l("Your message"))
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

    comment = text_field(_l("What was good, what should we do better?"), 1000)


def answer_prefix(question_id: int) -> str:
    """The prefix of the form that answers one question."""
    return f"answer-{question_id}"


def words_form(prefix: str, **values: Any) -> WordsForm:
    """A form for words under *prefix*, labelled for its purpose."""
    form = WordsForm(prefix=prefix, **values)
    if prefix == OBJECTION:
        form.text.label.text = _l("What is not solved yet?")
    elif prefix == CONTEST:
        form.text.label.text = _l("Why should we take it up again?")
    elif prefix != MESSAGE:
        form.text.label.text = _l("Your answer")
    return form


@lru_cache(maxsize=200)
def empty_words(prefix: str) -> WordsForm:
    """The fields of ``words_form`` as everybody is shown them: one form for all, without anybody's token and key."""
    return words_form(prefix, formdata=None, meta={"csrf": False})


class TrackForms(dict[str, Form]):
    """The forms of the page by their prefix: the one that was *refused*, the others made empty when they are shown.

    Of forms for words only the refused one is here; for the others see ``empty_words``.
    """

    def __init__(self, rating: Rating | None, refused: Form | None) -> None:
        super().__init__()
        self._said = rating.comment if rating else ""
        if refused is not None:
            self[str(refused._prefix).rstrip("-")] = refused

    def __missing__(self, prefix: str) -> Form:
        said = {"comment": self._said} if prefix == COMMENT else {}
        self[prefix] = form = _OTHERS[prefix](prefix=prefix, formdata=None, **said)
        return form


_OTHERS: dict[str, type[Form]] = {
    CONFIRMATION: ConfirmationForm,
    RATING: RatingForm,
    COMMENT: CommentForm,
}
