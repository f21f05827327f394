"""The hours and promises of a fresh installation; the administrator can change them all."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.sla.calendar import EVERY_DAY, MINUTES_A_DAY, Span
from helpdesk.sla.calendar_editing import CalendarFacts, add_calendar
from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.milestones import Step, Tell
from helpdesk.sla.models import Calendar, PolicyVersion
from helpdesk.sla.policies import publish_version
from helpdesk.sla.public_holidays import load_holidays
from helpdesk.sla.rules import ANY_GRADE, ClockKind, Rule

OFFICE = "office"
ROUND_THE_CLOCK = "round_the_clock"
HOLIDAY_YEARS = range(2024, 2028)  # the years for which the decree is known

# As early as the holidays reach, so that an installation can take over old complaints.
_IN_FORCE_FROM = datetime(2024, 1, 1, tzinfo=UTC)

# Stored as they are; pages know their words in other languages (``web.admin.policy_words``)
_INM = "Permenkes 30/2022, INM 12"
SP4N = "Praktik SP4N-LAPOR!"
INTERNAL = "Target internal"

_LEADERSHIP_HEARS_AFTER = {
    "merah": Limit(2, LimitUnit.HOURS),
    "kuning": Limit(1, LimitUnit.CALENDAR_DAYS),
    "hijau": Limit(2, LimitUnit.WORKING_DAYS),
    ANY_GRADE: Limit(2, LimitUnit.WORKING_DAYS),
}


def seed_sla(zone: str) -> None:
    """Create the two calendars, the holidays and the first policy where there are none.

    *zone* is the IANA name of the organisation's zone. Safe to run again; call inside a unit of
    work.
    """
    if db.session.scalar(select(Calendar.id).limit(1)) is None:
        _add_calendars(zone)
    load_holidays(HOLIDAY_YEARS)
    if db.session.scalar(select(PolicyVersion.id).limit(1)) is None:
        publish_version(first_rules(), by=Actor.system(), effective_from=_IN_FORCE_FROM)


def office_spans() -> dict[int, list[Span]]:
    """Office hours: 37 h 30 m, Monday to Friday, rest 60 minutes, Friday 90 (Perpres 21/2023).

    On Saturday the desk is open for half a day, as private hospitals commonly are.
    """
    morning, afternoon = (_at(7, 30), _at(12)), (_at(13), _at(16))
    week: dict[int, list[Span]] = {weekday: [morning, afternoon] for weekday in range(4)}
    week[4] = [(_at(7, 30), _at(11, 30)), (_at(13), _at(16, 30))]
    week[5] = [morning]
    return week


def first_rules() -> list[Rule]:
    """The shipped promises: INM limits for the answer, office targets for the rest.

    "3 hari" and "7 hari" of the indicator are read as 72 and 168 hours from receipt, the stricter
    reading.
    """
    working_hours, working_days = LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS
    hours, calendar_days = LimitUnit.HOURS, LimitUnit.CALENDAR_DAYS
    return [
        _rule(ClockKind.TRIAGE, "merah", Limit(1, hours)),  # whose words sound like an emergency
        _rule(ClockKind.TRIAGE, ANY_GRADE, Limit(2, working_hours)),
        _rule(ClockKind.DISPOSE, "merah", Limit(1, hours)),
        _rule(ClockKind.DISPOSE, ANY_GRADE, Limit(4, working_hours)),
        _rule(ClockKind.HOP, "merah", Limit(12, hours), is_pausable=True),
        _rule(ClockKind.HOP, "kuning", Limit(2, calendar_days), is_pausable=True),
        _rule(ClockKind.HOP, "hijau", Limit(3, working_days), is_pausable=True),
        _rule(ClockKind.ANSWER, "merah", Limit(24, hours), source=_INM),
        _rule(ClockKind.ANSWER, "kuning", Limit(3, calendar_days), source=_INM),
        _rule(ClockKind.ANSWER, "hijau", Limit(7, calendar_days), source=_INM),
        _rule(ClockKind.RESOLVE, "merah", Limit(3, working_days), is_pausable=True),
        _rule(ClockKind.RESOLVE, "kuning", Limit(7, working_days), is_pausable=True),
        _rule(ClockKind.RESOLVE, "hijau", Limit(14, working_days), is_pausable=True, source=SP4N),
        # Silence after the answer closes as assumed; nobody is late, so nobody is warned or told.
        Rule(ClockKind.CONFIRM, ANY_GRADE, Limit(10, working_days), warn_share=1.0, source=SP4N),
    ]


def _rule(
    kind: ClockKind, grade: str, limit: Limit, *, is_pausable: bool = False, source: str = INTERNAL
) -> Rule:
    """A rule with its ladder: at the breach the nearest head hears of it, later leadership."""
    nearest = Tell.UNIT_HEAD if kind is ClockKind.HOP else Tell.SUPERVISOR
    steps = (
        Step(Limit(0, LimitUnit.HOURS), nearest),
        Step(_LEADERSHIP_HEARS_AFTER[grade], Tell.LEADERSHIP),
    )
    return Rule(kind, grade, limit, is_pausable, steps=steps, source=source)


def _add_calendars(zone: str) -> None:
    office = CalendarFacts(OFFICE, "Jam kantor", "Office hours", zone, office_spans())
    always = CalendarFacts(
        ROUND_THE_CLOCK,
        "24 jam",
        "Round the clock",
        zone,
        {weekday: [(0, MINUTES_A_DAY)] for weekday in EVERY_DAY},
        observes_holidays=False,
        observes_collective_leave=False,
    )
    for facts in (office, always):
        add_calendar(facts, by=Actor.system())


def _at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute
