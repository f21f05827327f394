"""Whether an improvement helped: complaints of its category and main unit before and since, and none that is secret."""

from __future__ import annotations

from datetime import date, timedelta

import time_machine

from helpdesk.lib import clock
from helpdesk.monitoring.effects import Effect, Stretch, effect_of
from helpdesk.monitoring.facts import settle_days
from helpdesk.tickets.states import Access
from tests.support.cast import Cast
from tests.tickets.steps import dispose

DONE = date(2026, 10, 20)
TODAY = date(2026, 11, 20)


def complain(cast: Cast, day: date, unit: str = "farmasi", *, is_secret: bool = False) -> None:
    with time_machine.travel(f"{day}T03:00:00+00:00", tick=False):
        number = cast.complain(whatsapp=f"0812345601{day.day:02d}").number
        secret = {"access": Access.RESTRICTED, "reader_ids": [cast.user_ids["ratih"]]}
        cast.triage(number, **(secret if is_secret else {}))
        dispose(cast, number, unit, by="ratih", officer="budi" if is_secret else "")


def seen(cast: Cast, name: str, done_on: date | None = DONE) -> Effect:
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        settle_days(clock.now())
        return effect_of(
            cast.category_ids["obat"],
            cast.unit_ids["farmasi"],
            done_on,
            TODAY,
            actor=cast.actor(name),
        )


def test_before_and_since(cast: Cast) -> None:
    for day in (date(2026, 8, 3), date(2026, 9, 1), date(2026, 9, 15), DONE):
        complain(cast, day)
    complain(cast, date(2026, 9, 2), "keuangan")  # another pair
    complain(cast, DONE + timedelta(days=1), is_secret=True)
    found = seen(cast, "hanifah")
    # the house has counted since the third of August: 79 days up to the day itself
    assert found.before == Stretch(4, 79)
    assert found.since == Stretch(1, 31)
    assert [(str(month), count) for month, count in found.months] == [
        ("2026-08", 1), ("2026-09", 2), ("2026-10", 2), ("2026-11", 0)
    ]  # fmt: skip
    assert found.mark is not None
    assert 2.6 < found.mark < 2.7
    assert seen(cast, "ratih", None).before == Stretch(4, 90), "the last ninety days"
    of_unit = seen(cast, "lestari")
    assert of_unit.since == Stretch(0, 31), "a unit learns of no confidential one from a number"


def test_of_days_before_the_house_counted_nothing_is_claimed(cast: Cast) -> None:
    complain(cast, date(2026, 11, 10))
    found = seen(cast, "hanifah", date(2025, 6, 2))
    assert found.before == Stretch(0, 0)
    assert found.since == Stretch(1, 11), "from the tenth, the first day counted, to the twentieth"
