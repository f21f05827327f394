"""What the figures cost follows the days asked for and what is overdue, never the number of tickets."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import func, select

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.monitoring.conditions import Figure, Question
from helpdesk.monitoring.counting import count_day
from helpdesk.monitoring.day_fact import DayFact
from helpdesk.monitoring.drill_down import tickets_behind
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import figures_of, trend
from helpdesk.monitoring.period import Period
from helpdesk.tickets.states import Grade
from tests.monitoring.effort import effort_of, multiply
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import FRIDAY, answer, approve, dispose, follow_up, submit

NOVEMBER = Period(2026, 11)
TICKETS, TIMES = 10, 100
OF_THIS_MOMENT = (Figure.OPEN, Figure.LATE)
OF_A_CATEGORY = (Figure.CATEGORY, Figure.PAIR, Figure.AGAIN)


def live(cast: Cast) -> None:
    """Ten tickets that stand where tickets can stand."""
    for place in range(TICKETS):
        number = cast.complain().number
        if place > 1:
            cast.triage(number, [Grade.RED, Grade.YELLOW, Grade.GREEN][place % 3])
        if place > 4:
            dispose(cast, number, "farmasi", *(["keuangan"] if place % 2 else []))
        if place == 8:
            submit(cast, number, "budi")
            approve(cast, number)
            answer(cast, number)
        if place == 3:
            follow_up(cast, number)
            answer(cast, number, by="ratih")


def ask_everything(cast: Cast) -> None:
    """The page of leadership, of the house and of one unit."""
    figures_of(NOVEMBER, clock.now())
    figures_of(NOVEMBER, clock.now(), unit_id=cast.unit_ids["farmasi"])
    trend(NOVEMBER, clock.now())


def number_of_facts() -> int:
    return db.session.scalar(select(func.count()).select_from(DayFact)) or 0


def test_a_hundred_times_the_tickets_cost_no_more(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        live(cast)
        settle_days(clock.now())
        ask = partial(ask_everything, cast)
        few, facts = effort_of(ask), number_of_facts()
        assert figures_of(NOVEMBER, clock.now()).received == TICKETS
        db.session.rollback()
        multiply(TIMES)
        settle_days(clock.now())
        many = effort_of(ask)
        assert figures_of(NOVEMBER, clock.now()).received == TICKETS * TIMES
        assert number_of_facts() == facts, "no fact row is a ticket's own"
        assert many <= few * 1.1
        traveller.shift(timedelta(days=20))
        settle_days(clock.now())
        assert figures_of(NOVEMBER, clock.now()).promise.pending == 0


def opening_efforts(cast: Cast, but: Collection[Figure] = ()) -> dict[str, int]:
    """What each figure of November asks of the database to open its tickets, of the house and of a unit."""
    leader, efforts = cast.actor("hanifah"), {}
    keys = {figure: str(cast.category_ids["obat"]) for figure in OF_A_CATEGORY}
    for figure in Figure:
        for unit in (None, cast.unit_ids["farmasi"]):
            question = Question(figure, NOVEMBER, unit_id=unit, key=keys.get(figure, ""))
            if figure not in but:
                ask = partial(tickets_behind, question, leader, clock.now())
                efforts[f"{figure} of {unit or 'the house'}"] = effort_of(ask)
    return efforts


def grown(few: dict[str, int], many: dict[str, int], times: float) -> list[tuple[str, int, int]]:
    return [(asked, few[asked], many[asked]) for asked in few if many[asked] > few[asked] * times]


def test_a_hundred_times_the_tickets_are_opened_at_a_hundred_times_the_cost(cast: Cast) -> None:
    """Never at the square of it."""
    with time_machine.travel(FRIDAY, tick=False):
        live(cast)
        few = opening_efforts(cast)
        multiply(TIMES)
        many = opening_efforts(cast)
    assert not grown(few, many, TIMES * 2)


@pytest.mark.engines(
    "sqlite"
)  # MariaDB decides by its statistics, and of a thousand rows they say little
def test_what_came_on_other_days_costs_nothing(cast: Cast) -> None:
    """Neither the count of a day nor the tickets behind a figure; what is open or late now is read all of it."""
    day = date(2026, 11, 20)

    def efforts() -> dict[str, int]:
        counting = effort_of(partial(count_day, day, clock.now()))
        return {"a day": counting, **opening_efforts(cast, but=OF_THIS_MOMENT)}

    with time_machine.travel(FRIDAY, tick=False):
        live(cast)
        few = efforts()
        multiply(TIMES, received_on=day - timedelta(days=365))
        many = efforts()
    assert not grown(few, many, 1.1)


def test_the_number_of_statements_is_fixed(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        live(cast)
        counts = []
        for times in (1, TIMES):
            multiply(times)
            settle_days(clock.now())
            for unit_id in (None, cast.unit_ids["farmasi"]):
                with counted() as queries:
                    figures_of(NOVEMBER, clock.now(), unit_id=unit_id)
                counts.append(len(queries))
            with counted() as queries:
                trend(NOVEMBER, clock.now())
            counts.append(len(queries))
    assert counts == [8, 8, 3] + [7, 7, 3], "of many answers the median is read from the sums"


def test_a_round_with_nothing_to_count_is_two_looks(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        live(cast)
        settle_days(clock.now())
        with counted() as queries:
            assert settle_days(clock.now()) == 0
    assert len(queries) == 2, str(queries)
