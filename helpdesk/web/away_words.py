"""Who is away, said where somebody is chosen: at the name, and once more before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, Form, SelectChoice
from wtforms.validators import ValidationError

from helpdesk.accounts.standing_in import Away, away_today
from helpdesk.tickets.destinations import Person
from helpdesk.web.filters import day_short
from helpdesk.web.typed import whole_number


def officer_choices(people: Iterable[Person]) -> list[SelectChoice]:
    """The whole unit, then each of its *people*; who is away with the day until which."""
    away = away_today()
    named = (SelectChoice(str(one.id), _named(one, away)) for one in people)
    return [SelectChoice("", _("The whole unit")), *named]


def chosen_knowingly(form: Form, field: Field) -> None:
    """Raise ValidationError for an officer who is away, unless the box *is_sure* of the form is ticked."""
    leave = away_today().get(whole_number(field.data) or 0)
    is_sure: Any = form["is_sure"].data
    if leave is not None and not is_sure:
        raise ValidationError(
            _(
                "%(name)s is away until %(day)s. Choose somebody else, or tick below that you mean it.",
                name=leave.name,
                day=day_short(leave.last_on),
            )
        )


def _named(person: Person, away: Mapping[int, Away]) -> str:
    if person.id not in away:
        return person.name
    until = day_short(away[person.id].last_on)
    return str(_("%(name)s (away until %(day)s)", name=person.name, day=until))
