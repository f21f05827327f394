"""What one clock promises for one grade, as a pure value."""

from __future__ import annotations

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A line that differs between two policies; None where one of them has no such line."""

    clock: ClockKind
    grade: str
    before: Rule | None
    after: Rule | None


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """The rules by the clocks as they follow each other, and then from red to any grade."""
    clocks, grades = list(ClockKind), [*GRADES, ANY_GRADE]
    return sorted(rules, key=lambda rule: (clocks.index(rule.clock), grades.index(rule.grade)))


def compare(before: Iterable[Rule], after: Iterable[Rule]) -> list[RuleChange]:
    """The lines that were changed, added or left out, in the usual order."""
    old = {(rule.clock, rule.grade): rule for rule in before}
    new = {(rule.clock, rule.grade): rule for rule in after}
    return [
        RuleChange(rule.clock, rule.grade, old.get(key), new.get(key))
        for rule in in_order({**old, **new}.values())
        if old.get(key := (rule.clock, rule.grade)) != new.get(key)
    ]
