"""What the policy would promise, before anything is decided: for each grade, and for each unit. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from helpdesk.sla import calendars, due, policies
from helpdesk.sla.due import Limit
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Ticket


@dataclass(frozen=True)
class Promise:
    """A limit as the policy states it, and the moment it would mean here."""

    limit: Limit
    due_at: datetime | None


def answer_promises(ticket: Ticket) -> dict[Grade, Promise]:
    """By when the complainant would have to be answered under each grade, counted from receipt."""
    calendar = calendars.default_calendar()
    promises = {}
    for grade in Grade:
        rule = policies.rule_for(ticket.policy_version_id, ClockKind.ANSWER.value, grade.value)
        promises[grade] = Promise(rule.limit, due.due(ticket.received_at, rule.limit, calendar))
    return promises


def unit_deadlines(ticket: Ticket, unit_ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """By when each unit would have to answer a disposition sent *at*, under its own calendar."""
    rule = policies.rule_for(ticket.policy_version_id, ClockKind.HOP.value, ticket.grade)
    known = calendars.calendars_for_units(unit_ids)
    return {
        unit_id: due.moment_after(at, rule.limit, calendar) for unit_id, calendar in known.items()
    }
