"""What the policy would promise: received then, graded so, at this unit: due when, and why. Reads only.

The same rules, calendars and arithmetic as a clock that starts. Clocks that start later than the
receipt (sending to a unit, the unit's work, the wait for the complainant) are shown as if they
started at the moment asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.lib.database import db
from helpdesk.sla import calendars, policies
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.due import moment_after
from helpdesk.sla.explaining import Explanation, explain
from helpdesk.sla.listing import holidays_between
from helpdesk.sla.milestones import Step
from helpdesk.sla.models import Calendar, Holiday, PolicyVersion
from helpdesk.sla.rules import ClockKind, Rule


@dataclass(frozen=True)
class StepAhead:
    """A rung of the ladder with the moment at which it would be climbed."""

    step: Step
    at: datetime


@dataclass(frozen=True)
class Foretold:
    """One clock: its rule, the hours it is counted in, the way to its deadline, and who would hear."""

    rule: Rule
    calendar: Calendar
    way: Explanation
    steps: tuple[StepAhead, ...]


@dataclass(frozen=True)
class Prospect:
    """Every clock under the version that holds for what is received then, and the days off on the way."""

    version: PolicyVersion
    clocks: tuple[Foretold, ...]
    holidays: Mapping[date, list[Holiday]]

    def holiday_on(self, on: date, calendar: Calendar) -> Holiday | None:
        """The day off that closes this calendar on that date."""
        closing = (one for one in self.holidays.get(on, ()) if one.calendar_key in (0, calendar.id))
        return next(closing, None)


def foretell(received_at: datetime, grade: str, unit_id: int | None) -> Prospect:
    """Every clock for a complaint of this *grade* ('' not graded) with this unit (None: the usual hours).

    Raises NoPolicy or NoCalendar before setup, NoOpenHours when a limit can never be used up.
    """
    version = policies.current_version(received_at)
    usual, of_unit = (calendars.calendar_id_for_unit(each) for each in (None, unit_id))
    known = calendars.all_calendars()
    clocks = []
    for kind in ClockKind:
        rule = policies.rule_for(version.id, kind.value, grade)
        # The others are customer care's, which keeps the usual hours
        calendar_id = of_unit if kind is ClockKind.HOP else usual
        clocks.append(_foretell(rule, received_at, calendar_id, known[calendar_id]))
    return Prospect(version, tuple(clocks), _holidays_on_the_way(clocks))


def _foretell(
    rule: Rule, start: datetime, calendar_id: int, calendar: BusinessCalendar
) -> Foretold:
    way = explain(start, rule.limit, calendar, warn_share=rule.warn_share)
    steps = (StepAhead(step, moment_after(way.due_at, step.after, calendar)) for step in rule.steps)
    return Foretold(rule, db.session.get_one(Calendar, calendar_id), way, tuple(steps))


def _holidays_on_the_way(clocks: Iterable[Foretold]) -> Mapping[date, list[Holiday]]:
    days = [day.on for clock in clocks for day in clock.way.days]
    return holidays_between(min(days), max(days)) if days else {}
