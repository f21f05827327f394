"""What stands beside the figures agrees with them, and shows no more than its reader may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.lib import clock
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import Figures, figures_of, trend
from helpdesk.monitoring.glance import Course, course_of, late_now, token_of_figures
from helpdesk.monitoring.period import Period
from helpdesk.tickets import closing
from helpdesk.tickets.dispositions import recall_disposition
from helpdesk.tickets.states import Access, Grade
from helpdesk.tickets.triage import redact_ticket
from tests.support.cast import Cast
from tests.tickets.steps import answer, as_complainant, dispose, follow_up, sweep

NOVEMBER = Period(2026, 11)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("traveller")


def as_course(figures: Figures) -> Course:
    return Course(
        figures.period,
        figures.received,
        figures.answered,
        figures.reopened,
        figures.rating,
        figures.by_place,
    )


def test_the_course_says_what_the_figures_say(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    for month in range(3):
        for score in range(1, 3 + month):
            number = cast.complain().number
            cast.triage(number)
            follow_up(cast, number)
            answer(cast, number)
            as_complainant(number, lambda t, by, n=score: closing.rate_handling(t, n, "", by=by))
        as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
        traveller.shift(timedelta(days=31))
    at = clock.now()
    settle_days(at)
    for period in (Period(2027, 1), Period.parse("2026-Q4", default=NOVEMBER), NOVEMBER):
        course = course_of(period)
        assert course == [as_course(figures_of(one.period, at)) for one in course]
        assert trend(period, at)[-1].promise == figures_of(period, at).promise


def test_late_now_counts_all_lists_some_and_names_the_units_at_work(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    numbers = [cast.complain(f"Antrean nomor {one}.").number for one in range(4)]
    for number, grade in zip(
        numbers, (Grade.RED, Grade.RED, Grade.GREEN, Grade.GREEN), strict=True
    ):
        cast.triage(number, grade)
    dispose(cast, numbers[0], "farmasi", "keuangan")
    cast.act(
        "sari",
        numbers[0],
        lambda t, by: recall_disposition(t.dispositions[1], "Salah kirim.", by=by),
    )
    cast.act("sari", numbers[1], lambda t, by: redact_ticket(t, "Antrean [nama].", (), by=by))
    traveller.shift(timedelta(days=9))
    sweep()
    late = late_now(cast.actor("hanifah"), clock.now(), limit=2)
    assert (late.total, late.red) == (4, 2)
    assert [one.title for one in late.tickets] == ["Antrean nomor 0.", "Antrean [nama]."]
    assert [one.unit_ids for one in late.tickets] == [[cast.unit_ids["farmasi"]], []]


def test_what_is_late_and_restricted_counts_for_all_and_is_listed_to_its_readers(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = cast.complain().number
    readers = [cast.user_ids["ratih"]]
    cast.triage(number, Grade.RED, access=Access.RESTRICTED, reader_ids=readers)
    traveller.shift(timedelta(days=9))
    sweep()

    def late(who: str, *, only_ordinary: bool = False) -> tuple[int, int, int, int]:
        found = late_now(cast.actor(who), clock.now(), limit=5, only_ordinary=only_ordinary)
        return found.total, found.red, found.hidden, len(found.tickets)

    assert late("hanifah") == (1, 1, 1, 0)
    assert late("ratih") == (1, 1, 0, 1)
    assert late("ratih", only_ordinary=True) == (1, 1, 1, 0)


def test_the_token_changes_with_an_event_a_count_and_the_time(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    def token() -> str:
        return token_of_figures(clock.now(), every=MINUTE)

    seen = [token(), token()]
    assert len(set(seen)) == 1
    cast.complain()
    seen.append(token())
    settle_days(clock.now())
    seen.append(token())
    traveller.shift(MINUTE)
    seen.append(token())
    assert len(set(seen)) == 4
