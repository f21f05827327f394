"""The tickets behind a figure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import in_own_units
from helpdesk.lib.errors import NotFound
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.words import language_now
from helpdesk.monitoring.conditions import Figure, Question
from helpdesk.monitoring.drill_down import (
    lateness_told,
    page_behind,
    tickets_behind,
    total_and_hidden,
)
from helpdesk.monitoring.summaries.wording import period_name
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.whole_list import read_whole
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import number
from helpdesk.web.leadership import door
from helpdesk.web.leadership.figure_names import name_of_figure
from helpdesk.web.leadership.period_picker import period_asked
from helpdesk.web.list_workbook import OFTEN, Reading, send_list
from helpdesk.web.signed_in import person_asking
from helpdesk.web.typed import whole_number
from helpdesk.web.way_back import note_list
from helpdesk.web.words import WORDS, word


@door.get("/tiket")
def tickets() -> str:
    """List them, 50 a page; an unknown figure is not found."""
    at = clock.now()
    question = _question()
    note_list("leadership.overview")
    after = whole_number(request.args.get("sesudah"))
    page = tickets_behind(question, current_actor(), at, after=after)
    labels = read_labels(language_now(), kinds=("unit", "category", "place"))
    address, asked = url_for("leadership.tickets"), request.args.to_dict()
    onward = asked | {"sesudah": str(page.next_after)}
    asked.pop("sesudah", None)
    return render_template(
        "leadership/tickets.html",
        at=at,
        question=question,
        heading=name_of_figure(question, labels),
        period_name=period_name(question.period),
        page=page,
        download_url=f"{url_for('leadership.download_tickets')}?{urlencode(asked)}",
        first_url=f"{address}?{urlencode(asked)}" if after else None,
        next_url=f"{address}?{urlencode(onward)}" if page.next_after else None,
        ticket_number=number_of,
    )


@door.post("/tiket/unduh")
@limited(OFTEN, whose=person_asking)
@in_own_units
def download_tickets() -> Response:
    """All of them as a workbook, without whoever complained."""
    question, actor, at = _question(), current_actor(), clock.now()
    whole = read_whole(lambda begin, size: page_behind(question, actor, at, begin, size))
    labels = read_labels(language_now())
    reading = Reading(
        by=actor,
        at=at,
        name=name_of_figure(question, labels),
        asked=_in_words(question, actor, at),
        labels=labels,
        shows_score=question.figure is Figure.RATED,
        late_for=lateness_told(question, [row.line.id for row in whole.rows], at),
    )
    asked = {**asdict(question), "period": str(question.period)}
    return send_list(whole, reading, {name: value for name, value in asked.items() if value})


def _in_words(question: Question, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """What the figure was narrowed to, and how many of its tickets this reader does not see."""
    _total, hidden = total_and_hidden(question, actor, at)
    unseen = ngettext(
        "%(count)s is not shown to you because it is confidential",
        "%(count)s are not shown to you because they are confidential",
        hidden,
        count=number(hidden),
    )
    told = [
        (_("Period"), "" if question.figure is Figure.LATE else period_name(question.period)),
        (_("Grade"), word(question.grade, "grade") if question.grade in WORDS["grade"] else ""),
        (_("Confidential"), unseen if hidden else ""),
    ]
    return [(name, value) for name, value in told if value]


def _question() -> Question:
    asked = request.args
    if asked.get("angka", "") not in set(Figure):
        raise NotFound
    return Question(
        Figure(asked["angka"]),
        period_asked(clock.now()),
        grade=asked.get("grading", ""),
        unit_id=whole_number(asked.get("unit")),
        key=asked.get("kunci", "")[:32],
    )
