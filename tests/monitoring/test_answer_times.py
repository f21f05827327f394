"""Within what time half of the complaints were answered: exactly where they are few, about where they are many."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from helpdesk.lib import clock
from helpdesk.monitoring.answer_times import Median
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import FEW_ANSWERS, figures_of
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.gathering import gather
from tests.monitoring.effort import multiply
from tests.support.cast import Cast
from tests.tickets.steps import answer, approve, dispose, submit

NOVEMBER = Period(2026, 11)
ANSWERED = "2027-03-01T03:00:00+00:00"


def answered(cast: Cast, hours: int, unit: str = "") -> None:
    """A complaint of the second of November, answered so many hours later."""
    with time_machine.travel("2026-11-02T03:00:00+00:00", tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        if unit:
            dispose(cast, number, unit)
            submit(cast, number, "budi")
            approve(cast, number)
        traveller.shift(timedelta(hours=hours))
        answer(cast, number)


def median(unit_id: int | None = None) -> Median | None:
    """What the overview shows."""
    settle_days(clock.now())
    return figures_of(NOVEMBER, clock.now(), unit_id=unit_id).median_answer


def test_a_fast_and_a_slow_answer_meet_in_the_middle(cast: Cast) -> None:
    answered(cast, 1)
    answered(cast, 100, "farmasi")
    with time_machine.travel(ANSWERED, tick=False):
        assert median() == Median(50.5)
        assert median(cast.unit_ids["farmasi"]) == Median(100)
        assert median(cast.unit_ids["keuangan"]) is None


def test_a_very_slow_answer_is_not_cut_to_sixty_days(cast: Cast) -> None:
    answered(cast, 2000)
    with time_machine.travel(ANSWERED, tick=False):
        assert median() == Median(2000)


def test_of_many_answers_it_is_about_right_and_says_so(cast: Cast) -> None:
    answered(cast, 30)
    multiply(FEW_ANSWERS + 1)
    with time_machine.travel(ANSWERED, tick=False):
        found = median()
        assert found is not None
        assert (found.is_rough, found.is_more) == (True, False)
        assert 28 <= found.hours <= 30, "somewhere in its bar"
        assert gather(NOVEMBER, clock.now()).now.median_answer_hours == 30, "paper is exact"


def test_beyond_the_last_bar_nobody_knows_how_long(cast: Cast) -> None:
    answered(cast, 2000)
    multiply(FEW_ANSWERS + 1)
    with time_machine.travel(ANSWERED, tick=False):
        assert median() == Median(1440, is_rough=True, is_more=True)
