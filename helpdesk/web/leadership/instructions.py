"""What leadership asked for on tickets, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from helpdesk.lib import clock
from helpdesk.lib.words import language_now
from helpdesk.tickets.instructions import Stage, count_given, instructions_given
from helpdesk.tickets.labels import Labels, read_labels
from helpdesk.tickets.opening import number_of, title_for_others
from helpdesk.web.doors import current_actor
from helpdesk.web.leadership import door
from helpdesk.web.typed import whole_number
from helpdesk.web.view_links import ViewLink
from helpdesk.web.way_back import note_list

_NAMES: dict[Stage | None, Any] = {
    None: _l("All"),
    Stage.WAITING: _l("Not acknowledged yet"),
    Stage.ACKNOWLEDGED: _l("Acknowledged"),
    Stage.ANSWERED: _l("Answered"),
}


@dataclass(frozen=True)
class InstructionLine:
    """One instruction with its ticket, every word of it ready."""

    url: str
    number: str
    title: str
    text: str
    given_by: str
    given_at: datetime
    whom: str
    stage: Stage
    due_at: datetime | None
    settled_at: datetime | None
    settled_by: str
    answer: str


@door.get("/arahan")
def instructions() -> str:
    """The leader's own list: waiting, acknowledged, answered; fifty a page."""
    note_list("leadership.overview")
    actor, asked = current_actor(), request.args.get("keadaan", "")
    stage = Stage(asked) if asked in set(Stage) else None
    after = whole_number(request.args.get("sesudah"))
    page = instructions_given(actor, stage, after=after)
    people = {row.answered_by_id or row.acknowledged_by_id for row in page.rows} - {None}
    labels = read_labels(language_now(), kinds=("unit",), user_ids=people)
    kept: dict[str, Any] = {"keadaan": asked or None}
    return render_template(
        "leadership/instructions.html",
        at=clock.now(),
        stages=list(_links(stage, count_given(actor))),
        stage=stage,
        lines=[_line(row, labels) for row in page.rows],
        first_url=url_for("leadership.instructions", **kept) if after else None,
        next_url=url_for("leadership.instructions", sesudah=page.next_after, **kept)
        if page.next_after
        else None,
    )


def _links(current: Stage | None, counts: dict[Stage, int]) -> Iterator[ViewLink]:
    for stage, label in _NAMES.items():
        count = counts[stage] if stage else sum(counts.values())
        url = url_for("leadership.instructions", keadaan=stage.value if stage else None)
        yield ViewLink(url, str(label), count, stage is current)


def _line(row: Row[Any], labels: Labels) -> InstructionLine:
    number = number_of(row)
    return InstructionLine(
        url=url_for("staff.ticket", number=number, _anchor=f"arahan-{row.id}"),
        number=number,
        title=title_for_others(row.title, row.unit_text),
        text=row.text,
        given_by=row.given_by,
        given_at=row.given_at,
        whom=labels.units.get(row.unit_id, "") if row.unit_id else str(_("customer care")),
        stage=Stage(row.stage),
        due_at=row.due_at,
        settled_at=row.answered_at or row.acknowledged_at,
        settled_by=labels.people.get(row.answered_by_id or row.acknowledged_by_id, ""),
        answer=row.answer,
    )
