"""The search through the trail: by person, act, subject and time, and a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.audit import trail
from helpdesk.audit.search import NOBODY, Search, find_entries
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _history(app: Flask) -> None:
    """Twenty days: Ayu (1) and Sari (2) in turn, and every fifth day a wrong password."""

    def write(day: int) -> None:
        who = None if day % 5 == 0 else 1 + day % 2
        trail.record(
            "sign_in_failed" if who is None else "user_edited" if who == 1 else "read_restricted",
            by=Actor(ActorKind.STAFF, "", user_id=who),
            subject=("user", day) if who in (None, 1) else ("ticket", day),
        )

    with app.app_context():
        for day in range(20):
            with clock.standing_at(START + timedelta(days=day)):
                unit_of_work(lambda day=day: write(day))


@pytest.mark.parametrize(
    ("search", "days"),
    [
        (Search(), list(range(20))),
        (Search(actor_id=1), [2, 4, 6, 8, 12, 14, 16, 18]),
        (Search(actor_id=NOBODY), [0, 5, 10, 15]),
        (Search(act="read_restricted"), [1, 3, 7, 9, 11, 13, 17, 19]),
        (Search(subject_kind="user", subject_ids=[4, 5]), [4, 5]),
        (Search(subject_kind="ticket", subject_ids=[]), []),
        (Search(from_at=START + timedelta(days=17)), [17, 18, 19]),
        (Search(until_at=START + timedelta(days=2)), [0, 1]),
        (
            Search(actor_id=2, act="read_restricted", from_at=START + timedelta(days=10)),
            [11, 13, 17, 19],
        ),
    ],
)
def test_what_is_found(app: Flask, search: Search, days: list[int]) -> None:
    with app.app_context():
        found = find_entries(search)
        assert [(entry.at - START).days for entry in found] == days[::-1]


def test_pages_meet_without_a_gap(app: Flask) -> None:
    with app.app_context():
        everything = [entry.id for entry in find_entries(Search(actor_id=1))]
        seen: list[int] = []
        while page := find_entries(
            Search(actor_id=1), before_id=seen[-1] if seen else None, limit=3
        ):
            seen += [entry.id for entry in page]
        assert seen == everything
