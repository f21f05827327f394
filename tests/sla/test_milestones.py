"""When a clock must be looked at again, and what happens then."""

from __future__ import annotations

from datetime import timedelta

from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.milestones import BREACH, WARN, Step, Tell, due_milestones, look_at, milestones
from tests.sla import hours
from tests.sla.hours import wib

LADDER = (
    Step(Limit(0, LimitUnit.HOURS), Tell.SUPERVISOR),
    Step(Limit(2, LimitUnit.WORKING_DAYS), Tell.LEADERSHIP),
)
WARNING, DUE = wib("2026-11-20 09.00"), wib("2026-11-20 15.00")
COMING = milestones(warn_at=WARNING, due_at=DUE, steps=LADDER, calendar=hours.office())


def test_the_ladder_in_order() -> None:
    assert [(each.name, each.at, each.tell) for each in COMING] == [
        (WARN, WARNING, None),
        (BREACH, DUE, None),
        ("step1", DUE, Tell.SUPERVISOR),
        ("step2", wib("2026-11-23 16.00"), Tell.LEADERSHIP),
    ]


def test_the_next_look() -> None:
    assert look_at(COMING, ()) == WARNING
    assert look_at(COMING, {WARN}) == DUE
    assert look_at(COMING, {WARN, BREACH}) == DUE
    assert look_at(COMING, {WARN, BREACH, "step1"}) == wib("2026-11-23 16.00")
    assert look_at(COMING, {each.name for each in COMING}) is None


def test_a_late_sweep_finds_everything_once_and_at_its_own_moment() -> None:
    late = DUE + timedelta(days=1)
    found = due_milestones(COMING, {WARN}, late)
    assert [(each.name, each.at) for each in found] == [(BREACH, DUE), ("step1", DUE)]
    assert due_milestones(COMING, {WARN}, DUE - timedelta(seconds=1)) == []


def test_nothing_comes_while_a_pause_hides_the_deadline() -> None:
    assert milestones(warn_at=None, due_at=None, steps=LADDER, calendar=hours.office()) == ()
    assert look_at((), ()) is None


def test_a_warning_that_would_not_be_earlier_is_left_out() -> None:
    for warning in (None, DUE):
        coming = milestones(warn_at=warning, due_at=DUE, steps=(), calendar=None)
        assert [each.name for each in coming] == [BREACH]


def test_steps_survive_storage() -> None:
    assert [Step.from_json(step.as_json()) for step in LADDER] == list(LADDER)
