"""Beside a period stands the limit by which its complaints are judged, whatever is promised today."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.monitoring.limits import limits_of
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.drawing import draw_page
from helpdesk.monitoring.summaries.facts import SummaryFacts, from_json, to_json
from helpdesk.monitoring.summaries.gathering import gather
from helpdesk.monitoring.summaries.workbook import make_workbook
from helpdesk.sla import policies
from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.states import Grade
from tests.monitoring.samples import paper
from tests.support.cast import Cast
from tests.web.browsing import plain
from tests.web.workbench import person

OCTOBER, NOVEMBER, DECEMBER = Period(2026, 10), Period(2026, 11), Period(2026, 12)
THREE_DAYS, TWO_DAYS = Limit(3, LimitUnit.CALENDAR_DAYS), Limit(48, LimitUnit.HOURS)


@pytest.fixture(autouse=True)
def _stricter_since_november(cast: Cast) -> Iterator[None]:
    """On the tenth of November yellow complaints were promised an answer within 48 hours; it is the twentieth."""
    with time_machine.travel("2026-11-10T03:00:00+00:00", tick=False) as traveller:
        unit_of_work(lambda: publish(ClockKind.ANSWER, TWO_DAYS))
        unit_of_work(lambda: publish(ClockKind.HOP, Limit(5, LimitUnit.HOURS)))
        traveller.shift(timedelta(days=10))
        yield


def publish(kind: ClockKind, limit: Limit) -> None:
    rules = [
        replace(rule, limit=limit) if (rule.clock, rule.grade) == (kind, Grade.YELLOW) else rule
        for rule in policies.rules_of(policies.current_version_id(clock.now()))
    ]
    policies.publish_version(rules, by=Actor.system())


def test_a_period_has_the_limits_that_held_in_it() -> None:
    yellow = [limits_of(one, clock.now())[Grade.YELLOW] for one in (OCTOBER, NOVEMBER, DECEMBER)]
    assert yellow == [(THREE_DAYS,), (THREE_DAYS, TWO_DAYS), (TWO_DAYS,)]
    assert len(limits_of(NOVEMBER, clock.now())[Grade.RED]) == 1, "another promise has changed"


def test_the_overview_shows_them(app: Flask, cast: Cast) -> None:
    leader = person(app, cast, "hanifah")

    def promised(period: Period) -> str:
        text = leader.get(f"/pimpinan/?periode={period}").get_data(as_text=True)
        return re.findall(r"janji (\d[^<]+)</span>", text)[1]

    assert [promised(one) for one in (OCTOBER, NOVEMBER, DECEMBER)] == [
        "3 hari kalender",
        "3 hari kalender, lalu 48 jam",
        "48 jam",
    ]


def test_page_and_workbook_of_a_summary_show_them(app: Flask) -> None:
    def gathered(period: Period) -> SummaryFacts:
        return from_json(to_json(gather(period, clock.now())))

    for period, written in ((OCTOBER, "72 jam"), (NOVEMBER, "72 jam, lalu 48 jam")):
        facts = gathered(period)
        text = plain(str(draw_page(paper(grades=facts.grades))))
        assert f"Kuning {written} 0 0" in text
        book = load_workbook(io.BytesIO(make_workbook(paper(grades=facts.grades))))
        limits = [row[1] for row in book.worksheets[1].iter_rows(min_row=5, values_only=True)]
        assert limits[1] == written
