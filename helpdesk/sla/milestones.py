"""The moments at which a running clock changes: warning, breach, and the steps that follow it.

Pure. The sweep stores the next one as ``look_at`` and acts on each once; what was due is stamped
with the moment given here, not with the moment at which the sweep noticed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.due import Limit, moment_after

WARN = "warn"
BREACH = "breach"


class Tell(StrEnum):
    """The position that hears of a step; persons are found when it happens, by position."""

    UNIT_HEAD = "unit_head"
    SUPERVISOR = "supervisor"
    LEADERSHIP = "leadership"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder: so long after the deadline, tell this position."""

    after: Limit
    tell: Tell

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Step:
        """Read ``{"after": {"amount": 2, "unit": "hours"}, "tell": "leadership"}``."""
        return cls(Limit.from_json(value["after"]), Tell(value["tell"]))

    def as_json(self) -> dict[str, Any]:
        """The form in which it is stored."""
        return {"after": self.after.as_json(), "tell": self.tell.value}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A moment when something happens once; named ``warn``, ``breach``, ``step1``, ``step2``."""

    name: str
    at: datetime
    tell: Tell | None = None


def milestones(
    *,
    warn_at: datetime | None,
    due_at: datetime | None,
    steps: Sequence[Step],
    calendar: BusinessCalendar | None,
) -> tuple[Milestone, ...]:
    """Everything that will happen to a clock with this deadline, in the order of its moments.

    None of *due_at* means that an open pause hides the deadline: nothing is to come then. *warn_at*
    is left out when it is None or not before the deadline. The steps count from the deadline in
    their own units.
    """
    if due_at is None:
        return ()
    coming = [Milestone(BREACH, due_at)]
    if warn_at is not None and warn_at < due_at:
        coming.insert(0, Milestone(WARN, warn_at))
    for number, step in enumerate(steps, start=1):
        at = moment_after(due_at, step.after, calendar)
        coming.append(Milestone(f"step{number}", at, step.tell))
    return tuple(sorted(coming, key=lambda milestone: milestone.at))


def due_milestones(
    coming: Iterable[Milestone], done: Collection[str], at: datetime
) -> list[Milestone]:
    """Those whose moment has come and which nobody acted on yet, oldest first."""
    return [each for each in coming if each.name not in done and each.at <= at]


def look_at(coming: Iterable[Milestone], done: Collection[str]) -> datetime | None:
    """The next moment at which anything could change; None with nothing left."""
    return min((each.at for each in coming if each.name not in done), default=None)
