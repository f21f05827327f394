"""Asking for a summary, and finding those that were asked for."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import undefer

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.accounts.unit import Unit
from helpdesk.audit import trail
from helpdesk.letters.letter import Series
from helpdesk.lib import clock, sequences
from helpdesk.lib.database import db
from helpdesk.lib.editing import find_row
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.words import LANGUAGES
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.drawing import Paper
from helpdesk.monitoring.summaries.facts import from_json
from helpdesk.monitoring.summaries.summary import Status, Summary

PAGE = 20


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: *unit_id* None is the whole house."""

    period: Period
    unit_id: int | None = None
    language: str = "id"


@dataclass(frozen=True)
class Shelf:
    """One page of summaries, and the id to continue after, if there are more."""

    summaries: list[Summary]
    next_before: int | None


def ask_for_summary(wanted: Wanted, *, by: Actor, scheduled_for: str | None = None) -> Summary:
    """Give a summary its number and put it in the worker's way, inside the caller's unit of work.

    The number is the next of the year's outgoing letters, so that no two papers of the house share
    one. It is taken last: everybody else who wants a number waits for the end of this unit. Raises
    Invalid for a period that has not begun, an unknown unit or an unknown language.
    """
    at = clock.now()
    today = at.astimezone(local_zone()).date()
    _check(wanted, begun=wanted.period.first_day <= today)
    summary = Summary(
        period=str(wanted.period),
        unit_id=wanted.unit_id,
        language=wanted.language,
        status=Status.WAITING.value,
        progress=0,
        attempts=0,
        error="",
        made_at=at,
        made_by_id=by.user_id,
        made_by_label=by.label[:120],
        scheduled_for=scheduled_for,
        look_at=at,
        number_year=today.year,
    )
    here = organisation()
    series = Series(
        here.letter_code if here else "",
        here.letter_initials if here else "",
        today.year,
        today.month,
    )
    summary.number_seq = sequences.take_next(f"letter/{today.year}")
    summary.number = series.number(summary.number_seq)
    db.session.add(summary)
    db.session.flush()
    return summary


def find_summary(summary_id: int) -> Summary:
    """The summary, without its facts; raises NotFound."""
    return find_row(Summary, summary_id)


def paper_of(summary_id: int) -> Paper:
    """What is needed to draw it. Raises NotFound also while its figures are not gathered."""
    query = select(Summary).where(Summary.id == summary_id).options(undefer(Summary.facts))
    summary = db.session.scalar(query.execution_options(populate_existing=True))
    if summary is None or summary.facts is None:
        raise NotFound
    return Paper(
        facts=from_json(summary.facts),
        number=summary.number,
        language=summary.language,
        made_at=summary.made_at,
    )


def newest_summaries(*, before_id: int | None = None) -> Shelf:
    """A page of all summaries, the newest first; one query."""
    query = select(Summary).order_by(Summary.id.desc()).limit(PAGE + 1)
    if before_id is not None:
        query = query.where(Summary.id < before_id)
    found = list(db.session.scalars(query))
    shown = found[:PAGE]
    return Shelf(shown, shown[-1].id if len(found) > PAGE else None)


def try_again(summary_id: int, *, by: Actor) -> Summary:
    """Let the worker take a failed summary up again, inside the caller's unit; the number stays."""
    summary = find_summary(summary_id)
    if summary.status == Status.FAILED:
        summary.status = Status.WAITING.value
        summary.attempts, summary.error = 0, ""
        summary.look_at = clock.now()
        _note("summary_tried_again", summary, by)
    return summary


def note_export(summary: Summary, kind: str, *, by: Actor) -> None:
    """Write down that somebody took it out of the house, inside the caller's unit of work."""
    _note("summary_exported", summary, by, format=kind)


def period_of(summary: Summary) -> Period:
    """The period of its row."""
    return Period.parse(summary.period)


def _check(wanted: Wanted, *, begun: bool) -> None:
    problems: dict[str, object] = {}
    if not begun:
        problems["period"] = _l("This period has not begun yet.")
    if wanted.unit_id is not None and db.session.get(Unit, wanted.unit_id) is None:
        problems["unit_id"] = _l("This unit does not exist.")
    if wanted.language not in LANGUAGES:
        problems["language"] = _l("Choose Indonesian or English.")
    if problems:
        raise Invalid(problems)


def _note(act: str, summary: Summary, by: Actor, **details: str) -> None:
    trail.record(
        act,
        by=by,
        subject=("summary", summary.id),
        details={"number": summary.number, "period": summary.period, **details},
    )
