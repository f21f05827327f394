"""The pages that are opened all day need no more queries at 1,000 tickets than at 10, and at most 15.

A page that is not full looks once more, for tickets without a deadline: so a short list may even need one more.
"""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from bench.copying import fill
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.tickets import keys
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.web.workbench import Browser

MOST = 15
# The two that everybody works on: the sign-in and the ticket with its story, or the list with its newest event, first.
ALL_DAY = {"worklist": 6, "ticket": 7}


def queries_of(app: Flask, cast: Cast, name: str, path: str) -> int:
    """How many statements the second visit of a signed-in person needs; the first may note that they were seen."""
    browser = Browser(app)
    if name:
        cast.sign_in(browser, name)
    assert browser.get(path).status_code == 200
    with counted() as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def queries_of_tracking(app: Flask, number: str, cast: Cast) -> int:
    """The track page of somebody who came by the signed link."""
    browser = Browser(app)
    token = unit_of_work(lambda: keys.link_token(cast.ticket(number)))
    onward = browser.get(f"/k/{token}")
    path = onward.headers["Location"]
    page = browser.get(path, follow_redirects=True)
    assert page.status_code == 200
    with counted() as queries:
        assert browser.get(page.request.path).status_code == 200
    return len(queries)


def all_counts(app: Flask, cast: Cast, number: str) -> dict[str, int]:
    return {
        "worklist": queries_of(app, cast, "sari", "/kerja"),
        "ticket": queries_of(app, cast, "sari", f"/kerja/tiket/{number}"),
        "overview": queries_of(app, cast, "hanifah", "/pimpinan/"),
        "wallboard": queries_of(app, cast, "hanifah", "/pimpinan/papan"),
        "instructions": queries_of(app, cast, "hanifah", "/pimpinan/arahan"),
        "track": queries_of_tracking(app, number, cast),
    }


@time_machine.travel("2026-11-20T03:00:00+00:00", tick=False)
def test_pages_cost_the_same_at_ten_and_at_a_thousand_tickets(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    now = clock.now() - timedelta(minutes=1)
    fill(cast, 20, 0.5, now, lambda _lived: None)
    few = all_counts(app, cast, number)
    fill(cast, 1000, 0.2, now, lambda _lived: None)
    many = all_counts(app, cast, number)
    assert all(many[page] <= few[page] for page in few), (few, many)
    assert max(few.values()) <= MOST, few
    assert all(few[page] <= most for page, most in ALL_DAY.items()), few
