"""The traps of the national indicator (Permenkes 30/2022, INM 12), one by one, and what stands beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.monitoring.answer_times import Median
from helpdesk.monitoring.conditions import Figure, Question
from helpdesk.monitoring.drill_down import tickets_behind
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import Figures, figures_of, trend
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.register import Case, register
from helpdesk.tickets import closing
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.amending import amend_ticket
from helpdesk.tickets.answering import return_answer
from helpdesk.tickets.dispositions import recall_disposition
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.merging import merge_ticket, split_ticket
from helpdesk.tickets.states import Access, Closing, Grade, Kind, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import redact_ticket
from tests.support.cast import Cast
from tests.tickets.steps import (
    FRIDAY,
    answer,
    approve,
    as_complainant,
    dispose,
    follow_up,
    row_of,
    send_back,
    submit,
    sweep,
    work_of,
)

NOVEMBER = Period(2026, 11)


def missed_of(actor: Actor) -> list[Case]:
    """What the register of November calls missed, of what this actor may see."""
    cases = register(Question(Figure.RECEIVED, NOVEMBER), actor, clock.now(), limit=99)
    return [one for one in cases if one.judged == "missed"]


def now(period: Period = NOVEMBER, *, unit_id: int | None = None) -> Figures:
    """The figures after the worker has been there."""
    settle_days(clock.now())
    return figures_of(period, clock.now(), unit_id=unit_id)


def resolve(cast: Cast, number: str, grade: Grade, *, is_graded: bool = False) -> None:
    """Graded, unless it is, answered and followed up at once."""
    if not is_graded:
        cast.triage(number, grade)
    follow_up(cast, number)
    answer(cast, number, by="ratih")


def test_the_share_is_pooled_and_never_the_mean_of_the_grades(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        late = cast.complain().number
        cast.triage(late, Grade.RED)
        for _ in range(3):
            resolve(cast, cast.complain().number, Grade.GREEN)
        traveller.shift(timedelta(days=2))
        found = now()
    assert found.promise_by_grade[Grade.RED] == Kept(missed=1)
    assert found.promise_by_grade[Grade.GREEN] == Kept(kept=3)
    assert found.promise.share == 0.75, "the mean of 0 % and 100 % would be 50 %"


def test_nothing_to_judge_is_neither_none_nor_all(cast: Cast) -> None:
    found = now()
    assert found.promise == Kept()
    assert found.promise.share is None
    assert found.median_answer is None
    assert found.rating.mean is None
    assert found.care_hours is None


def test_an_answer_without_a_follow_up_does_not_keep_the_promise(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.RED)
        answer(cast, number, by="ratih")
        assert now().promise == Kept(pending=1)
        traveller.shift(timedelta(hours=25))
        assert now().promise == Kept(missed=1)
        follow_up(cast, number)
        assert now().promise == Kept(missed=1), "followed up, but too late"


def test_a_complaint_belongs_to_the_local_month_in_which_it_was_received(cast: Cast) -> None:
    with time_machine.travel("2026-10-31T16:30:00+00:00", tick=False) as traveller:
        cast.complain()  # 23.30 WIB, still October
        traveller.shift(timedelta(hours=1))
        number = cast.complain().number  # 00.30 WIB
        traveller.shift(timedelta(days=3))
        resolve(cast, number, Grade.GREEN)
        found = now()
        before = now(NOVEMBER.before())
    assert (found.received, found.promise) == (1, Kept(kept=1))
    assert (before.received, before.promise) == (1, Kept(pending=1))
    assert found.by_hour[0] == 1
    assert found.by_weekday[6] == 1, "a Sunday"
    assert found.by_weekday_and_hour[6][0] == 1
    assert before.by_weekday_and_hour[5][23] == 1, "a Saturday night"


def test_what_is_not_due_yet_stands_apart_until_time_alone_judges_it(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        cast.triage(cast.complain().number, Grade.RED)
        assert now().promise == Kept(pending=1)
        traveller.shift(timedelta(hours=24))
        # Nobody touched it and the worker has not come by: the deadline has passed all the same.
        overtaken = figures_of(NOVEMBER, clock.now())
        assert overtaken.promise == Kept(missed=1)
        assert overtaken.promise_by_grade[Grade.RED] == Kept(missed=1)
        assert trend(NOVEMBER, clock.now())[-1].promise == Kept(missed=1)
        assert settle_days(clock.now()) == 1, "the worker finds the day by its deadline"
        assert figures_of(NOVEMBER, clock.now()).promise == Kept(missed=1)
        assert settle_days(clock.now()) == 0


def test_an_exit_stands_apart_and_is_no_failure(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        leave(cast, cast.complain().number)
        found = now()
    assert found.promise == Kept(left=1)
    assert found.left == {Status.NOT_OURS: 1}
    assert (found.received, found.still_open, found.promise.share) == (1, 0, None)


def leave(cast: Cast, number: str, way: Status = Status.NOT_OURS) -> None:
    """Customer care ends it without handling it."""
    cast.act("sari", number, lambda t, by: leave_by_exit(t, way, "Urusan kelurahan.", by=by))


@pytest.mark.parametrize("is_swept", [True, False])
def test_what_was_late_already_stays_late_whatever_way_it_leaves(
    cast: Cast, is_swept: bool
) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        leading, joined, gone = (cast.complain().number for _ in range(3))
        for number in (leading, joined, gone):
            cast.triage(number, Grade.RED)
        traveller.shift(timedelta(days=2))
        if is_swept:
            sweep()
        before = now()
        join(cast, joined, leading)
        leave(cast, gone)
        after = now()
        late = missed_of(cast.actor("hanifah"))
        cast.act("sari", joined, lambda t, by: split_ticket(t, "Ternyata lain.", by=by))
        separated = now()
        traveller.shift(timedelta(days=1))
        resolve(cast, joined, Grade.RED, is_graded=True)
        answered_late = now()
    assert before.promise == after.promise == separated.promise == Kept(missed=3)
    assert answered_late.promise == Kept(missed=3)
    assert after.left == {Status.MERGED: 1, Status.NOT_OURS: 1}
    assert len(late) == 3


def test_what_was_joined_and_separated_again_is_promised_as_before(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        leading, number = cast.complain().number, cast.complain().number
        cast.triage(leading, Grade.RED)
        join(cast, number, leading)
        joined = now()
        cast.act("sari", number, lambda t, by: split_ticket(t, "Ternyata lain.", by=by))
        separated = now()
    assert (joined.promise, joined.left) == (Kept(pending=1, left=1), {Status.MERGED: 1})
    assert (separated.promise, separated.left) == (Kept(pending=2), {})


def join(cast: Cast, number: str, leading: str) -> None:
    """Customer care lets one follow the other."""

    def verb(ticket: Ticket, by: Actor) -> None:
        merge_ticket(ticket, find_to_change(by, leading), "Hal yang sama.", by=by)

    cast.act("sari", number, verb)


def test_the_first_answer_decides_and_an_objection_does_not_undo_it(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        resolve(cast, number, Grade.RED)
        traveller.shift(timedelta(days=3))
        as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
        traveller.shift(timedelta(days=9))
        found = now()
    assert found.promise == Kept(kept=1)
    assert (found.reopened, found.still_open, found.answered) == (1, 1, 1)


def test_other_kinds_are_counted_apart(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        cast.complain()
        cast.complain(kind=Kind.PRAISE)
        found = now()
    assert found.received == 1
    assert {kind.value: n for kind, n in found.received_by_kind.items() if n} == {
        "complaint": 1,
        "praise": 1,
    }


def test_what_is_restricted_is_counted_but_not_listed_to_leaders(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(
            number,
            Grade.RED,
            access=Access.RESTRICTED,
            reader_ids=[cast.user_ids["ratih"]],
        )
        traveller.shift(timedelta(days=2))
        found = now()
        question = Question(Figure.MISSED, NOVEMBER)
        seen = {
            who: len(tickets_behind(question, cast.actor(who), clock.now()).tickets)
            for who in ("hanifah", "ratih")
        }
        listed = {who: len(missed_of(cast.actor(who))) for who in ("hanifah", "ratih")}
    assert (found.restricted, found.promise) == (1, Kept(missed=1))
    assert seen == listed == {"hanifah": 0, "ratih": 1}


def test_closings_are_told_apart_and_the_newest_rating_counts(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        resolve(cast, number, Grade.GREEN)
        as_complainant(number, lambda t, by: closing.confirm_solved(t, by=by))
        as_complainant(number, lambda t, by: closing.rate_handling(t, 2, "", by=by))
        as_complainant(number, lambda t, by: closing.rate_handling(t, 4, "", by=by))
        found = now()
    assert found.closings == {Closing.CONFIRMED: 1}
    assert (found.rating.n, found.rating.mean) == (1, 4.0)


def test_what_staff_wrote_down_for_complainants_is_told_apart(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number, other = cast.complain().number, cast.complain(name="Tini").number
        for one in (number, other):
            resolve(cast, one, Grade.GREEN)
        heard = {"channel": "phone"}
        cast.act(
            "sari", number, lambda t, by: closing.confirm_solved(t, by=by, words="Beres.", **heard)
        )
        cast.act("sari", number, lambda t, by: closing.rate_handling(t, 5, "", by=by, **heard))
        as_complainant(other, lambda t, by: closing.rate_handling(t, 2, "", by=by))
        told = now()
        as_complainant(number, lambda t, by: closing.rate_handling(t, 4, "", by=by))
        said = now()
    assert (told.closings, told.confirmed_by_staff) == ({Closing.CONFIRMED: 1}, 1)
    assert (told.rating.n, told.rated_by_staff) == (2, 1)
    assert (said.rating.mean, said.rated_by_staff) == (3.0, 0), "their own word stands before ours"


def test_time_with_units_is_told_from_time_with_customer_care(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        traveller.shift(timedelta(hours=1))
        cast.triage(number)
        dispose(cast, number, "farmasi", "keuangan")
        traveller.shift(timedelta(hours=2))
        submit(cast, number, "budi")
        traveller.shift(timedelta(hours=3))
        submit(cast, number, "tono")
        traveller.shift(timedelta(hours=1))
        approve(cast, number)
        answer(cast, number)
        found = now()
    hours = {unit.unit_id: unit.average_hours for unit in found.by_unit}
    assert hours == {cast.unit_ids["farmasi"]: 2.0, cast.unit_ids["keuangan"]: 5.0}
    assert (found.unit_hours, found.care_hours) == (5.0, 2.0), "two at work together count once"
    assert found.median_answer == Median(7)


def test_one_disposition_sent_back_is_one_however_many_rounds_it_had(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        submit(cast, number, "budi")
        cast.act(
            "sari",
            number,
            lambda t, by: return_answer(work_of(t, cast.actor("budi")), "Buktinya?", by=by),
        )
        send_back(cast, number, "budi")
        (unit,) = now().by_unit
    assert (unit.tickets, unit.dispositions, unit.returned) == (1, 1, 1)
    assert (unit.hops.total, unit.hops_per_ticket) == (2, 2.0)


def test_late_with_a_unit_is_one_complaint_however_many_of_its_rounds_are_late(cast: Cast) -> None:
    """Sent once more while the first answer waited: refused today, and found in older files."""
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        submit(cast, number, "budi")
        stand(number, "approved")
        dispose(cast, number, "farmasi")
        stand(number, "submitted")
        cast.act("sari", number, lambda t, by: return_answer(t.dispositions[0], "Buktinya?", by=by))
        traveller.shift(timedelta(days=9))
        (unit,) = now().by_unit
        question = Question(Figure.LATE, NOVEMBER, unit_id=unit.unit_id)
        behind = tickets_behind(question, cast.actor("hanifah"), clock.now())
    assert (unit.hops.missed, unit.late_now, behind.total) == (2, 1, 1)


def stand(number: str, status: str) -> None:
    """What a row of old says of the first disposition."""

    def unit() -> None:
        row_of(number).dispositions[0].status = status

    unit_of_work(unit)


@pytest.mark.parametrize(("days_apart", "again"), [(0, 1), (90, 1), (91, 0)])
def test_the_same_trouble_in_the_same_unit_comes_again_within_ninety_days(
    cast: Cast, days_apart: int, again: int
) -> None:
    with time_machine.travel("2026-08-12T03:00:00+00:00", tick=False) as traveller:
        for days in (0, days_apart):
            traveller.shift(timedelta(days=days))
            number = cast.complain().number
            cast.triage(number)
            dispose(cast, number, "farmasi")
        period = Period(2026, 8) if not days_apart else NOVEMBER
        found = now(period)
        question = Question(Figure.AGAIN, period, key=str(cast.category_ids["obat"]))
        behind = tickets_behind(question, cast.actor("hanifah"), clock.now())
    assert [one.recurring for one in found.recurring] == [again] * again
    assert found.by_category[0].recurring == len(behind.tickets) == again


@pytest.mark.parametrize("gone", [0, 1])
@pytest.mark.parametrize("way", [Status.MERGED, Status.SPAM, Status.NOT_OURS])
def test_what_was_no_trouble_of_the_house_neither_comes_back_nor_makes_another(
    cast: Cast, way: Status, gone: int
) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        numbers = [cast.complain("Lift macet lagi.").number for _turn in range(2)]
        for number in numbers:
            cast.triage(number, Grade.GREEN)
            dispose(cast, number, "farmasi")
        assert [one.received for one in now().recurring] == [2]
        if way is Status.MERGED:
            join(cast, numbers[gone], numbers[1 - gone])
        else:
            recall(cast, numbers[gone])
            leave(cast, numbers[gone], way)
        found = now()
        key, unit = str(cast.category_ids["obat"]), cast.unit_ids["farmasi"]
        behind = {
            figure: tickets_behind(
                Question(figure, NOVEMBER, key=key, unit_id=unit),
                cast.actor("hanifah"),
                clock.now(),
            ).total
            for figure in (Figure.PAIR, Figure.AGAIN, Figure.CATEGORY)
        }
    assert found.recurring == []
    assert (found.by_category[0].received, found.by_category[0].recurring) == (2, 0)
    assert behind == {Figure.PAIR: 1, Figure.AGAIN: 0, Figure.CATEGORY: 2}


def recall(cast: Cast, number: str) -> None:
    """Customer care takes the task back from the unit."""
    cast.act("sari", number, lambda t, by: recall_disposition(t.dispositions[0], "Keliru.", by=by))


def test_correcting_the_place_moves_the_complaint_in_the_figures(cast: Cast) -> None:
    """Counted as in the categories, advertising too: together the places are all that was received."""
    with time_machine.travel(FRIDAY, tick=False):
        pharmacy, farmasi = cast.place_ids["farmasi"], cast.unit_ids["farmasi"]
        number = cast.complain(place_id=pharmacy).number
        leave(cast, cast.complain("Iklan.", place_id=pharmacy).number, Status.SPAM)
        cast.complain("Bagus.", place_id=pharmacy, kind=Kind.PRAISE)
        cast.complain()
        cast.triage(number)
        dispose(cast, number, "farmasi")
        before = now().by_place, now(unit_id=farmasi).by_place
        elsewhere = {"place_id": None, "place_text": "Lobi"}
        cast.act("sari", number, lambda t, by: amend_ticket(t, elsewhere, by=by))
        after = now().by_place, now(unit_id=farmasi).by_place
    assert before == ({pharmacy: 2, 0: 1}, {pharmacy: 1})
    assert after == ({pharmacy: 1, 0: 2}, {0: 1})


def test_one_unit_sees_its_own_complaints_only(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi", "keuangan")
        cast.complain()
        mine = now(unit_id=cast.unit_ids["farmasi"])
        other = now(unit_id=cast.unit_ids["keperawatan"])
    assert (mine.received, mine.disposed) == (1, 1)
    assert [unit.unit_id for unit in mine.by_unit] == [cast.unit_ids["farmasi"]]
    assert (other.received, other.by_unit) == (0, [])


def test_the_register_has_each_as_it_was_judged(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        for grade in (Grade.RED, Grade.GREEN, Grade.YELLOW):
            cast.triage(cast.complain().number, grade)
        traveller.shift(timedelta(days=4))
        listed = register(
            Question(Figure.RECEIVED, NOVEMBER), cast.actor("hanifah"), clock.now(), limit=9
        )
        assert [one.judged for one in listed] == ["missed", "pending", "missed"]


def test_the_register_repeats_nothing_that_was_taken_out(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        number = cast.complain("Perawat Ani Wijaya membentak saya.").number
        cast.triage(number)
        cast.act("sari", number, lambda t, by: redact_ticket(t, "Perawat [nama] marah.", (), by=by))
        (one,) = register(
            Question(Figure.RECEIVED, NOVEMBER), cast.actor("hanifah"), clock.now(), limit=9
        )
    assert one.title == "Perawat [nama] marah."
