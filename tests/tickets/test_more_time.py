"""More time for a unit: asked for, given, declined, or set unasked; the promise to the complainant stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import figures_of
from helpdesk.monitoring.period import Period
from helpdesk.tickets import answering, more_time, questions
from helpdesk.tickets.access import Scope
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.timeline import story_of
from helpdesk.tickets.worklist import Desk, DeskKind, View, count_views
from tests.support.cast import Cast
from tests.tickets.steps import (
    approve,
    as_complainant,
    ask,
    clocks_of,
    dispose,
    question_of,
    row_of,
    submit,
    sweep,
    work_of,
)

DAY = timedelta(days=1)
PROMISES = ("answer", "resolve")

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    """A yellow complaint, answered within three days, that lies with the pharmacy."""
    number = cast.complain(whatsapp="0812-3456-0101").number
    cast.triage(number, Grade.YELLOW)
    dispose(cast, number, "farmasi")
    return number


def work(number: str) -> Disposition:
    return row_of(number).dispositions[-1]


def ask_time(cast: Cast, number: str, until: datetime, who: str = "budi") -> None:
    cast.act(
        who,
        number,
        lambda t, by: more_time.ask_for_time(work_of(t, by), until, "Teknisi sakit.", by=by),
    )


def decide(
    cast: Cast, number: str, due_at: datetime | None, reason: str = "", who: str = "sari"
) -> None:
    """Customer care gives until *due_at*, or (None) no more time."""

    def verb(ticket: Ticket, by: Actor) -> None:
        sent = ticket.dispositions[-1]
        if due_at is None:
            more_time.decline_time(sent, reason, by=by)
        else:
            more_time.set_deadline(sent, due_at, reason, by=by)

    cast.act(who, number, verb)


def told(number: str, event: str) -> set[int | None]:
    return {m.recipient_id for m in messages_about("ticket", row_of(number).id) if m.event == event}


def promises(number: str) -> list[datetime | None]:
    return [one.due_at for kind in PROMISES for one in clocks_of(number, kind)]


def events(number: str, kind: str) -> list[datetime]:
    return [one.at for one in story_of(row_of(number), Scope.CARE) if one.kind == kind]


def test_the_unit_asks_and_customer_care_has_it_to_do(cast: Cast, number: str) -> None:
    care, before = Desk(DeskKind.CARE), work(number).due_at
    assert before is not None
    cast.act("sari", number, lambda t, by: setattr(t, "owner_id", by.user_id))
    ask_time(cast, number, before + DAY)
    assert row_of(number).needs == "time"
    assert count_views(cast.actor("sari"), [care], clock.now())[care, View.MORE_TIME] == 1
    assert told(number, "time_asked") == {cast.user_ids["sari"]}
    assert work(number).due_at == before, "until it is decided the deadline stays"
    with pytest.raises(Conflict):  # one request at a time, also by the head
        ask_time(cast, number, before + 2 * DAY, who="lestari")


def test_more_time_moves_the_unit_and_no_promise(cast: Cast, number: str) -> None:
    before, promised = work(number).due_at, promises(number)
    assert before is not None
    ask_time(cast, number, before + DAY)
    decide(cast, number, before + DAY)
    sent = work(number)
    (hop,) = clocks_of(number, "hop")
    assert sent.due_at == hop.due_at == hop.fixed_due_at == before + DAY
    assert (sent.wants_until, row_of(number).needs) == (None, "")
    assert promises(number) == promised
    assert told(number, "time_decided") == {cast.user_ids["lestari"]}
    assert list(wrong_clocks()) == []


def test_another_day_than_the_one_asked_for_can_be_given(cast: Cast, number: str) -> None:
    before = work(number).due_at
    assert before is not None
    ask_time(cast, number, before + 5 * DAY)
    decide(cast, number, before + DAY, "Lima hari terlalu lama.")
    assert work(number).due_at == before + DAY


def test_no_more_time_needs_a_reason_and_leaves_the_deadline(cast: Cast, number: str) -> None:
    before = work(number).due_at
    assert before is not None
    with pytest.raises(Conflict):  # nobody asked
        decide(cast, number, None, "Mendesak.")
    ask_time(cast, number, before + DAY)
    with pytest.raises(Invalid):
        decide(cast, number, None)
    decide(cast, number, None, "Pasien menunggu.")
    assert (work(number).due_at, row_of(number).needs) == (before, "")
    assert told(number, "time_decided") == {cast.user_ids["lestari"]}
    ask_time(cast, number, before + DAY)  # with better words


def test_customer_care_sets_a_deadline_unasked_only_with_a_reason(cast: Cast, number: str) -> None:
    later = clock.now() + 10 * DAY
    with pytest.raises(Invalid):
        decide(cast, number, later)
    decide(cast, number, later, "Menunggu suku cadang.", who="ratih")
    assert work(number).due_at == later
    with pytest.raises(Invalid):
        decide(cast, number, clock.now(), "Sekarang.")


def test_nobody_gives_themselves_more_time(cast: Cast, number: str) -> None:
    later = clock.now() + 10 * DAY
    with pytest.raises(Refused):
        decide(cast, number, later, "Perlu.", who="lestari")
    with pytest.raises(Invalid):  # before the deadline that it has
        ask_time(cast, number, clock.now() + timedelta(hours=1))


def test_in_the_time_that_was_given_the_unit_is_on_time(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    before = work(number).due_at
    assert before is not None
    decide(cast, number, before + 2 * DAY, "Menunggu suku cadang.")
    traveller.move_to(before + DAY)
    sweep()
    assert not [one for one in clocks_of(number, "hop") if one.breached_at]
    submit(cast, number, "budi")
    assert [one.verdict for one in clocks_of(number, "hop")] == ["met"]


def test_what_was_late_before_stays_late_and_is_warned_of_and_missed_anew(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    before = work(number).due_at
    assert before is not None
    traveller.move_to(before + timedelta(hours=1))
    sweep()
    warned, late = len(events(number, "warn")), len(events(number, "breach"))
    decide(cast, number, before + 20 * DAY, "Menunggu suku cadang.")
    sweep()
    assert len(events(number, "breach")) == late, "no step is taken twice at once"
    traveller.move_to(before + 20 * DAY + timedelta(minutes=1))
    sweep()
    assert len(events(number, "warn")) > warned
    assert len(events(number, "breach")) > late
    submit(cast, number, "budi")
    (hop,) = clocks_of(number, "hop")
    assert (hop.verdict, hop.breached_at) == ("missed", before)


def test_a_breach_that_no_sweep_has_seen_yet_is_one_all_the_same(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    before = work(number).due_at
    assert before is not None
    traveller.move_to(before + timedelta(hours=1))
    decide(cast, number, before + DAY, "Menunggu suku cadang.")
    submit(cast, number, "budi")
    assert [one.verdict for one in clocks_of(number, "hop")] == ["missed"]


def test_rests_of_the_past_do_not_lengthen_what_is_given(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    ask(cast, number, "budi")
    traveller.shift(timedelta(hours=5))
    as_complainant(
        number, lambda t, by: questions.answer_question(t, question_of(number, 0), "Ya.", by=by)
    )
    later = clock.now() + 3 * DAY
    decide(cast, number, later, "Menunggu suku cadang.")
    assert work(number).due_at == later
    ask(cast, number, "budi", "Satu lagi?")
    decide(cast, number, later, "Tetap sampai hari itu.")
    assert work(number).due_at is None, "while the complainant is asked it is not known"
    traveller.shift(timedelta(hours=2))
    as_complainant(
        number, lambda t, by: questions.answer_question(t, question_of(number, 1), "Ya.", by=by)
    )
    assert work(number).due_at == later + timedelta(hours=2)
    assert list(wrong_clocks()) == []


def test_an_answer_ends_the_request(cast: Cast, number: str) -> None:
    before = work(number).due_at
    assert before is not None
    ask_time(cast, number, before + DAY)
    submit(cast, number, "budi")
    assert (work(number).wants_until, row_of(number).needs) == (None, "review")
    cast.act(
        "sari",
        number,
        lambda t, by: answering.return_answer(t.dispositions[-1], "Belum lengkap.", by=by),
    )
    assert row_of(number).needs == ""
    ask_time(cast, number, before + 30 * DAY)
    submit(cast, number, "budi")
    approve(cast, number)
    assert row_of(number).needs == "answer"


def test_the_figures_of_the_unit_follow_and_those_of_the_whole_stay(
    cast: Cast, number: str, traveller: time_machine.Traveller
) -> None:
    before = work(number).due_at
    assert before is not None
    decide(cast, number, before + 3 * DAY, "Menunggu suku cadang.")
    traveller.move_to(before + 2 * DAY)
    submit(cast, number, "budi")
    settle_days(clock.now())
    found = figures_of(Period(2026, 11), clock.now())
    (unit,) = found.by_unit
    assert (unit.hops.kept, unit.hops.missed) == (1, 0)
    assert found.promise.missed == 1, "the answer was promised within three days, and is"
