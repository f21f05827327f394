"""The lists of the register: a page at a time for people, by pair for the overview, by period for the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select, true, tuple_

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone
from helpdesk.audit import trail
from helpdesk.improvements.access import visible_to
from helpdesk.improvements.improvement import OPEN, WAS_DONE, Improvement, State
from helpdesk.lib.database import db
from helpdesk.lib.remembered import remembered

PAGE = 50


class Stage(StrEnum):
    """What a reader looks for; the words of the web address."""

    OPEN = "berjalan"
    DONE = "selesai"  # and nobody has said whether it had an effect
    JUDGED = "dinilai"
    DROPPED = "dibatalkan"


_STATES = {
    Stage.OPEN: OPEN,
    Stage.DONE: frozenset({State.DONE}),
    Stage.JUDGED: frozenset({State.EFFECTIVE, State.NOT_EFFECTIVE}),
    Stage.DROPPED: frozenset({State.DROPPED}),
}


@dataclass(frozen=True)
class Page:
    """Up to PAGE improvements, and the id to continue after, if there are more."""

    rows: Sequence[Improvement]
    next_after: int | None


def count_stages(actor: Actor, unit_id: int | None, today: date) -> tuple[dict[Stage, int], int]:
    """How many *actor* sees at each stage, and how many of the open ones are late; two statements."""
    mine = and_(visible_to(actor), _with(unit_id))
    counted = select(Improvement.state, func.count()).where(mine).group_by(Improvement.state)
    by_state = {State(state): count for state, count in db.session.execute(counted)}
    late = select(func.count()).where(mine, _is_open(), Improvement.due_on < today)
    stages = {
        stage: sum(by_state.get(state, 0) for state in states) for stage, states in _STATES.items()
    }
    return stages, db.session.scalar(late) or 0


def list_improvements(
    actor: Actor, stage: Stage, *, unit_id: int | None = None, after: int | None = None
) -> Page:
    """One keyset page: of the open ones the soonest day first, of the others the newest end."""
    query = select(Improvement).where(
        Improvement.state.in_(sorted(_STATES[stage])), visible_to(actor), _with(unit_id)
    )
    day = Improvement.due_on if stage is Stage.OPEN else Improvement.ended_on
    place = tuple_(day, Improvement.id)
    last = db.session.get(Improvement, after) if after else None
    if stage is Stage.OPEN:
        query = query.order_by(day, Improvement.id)
        if last is not None:
            query = query.where(place > tuple_(last.due_on, last.id))
    else:
        query = query.order_by(day.desc(), Improvement.id.desc())
        if last is not None:
            query = query.where(place < tuple_(last.ended_on, last.id))
    rows = db.session.scalars(query.limit(PAGE + 1)).all()
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def _with(unit_id: int | None) -> ColumnElement[bool]:
    """That the unit is to do, or that is about its complaints."""
    if unit_id is None:
        return true()
    return or_(Improvement.unit_id == unit_id, Improvement.about_unit_id == unit_id)


def _is_open() -> ColumnElement[bool]:
    return Improvement.state.in_(sorted(OPEN))


# ---------------------------------------------------------------- beside the figures


@dataclass(frozen=True)
class Standing:
    """What is being done, or was done last, about one category with one main unit."""

    id: int
    title: str
    state: State
    due_on: date
    ended_on: date | None


Pair = tuple[int, int]
"""A category and the main unit of its complaints."""


def standing_by_pair() -> Mapping[Pair, Standing]:
    """The open improvement of each pair that has one, else the one done last. Read anew only when something changed."""
    return remembered("improvements by pair", trail.edition(), _read_by_pair)


def _read_by_pair() -> dict[Pair, Standing]:
    query = select(Improvement).where(Improvement.state != State.DROPPED.value)
    # Of each pair the last one stays: the newest of those done, or the soonest of those open
    rows = sorted(
        db.session.scalars(query),
        key=lambda one: (one.is_open, one.ended_on or date.min, -one.due_on.toordinal()),
    )
    return {
        (one.category_id, one.about_unit_id): Standing(
            one.id, one.title, State(one.state), one.due_on, one.ended_on
        )
        for one in rows
    }


# ---------------------------------------------------------------- for the summary of a period


@dataclass(frozen=True)
class OfPeriod:
    """What was open at the end of a period, and what was done in it."""

    open: Sequence[Improvement]
    done: Sequence[Improvement]


def improvements_in(first_day: date, last_day: date, unit_id: int | None = None) -> OfPeriod:
    """Those begun by *last_day* that were open then, the soonest first, and those done from *first_day* on.

    What was done counts on its day, also where it came into the register only later.
    """
    ends = datetime.combine(last_day + timedelta(days=1), time(0), tzinfo=local_zone())
    was_known, mine = Improvement.begun_at < ends, _with(unit_id)
    ended_later = or_(Improvement.ended_on.is_(None), Improvement.ended_on > last_day)
    was_done = and_(
        Improvement.state.in_(sorted(WAS_DONE)), Improvement.ended_on.between(first_day, last_day)
    )
    by_day = Improvement.due_on, Improvement.id
    return OfPeriod(
        db.session.scalars(
            select(Improvement).where(was_known, mine, ended_later).order_by(*by_day)
        ).all(),
        db.session.scalars(select(Improvement).where(mine, was_done).order_by(*by_day)).all(),
    )
