"""What one clock promises for one grade, as a pure value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from helpdesk.sla.due import Limit
from helpdesk.sla.milestones import Step

GRADES = ("merah", "kuning", "hijau")
ANY_GRADE = ""
UNGRADED_RUNS_AS = "hijau"
"""A complaint not yet graded runs as this; the triage clock sees to it that the grade comes."""


class ClockKind(StrEnum):
    """The clocks of a ticket, each with its own start and stop (``tickets.timing``)."""

    TRIAGE = "triage"  # received → classified and graded
    DISPOSE = "dispose"  # triaged, or returned by a unit → sent to a unit
    HOP = "hop"  # sent to a unit → the unit's answer submitted
    ANSWER = "answer"  # received → answered and followed up: the national indicator, never paused
    RESOLVE = "resolve"  # received, or objected to → resolved
    CONFIRM = "confirm"  # answered → closed as assumed when nobody objects


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a policy. *grade* is '' when it holds for every grade without its own line.

    *warn_share* (0..1) is the used-up share at which the holder is warned; 1 means no warning.
    *rule_id* names the stored row and is None before it is stored; it takes no part in comparison.
    """

    clock: ClockKind
    grade: str
    limit: Limit
    is_pausable: bool = False
    warn_share: float = 0.75
    steps: tuple[Step, ...] = ()
    source: str = ""
    rule_id: int | None = field(default=None, compare=False)
