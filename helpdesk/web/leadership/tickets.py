"""The tickets behind a figure."""

from __future__ import annotations

from flask import render_template, request

from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.unit import Unit
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.monitoring.drill_down import Figure, Question, tickets_behind
from helpdesk.monitoring.period import Month
from helpdesk.tickets.opening import number_of
from helpdesk.web.doors import current_actor
from helpdesk.web.leadership import door
from helpdesk.web.typed import whole_number


@door.get("/tiket")
def tickets() -> str:
    """List them, 50 a page; an unknown figure is not found."""
    at = clock.now()
    question = _question(Month.of(at.astimezone(local_zone()).date()))
    page = tickets_behind(
        question, current_actor(), at, after=whole_number(request.args.get("sesudah"))
    )
    unit = db.session.get(Unit, question.unit_id) if question.unit_id else None
    return render_template(
        "leadership/tickets.html",
        at=at,
        question=question,
        page=page,
        unit=unit,
        ticket_number=number_of,
    )


def _question(this_month: Month) -> Question:
    asked = request.args.get("angka", "")
    if asked not in set(Figure):
        raise NotFound
    return Question(
        Figure(asked),
        Month.parse(request.args.get("bulan"), default=this_month),
        request.args.get("grading", ""),
        whole_number(request.args.get("unit")),
    )
