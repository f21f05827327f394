"""What a summary says of the improvement register: what was open at the end of its period, and what was done in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.user import User
from helpdesk.improvements.improvement import Improvement, State
from helpdesk.improvements.register import improvements_in
from helpdesk.lib.database import db
from helpdesk.monitoring.effects import effect_of
from helpdesk.monitoring.period import Period

Names = Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class ImprovementLine:
    """One improvement, as it stood at the end of the period. *position* is that of who is in charge: nobody is named.

    *before* and *since* are the complaints it is about, each in so many days; None until it is done.
    """

    title: str
    category: str
    about_unit: str
    unit: str
    position: str
    due_on: date
    state: str
    is_late: bool = False
    done_on: date | None = None
    before: int | None = None
    before_days: int | None = None
    since: int | None = None
    since_days: int | None = None


def improvement_lines(
    period: Period, at: datetime, unit_id: int | None, units: Names, categories: Names
) -> tuple[ImprovementLine, ...]:
    """The open ones, the soonest day first, then those done in *period*; a few statements for each that was done."""
    today = at.astimezone(local_zone()).date()
    ends = min(period.last_day, today)
    found = improvements_in(period.first_day, ends, unit_id)

    def line(one: Improvement, *, is_done: bool) -> ImprovementLine:
        return ImprovementLine(
            title=one.title,
            category=categories.get(one.category_id, ""),
            about_unit=units.get(one.about_unit_id, ""),
            unit=units.get(one.unit_id, ""),
            position=_position(one),
            due_on=one.due_on,
            state=one.state if is_done else _state_then(one),
            is_late=not is_done and one.due_on < ends,
            **(_fared(one, today) if is_done else {}),
        )

    still_open = [line(one, is_done=False) for one in found.open]
    return (*still_open, *(line(one, is_done=True) for one in found.done))


def _state_then(one: Improvement) -> str:
    """What ended only after the period was under way in it."""
    return one.state if one.is_open else State.UNDER_WAY.value


def _position(one: Improvement) -> str:
    user = db.session.get(User, one.pic_id) if one.pic_id else None
    return (user.position if user else "") or str(
        gettext("Officer of the unit") if user else gettext("Head of the unit")
    )


def _fared(one: Improvement, today: date) -> dict[str, Any]:
    effect = effect_of(one.category_id, one.about_unit_id, one.done_on, today)
    since = effect.since
    return {
        "done_on": one.done_on,
        "before": effect.before.complaints,
        "before_days": effect.before.days,
        "since": since.complaints if since else None,
        "since_days": since.days if since else None,
    }
