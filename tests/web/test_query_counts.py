"""The pages that are opened all day need no more queries at 1,000 tickets than at 10, and at most 15.

A page that is not full looks once more, for tickets without a deadline: so a short list may even need one more.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from bench.copying import fill
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.tickets import keys
from helpdesk.tickets.pages import Filters, page_of
from helpdesk.tickets.worklist import Desk, DeskKind, View, count_views
from tests.journeys.chatting import Chat
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.support.webhooks import have_line
from tests.web.workbench import Browser

MOST = 15
# The two that everybody works on: the sign-in and the ticket with its story, or the list with its newest event, first.
ALL_DAY = {"worklist": 6, "ticket": 7}
OPENING = 19
TALKS = 8


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
        "improvements": queries_of(app, cast, "hanifah", "/perbaikan/"),
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
    fill(cast, 1000, 0.85, now, lambda _lived: None)
    many = all_counts(app, cast, number)
    assert all(many[page] <= few[page] for page in few), (few, many)
    assert max(few.values()) <= MOST, few
    assert all(few[page] <= most for page, most in ALL_DAY.items()), few


def test_opening_a_ticket_costs_few_statements(app: Flask, cast: Cast) -> None:
    """Of somebody new, with a message to them; the first in a process also reads what the others find in its memory."""
    cast.complain(whatsapp="0812-3456-0101", name="Wati", key="first")
    with counted() as queries:
        cast.complain(whatsapp="0812-3456-0102", name="Tini", key="second")
    assert len(queries) <= OPENING, queries


@pytest.mark.engines("sqlite")
def test_counts_of_customer_care_are_read_from_indexes_alone(cast: Cast) -> None:
    """What is somebody's own, or whom somebody must call, are few: there the ticket may be looked up."""
    actor = cast.actor("sari")
    with counted() as queries:
        count_views(actor, [Desk(DeskKind.CARE)], clock.now())
    steps = queries.steps()
    assert not [step for step in steps if step.startswith("SCAN tickets")], steps
    looked_up = {step.split()[4] for step in steps if step.startswith("SEARCH tickets USING INDEX")}
    assert looked_up <= {"ix_tickets_owner", "ix_tickets_to_call"}, steps


@pytest.mark.engines("sqlite")
def test_what_is_finished_and_whom_to_call_is_not_looked_for_among_all_tickets(cast: Cast) -> None:
    """The newest that are finished are read from the end; those to call are few, and found by their index."""
    steps = {}
    for view in (View.CLOSED, View.TO_CALL):
        with counted() as queries:
            page_of(Desk(DeskKind.CARE), view, cast.actor("sari"), clock.now())
        steps[view] = queries.steps()
    assert not [step for step in steps[View.CLOSED] if "FOR ORDER BY" in step], steps
    assert not [step for step in steps[View.TO_CALL] if step.startswith("SCAN")], steps


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("narrowed", ["channel", "category_id", "place_id"])
def test_what_is_finished_is_narrowed_in_its_order_by_an_index(cast: Cast, narrowed: str) -> None:
    """However few or many they are: neither is every ticket read, nor every one of a category put in order."""
    filters = Filters(**{narrowed: "facebook" if narrowed == "channel" else 1})
    with counted() as queries:
        page_of(Desk(DeskKind.CARE), View.CLOSED, cast.actor("sari"), clock.now(), filters=filters)
    steps = queries.steps()
    assert any("SEARCH tickets USING INDEX" in step and f"({narrowed}=?)" in step for step in steps)
    assert not [step for step in steps if "FOR ORDER BY" in step], steps


@pytest.mark.engines("sqlite")
def test_what_a_unit_has_finished_is_not_looked_for_among_all_tickets(cast: Cast) -> None:
    desk, filters = Desk(DeskKind.CARE), Filters(unit_id=cast.unit_ids["keuangan"])
    with counted() as queries:
        page_of(desk, View.CLOSED, cast.actor("sari"), clock.now(), filters=filters)
    assert not [step for step in queries.steps() if step.startswith("SCAN tickets")]


@pytest.mark.parametrize("name", ["list", "talk"])
def test_talks_cost_the_same_however_many_there_are(app: Flask, cast: Cast, name: str) -> None:
    have_line(cast)
    with time_machine.travel("2026-11-20T03:00:00+00:00", tick=False) as traveller:
        chat = Chat(app.test_client(), traveller)
        rina = chat.person("Rina")
        rina.says("Parkir motor 5rb, tidak ada karcis sama sekali.")
        rina.taps("send")
        rina.says("petugas")
        talk = f"/kerja/percakapan/{rina.conversation.id}"
        path = {"list": "/kerja/percakapan", "talk": talk}[name]
        few = queries_of(app, cast, "sari", path)
        for other in (rina, *(chat.person(f"Wati {one}") for one in range(3))):
            other.says("AC di ruang 305 panas sekali.")
            other.taps("send")
            other.says("petugas")
        many = queries_of(app, cast, "sari", path)
    assert (many, few <= TALKS) == (few, True), (few, many)
