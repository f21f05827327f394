"""What the complainant thinks of the answer, written down by whoever heard it: solved, and how it was handled."""

from __future__ import annotations

from collections.abc import Sequence

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import in_own_units
from helpdesk.lib.errors import Invalid
from helpdesk.lib.uploads import Received
from helpdesk.tickets.closing import confirm_solved, rate_handling
from helpdesk.tickets.moves import Move
from helpdesk.tickets.states import Channel
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.forms import text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, ActForm, DecisionForm
from helpdesk.web.uploads_in_forms import files_field

_SCORES = [SelectChoice(str(score), str(score)) for score in range(1, 6)]


def _score_field() -> SelectField:
    """A rating that need not be there."""
    none = SelectChoice("", _l("They gave none"))
    label = _l("Their rating, 1 (very poor) to 5 (very good)")
    return SelectField(label, choices=[none, *_SCORES], default="")


class _HeardForm(DecisionForm):
    """How it came to us."""

    channel = RadioField(
        _l("How did they say it?"),
        choices=[
            SelectChoice(Channel.PHONE.value, _l("By telephone")),
            SelectChoice(Channel.COUNTER.value, _l("Face to face")),
            SelectChoice(Channel.LETTER.value, _l("On paper, such as a signed form")),
            SelectChoice(Channel.WHATSAPP.value, _l("On WhatsApp")),
            SelectChoice(Channel.EMAIL.value, _l("By email")),
        ],
        default=Channel.PHONE.value,
    )
    words = text_field(_l("In their own words"))
    files = files_field(_l("Photo of what they signed"))


class ConfirmForm(_HeardForm):
    """Solved, perhaps with a rating."""

    score = _score_field()


class RateForm(_HeardForm):
    """How they were handled."""

    score = RadioField(
        _l("Their rating, 1 (very poor) to 5 (very good)"),
        [InputRequired(_l("Choose a number from 1 to 5."))],
        choices=_SCORES,
    )


class VerdictInCallForm(ActForm):
    """What they said of the answer while somebody spoke with them."""

    is_solved = BooleanField(_l("They say that it is solved: close the ticket"))
    words = text_field(_l("In their own words"))
    score = _score_field()

    def note(self, ticket: Ticket, *, by: Actor) -> None:
        """Write down what was filled in, inside the caller's unit of work; raises Invalid for words alone."""
        words = self.words.data or ""
        if self.is_solved.data:
            _confirm(ticket, self, by=by, channel=Channel.PHONE.value)
        elif self.score.data:
            rate_handling(ticket, int(self.score.data), words, by=by, channel=Channel.PHONE.value)
        elif words:
            raise Invalid({"words": _l("Say whether it is solved, or how they rate it, too.")})


@door.route("/tiket/<number>/selesai", methods=["GET", "POST"], endpoint="confirm")
@in_own_units
def confirm_for(number: str) -> ResponseReturnValue:
    """The complainant says by telephone, at the counter or on paper that it is solved."""
    act = Act(number, Move.CONFIRM)
    form = ConfirmForm()
    if act.done(
        form,
        lambda: _confirm(
            act.ticket, form, by=act.by, channel=form.channel.data or "", files=act.files
        ),
    ):
        return act.back(_("The ticket is closed: the complainant says it is solved."))
    return act.page("confirm", form)


def _confirm(
    ticket: Ticket,
    form: ConfirmForm | VerdictInCallForm,
    *,
    by: Actor,
    channel: str,
    files: Sequence[Received] = (),
) -> None:
    confirm_solved(ticket, by=by, words=form.words.data or "", channel=channel, files=files)
    if form.score.data:
        rate_handling(ticket, int(form.score.data), "", by=by, channel=channel)


@door.route("/tiket/<number>/nilai", methods=["GET", "POST"], endpoint="rate")
@in_own_units
def rate_for(number: str) -> ResponseReturnValue:
    """The complainant says how they were handled."""
    act = Act(number, Move.RATE)
    form = RateForm()
    if act.done(
        form,
        lambda: rate_handling(
            act.ticket,
            int(form.score.data),
            form.words.data or "",
            by=act.by,
            channel=form.channel.data or "",
            files=act.files,
        ),
    ):
        return act.back(_("The rating is recorded."))
    return act.page("rate", form)
