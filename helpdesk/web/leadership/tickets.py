"""The tickets behind a figure."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask_babel import get_locale

from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.monitoring.drill_down import Figure, Question, tickets_behind
from helpdesk.monitoring.summaries.wording import period_name
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.opening import number_of
from helpdesk.web.doors import current_actor
from helpdesk.web.leadership import door
from helpdesk.web.leadership.figure_names import name_of_figure
from helpdesk.web.leadership.period_picker import period_asked
from helpdesk.web.typed import whole_number


@door.get("/tiket")
def tickets() -> str:
    """List them, 50 a page; an unknown figure is not found."""
    at = clock.now()
    question = _question()
    after = whole_number(request.args.get("sesudah"))
    page = tickets_behind(question, current_actor(), at, after=after)
    labels = read_labels(str(get_locale()), kinds=("unit", "category"))
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
        first_url=f"{address}?{urlencode(asked)}" if after else None,
        next_url=f"{address}?{urlencode(onward)}" if page.next_after else None,
        ticket_number=number_of,
    )


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
