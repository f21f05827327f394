"""What a figure is called above the list of its tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.monitoring.conditions import Figure, Question
from helpdesk.tickets.labels import Labels
from helpdesk.web.leadership.sights import full_hour, weekdays
from helpdesk.web.words import WORDS, word

_PLAIN: dict[Figure, Any] = {
    Figure.RECEIVED: _l("Received"),
    Figure.JUDGED: _l("Judged complaints"),
    Figure.KEPT: _l("Answered and followed up on time"),
    Figure.MISSED: _l("Past the limit"),
    Figure.PENDING: _l("Not due yet"),
    Figure.LEFT: _l("Left by an exit"),
    Figure.EXIT: _l("Left by an exit"),
    Figure.ANSWERED: _l("Answered"),
    Figure.OPEN: _l("Still open"),
    Figure.REOPENED: _l("Reopened"),
    Figure.RESTRICTED: _l("Confidential"),
    Figure.CLOSING: _l("Closed"),
    Figure.RATED: _l("Rated"),
    Figure.AGAIN: _l("Came back within 90 days"),
    Figure.DISPOSED: _l("Sent to a unit"),
    Figure.UNIT: _l("Sent to the unit"),
    Figure.RETURNED: _l("Sent back by a unit"),
    Figure.HOP_JUDGED: _l("Rounds that were judged"),
    Figure.HOP_KEPT: _l("Answered by the unit on time"),
    Figure.HOP_MISSED: _l("Answered by the unit too late"),
    Figure.HOP_PENDING: _l("Not due yet with the unit"),
    Figure.HOP_LEFT: _l("Called off with the unit"),
    Figure.LATE: _l("Late now"),
}


def name_of_figure(question: Question, labels: Labels) -> str:
    """The heading: what was counted, narrowed by its key and unit. An unknown key narrows to nothing, in words too."""
    by_key = _BY_KEY.get(question.figure)
    name = by_key(question, labels) if by_key and question.key else ""
    name = name or str(_PLAIN.get(question.figure, "–"))
    unit = labels.units.get(question.unit_id or 0)
    return f"{name}: {unit}" if unit else name


def _word(kind: str) -> Callable[[Question, Labels], str]:
    def say(question: Question, _labels: Labels) -> str:
        return word(question.key, kind) if question.key in WORDS[kind] else ""

    return say


def _hour(question: Question, _labels: Labels) -> str:
    return _received_at(question.number)


def _received_at(hour: int) -> str:
    if not 0 <= hour < 24:
        return ""
    begins, ends = full_hour(hour), full_hour(hour + 1)
    return str(_("Received from %(hour)s to %(next)s", hour=begins, next=ends))


def _weekday(question: Question, _labels: Labels) -> str:
    return _day(question.number)


def _day(weekday: int) -> str:
    return weekdays("wide")[weekday] if 0 <= weekday < 7 else ""


def _weekday_and_hour(question: Question, _labels: Labels) -> str:
    weekday, hour = question.weekday_and_hour
    return ", ".join(filter(None, (_received_at(hour), _day(weekday))))


def _score(question: Question, _labels: Labels) -> str:
    return str(_("Rating %(score)s", score=question.number)) if question.number > 0 else ""


def _category(question: Question, labels: Labels) -> str:
    return labels.categories.get(question.number, "") or str(_("Not yet classified"))


def _place(question: Question, labels: Labels) -> str:
    return labels.places.get(question.number, "") or str(_("No place of the list named"))


_BY_KEY: dict[Figure, Callable[[Question, Labels], str]] = {
    Figure.RECEIVED: _word("kind"),
    Figure.EXIT: _word("status"),
    Figure.CHANNEL: _word("channel"),
    Figure.CLOSING: _word("closing"),
    Figure.HOUR: _hour,
    Figure.WEEKDAY: _weekday,
    Figure.WEEKDAY_HOUR: _weekday_and_hour,
    Figure.RATED: _score,
    Figure.CATEGORY: _category,
    Figure.PLACE: _place,
    Figure.PAIR: _category,
    Figure.AGAIN: _category,
}
