"""What was promised for the complaints of a period: the limits by which they are judged, not those of today."""

from __future__ import annotations

from datetime import datetime

from helpdesk.monitoring.local_hours import begin_of
from helpdesk.monitoring.period import Period
from helpdesk.sla import policies
from helpdesk.sla.due import Limit
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.states import Grade


def limits_of(period: Period, at: datetime) -> dict[Grade, tuple[Limit, ...]]:
    """The limits of each grade in the policies in force in *period* up to *at*, the earliest first, each once.

    A complaint keeps the policy of the moment in which it was received, so this asks for no row of them.
    """
    begins, ends = begin_of(period), begin_of(period.after(1))
    versions = policies.versions_in_force(begins, min(ends, at))
    kind = ClockKind.ANSWER.value
    return {
        grade: tuple(
            dict.fromkeys(policies.rule_for(one, kind, grade.value).limit for one in versions)
        )
        for grade in Grade
    }
