"""The register and the page of one improvement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from helpdesk.accounts.standing_in import today
from helpdesk.improvements import access
from helpdesk.improvements.improvement import Improvement, ImprovementEvent, State
from helpdesk.improvements.linking import SHOWN, history_of, tickets_of
from helpdesk.improvements.register import Stage, count_stages, list_improvements
from helpdesk.lib.words import language_now
from helpdesk.monitoring.effects import effect_of
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.opening import number_of, title_for_others
from helpdesk.web.doors import current_actor
from helpdesk.web.improvements import door, pictures
from helpdesk.web.typed import whole_number
from helpdesk.web.view_links import ViewLink

_NAMES: dict[Stage, Any] = {
    Stage.OPEN: _l("To be done"),
    Stage.DONE: _l("Done, effect not looked at"),
    Stage.JUDGED: _l("Effect looked at"),
    Stage.DROPPED: _l("Dropped"),
}
_WAY = (
    ((State.PLANNED,), _l("Planned")),
    ((State.UNDER_WAY,), _l("Under way")),
    ((State.DONE,), _l("Done")),
    ((State.EFFECTIVE, State.NOT_EFFECTIVE), _l("Effect looked at")),
)


@dataclass(frozen=True)
class Step:
    """One step of the way, as ``ladder`` draws it."""

    state: str
    title: str


@dataclass(frozen=True)
class Happened:
    """One line of the history; *was_due* and *due* where the day was moved, *number* where it is about a ticket."""

    event: ImprovementEvent
    number: str = ""
    was_due: date | None = None
    due: date | None = None


@door.get("/")
def register() -> ResponseReturnValue:
    """What is to be done, the soonest day first; or another stage; of one unit, if one is chosen."""
    actor, asked = current_actor(), request.args.get("keadaan", "")
    stage = Stage(asked) if asked in set(Stage) else Stage.OPEN
    unit_id, after = (
        whole_number(request.args.get("unit")),
        whole_number(request.args.get("sesudah")),
    )
    counts, late = count_stages(actor, unit_id, today())
    page = list_improvements(actor, stage, unit_id=unit_id, after=after)
    people = {one.pic_id for one in page.rows if one.pic_id}
    kept: dict[str, Any] = {"keadaan": stage.value, "unit": unit_id}
    return render_template(
        "improvements/register.html",
        today=today(),
        stages=list(_links(stage, unit_id, counts, late)),
        stage=stage,
        stage_name=_NAMES[stage],
        late=late,
        rows=page.rows,
        labels=read_labels(language_now(), kinds=("unit", "category"), user_ids=people),
        unit_id=unit_id,
        is_whole=access.sees_all(actor),
        may_begin=access.may_begin(actor),
        first_url=url_for("improvements.register", **kept) if after else None,
        next_url=url_for("improvements.register", sesudah=page.next_after, **kept)
        if page.next_after
        else None,
    )


def _links(
    current: Stage, unit_id: int | None, counts: dict[Stage, int], late: int
) -> Iterator[ViewLink]:
    for stage, label in _NAMES.items():
        url = url_for("improvements.register", keadaan=stage.value, unit=unit_id)
        yield ViewLink(url, str(label), counts[stage], stage is current)


@door.get("/<int:improvement_id>")
def improvement(improvement_id: int) -> ResponseReturnValue:
    """One improvement: the plan, the picture, its tickets, and what happened."""
    actor = current_actor()
    found = access.find_for(actor, improvement_id)
    people = {found.pic_id} if found.pic_id else set()
    effect = effect_of(found.category_id, found.about_unit_id, found.done_on, today(), actor=actor)
    return render_template(
        "improvements/improvement.html",
        one=found,
        today=today(),
        way=[] if found.state == State.DROPPED else list(_way(found)),
        labels=read_labels(language_now(), kinds=("unit", "category"), user_ids=people),
        effect=effect,
        pictures=pictures,
        tickets=tickets_of(found, actor),
        most_shown=SHOWN,
        number_of=number_of,
        title_for_others=title_for_others,
        history=[_happened(*line) for line in history_of(found, actor)],
        may_change=access.may_change(actor, found),
        may_link=access.may_link(actor, found),
    )


def url_of(improvement_id: int) -> str:
    """Its page."""
    return url_for("improvements.improvement", improvement_id=improvement_id)


def _way(found: Improvement) -> Iterator[Step]:
    stands_at = next(at for at, (states, _title) in enumerate(_WAY) if found.state in states)
    for at, (_states, title) in enumerate(_WAY):
        state = "past" if at < stands_at else "now" if at == stands_at else "next"
        yield Step(state, str(title))


def _happened(event: ImprovementEvent, ticket: Any) -> Happened:
    was, now = event.details.get("before", {}), event.details.get("after", {})
    if "due_on" in was:
        days = date.fromisoformat(was["due_on"]), date.fromisoformat(now["due_on"])
        return Happened(event, "", *days)
    return Happened(event, number_of(ticket) if ticket else "")
