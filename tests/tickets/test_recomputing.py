"""Deadlines follow their calendars: after a change of hours or holidays the stored ones are right again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.heartbeats import JobSlot
from helpdesk.sla import calendars
from helpdesk.sla.calendar import Span
from helpdesk.sla.calendar_editing import CalendarFacts, assign_calendar, edit_calendar
from helpdesk.sla.holiday_editing import DayOff, add_holiday, switch_holiday
from helpdesk.sla.models import Calendar, HolidayKind
from helpdesk.sla.seed import ROUND_THE_CLOCK, office_spans
from helpdesk.tickets import questions, recomputing
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.recomputing import JOB, Progress, progress, recompute_changed
from helpdesk.tickets.records import Escalation, SlaClock
from helpdesk.tickets.states import Grade
from helpdesk.tickets.touching import DayTouched
from tests.sla.hours import WIT, day_spans
from tests.support.cast import Cast
from tests.tickets.steps import answer, clocks_of, dispose, follow_up, row_of, submit, sweep

AYU = Actor.system("Ayu")
TUESDAY = date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("traveller")


def close(day: date = TUESDAY) -> int:
    """Declare a day off for all calendars."""
    off = DayOff(day, HolidayKind.LOCAL, "Pilkada")
    return unit_of_work(lambda: add_holiday(off, by=AYU).id)


def work(spans: dict[int, list[Span]], zone: str = "Asia/Jakarta") -> None:
    """Give the usual calendar other hours."""
    row = db.session.scalars(select(Calendar).where(Calendar.is_default)).one()
    facts = CalendarFacts(row.code, row.name_id, row.name_en, zone, spans)
    unit_of_work(lambda: edit_calendar(row.id, facts, version=row.version, by=AYU))


def catch_up() -> None:
    """What the worker does at its next turns."""
    while recompute_changed(clock.now()):
        pass
    db.session.rollback()


def is_clean() -> bool:
    """Does ``flask check clocks`` find nothing?"""
    db.session.rollback()
    return list(wrong_clocks()) == []


def taken() -> set[tuple[int, str]]:
    """Every step that was taken."""
    rows = db.session.scalars(select(Escalation))
    return {(row.clock_id, row.step) for row in rows}


def open_case(cast: Cast, *units: str, grade: Grade = Grade.GREEN) -> str:
    """A complaint at work in units."""
    number = cast.complain().number
    cast.triage(number, grade)
    dispose(cast, number, *units or ("farmasi",))
    return number


def test_a_new_holiday_moves_what_runs_and_what_the_lists_show(cast: Cast) -> None:
    number = open_case(cast)
    hop, before = clocks_of(number, "hop")[0], row_of(number).due_at
    was_due = hop.due_at
    catch_up()
    close()
    assert not is_clean()
    catch_up()
    assert is_clean()
    hop = clocks_of(number, "hop")[0]
    assert was_due is not None
    assert hop.due_at == was_due + timedelta(days=1), "the third working day is one day later"
    assert hop.look_at is not None
    assert row_of(number).dispositions[0].due_at == hop.due_at
    assert row_of(number).due_at == before, "the statutory promise counts every day"


def test_a_day_that_is_worked_after_all_brings_the_deadline_back(cast: Cast) -> None:
    holiday_id = close()
    number = open_case(cast)
    later = clocks_of(number, "hop")[0].due_at
    unit_of_work(lambda: switch_holiday(holiday_id, on=False, by=AYU))
    catch_up()
    now = clocks_of(number, "hop")[0].due_at
    assert now is not None
    assert later is not None
    assert now == later - timedelta(days=1)
    assert is_clean()


def test_a_warning_that_came_too_early_is_given_again_in_time(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = open_case(cast)
    due_at = clocks_of(number, "hop")[0].due_at
    assert due_at is not None
    traveller.move_to(due_at - timedelta(minutes=30))
    sweep()
    assert clocks_of(number, "hop")[0].warned_at is not None
    close(due_at.date())
    catch_up()
    assert clocks_of(number, "hop")[0].warned_at is None
    traveller.shift(timedelta(days=1))
    sweep()
    moments = select(Escalation.was_due_at).where(
        Escalation.clock_id == clocks_of(number, "hop")[0].id, Escalation.step == "warn"
    )
    assert len(set(db.session.scalars(moments))) == 2
    assert is_clean()


def test_nothing_moves_under_a_calendar_that_did_not_change(cast: Cast) -> None:
    always = db.session.scalars(select(Calendar.id).where(Calendar.code == ROUND_THE_CLOCK)).one()
    farmasi = cast.unit_ids["farmasi"]
    unit_of_work(lambda: assign_calendar(farmasi, always, by=AYU))
    number = open_case(cast)
    before = clocks_of(number, "hop")[0].due_at
    catch_up()
    close()
    assert always not in progress()
    catch_up()
    assert clocks_of(number, "hop")[0].due_at == before
    assert is_clean()


def test_a_breach_that_was_recorded_stays_history(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = open_case(cast)
    broken = clocks_of(number, "hop")[0].due_at
    assert broken is not None
    traveller.move_to(broken + timedelta(hours=1))
    sweep()
    steps = taken()
    close()
    catch_up()
    hop = clocks_of(number, "hop")[0]
    assert hop.due_at is not None
    assert hop.due_at > broken
    assert hop.breached_at == broken
    sweep()
    assert taken() == steps
    submit(cast, number, "budi")
    hop = clocks_of(number, "hop")[0]
    assert (hop.verdict, hop.breached_at) == ("missed", broken)


def test_a_deadline_that_was_to_come_is_met_under_the_new_hours(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = open_case(cast)
    was_due = clocks_of(number, "hop")[0].due_at
    assert was_due is not None
    close()
    catch_up()
    traveller.move_to(was_due + timedelta(hours=1))
    sweep()
    assert clocks_of(number, "hop")[0].breached_at is None


def test_what_rests_and_what_has_stopped_is_left_alone(cast: Cast) -> None:
    rests, done = open_case(cast), cast.complain().number
    ask = questions.ask_complainant
    cast.act("sari", rests, lambda t, by: ask(t, "Nomor kuitansi?", by=by))
    cast.triage(done)
    follow_up(cast, done)
    answer(cast, done)
    stopped = clocks_of(done, "dispose")[0]
    before = stopped.due_at, stopped.verdict
    catch_up()
    close()
    catch_up()
    hop = clocks_of(rests, "hop")[0]
    assert (hop.due_at, hop.look_at) == (None, None)
    stopped = clocks_of(done, "dispose")[0]
    assert (stopped.due_at, stopped.verdict) == before
    assert is_clean()


def test_progress_is_told_until_all_is_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recomputing, "SLICE", 4)
    for _ in range(4):
        open_case(cast)
    catch_up()
    assert progress() == {}
    close()
    (office,) = progress()
    whole = progress()[office].total
    assert progress()[office] == Progress(0, whole)
    recompute_changed(clock.now(), limit=2)
    assert 0 < progress()[office].done < whole
    catch_up()
    assert progress() == {}
    left = db.session.scalars(select(JobSlot.slot).where(JobSlot.job == JOB)).all()
    assert len(left) == len(calendars.editions()), "one mark for each calendar, no slices"


def test_changed_again_in_the_middle_all_is_counted_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "SLICE", 4)
    for _ in range(4):
        open_case(cast)
    close()
    recompute_changed(clock.now(), limit=2)
    close(TUESDAY + timedelta(days=1))
    (found,) = progress().values()
    assert found.done == 0
    catch_up()
    assert is_clean()


def test_the_figures_of_a_day_are_counted_again_where_a_deadline_moved(cast: Cast) -> None:
    number = open_case(cast)
    catch_up()
    seen = set(db.session.scalars(select(DayTouched.id)))
    close(date(2027, 6, 2))
    catch_up()
    assert set(db.session.scalars(select(DayTouched.id))) == seen, "it lies too far ahead"
    close()
    catch_up()
    new = db.session.scalars(select(DayTouched).where(DayTouched.id.not_in(seen))).all()
    assert {note.ticket_id for note in new} == {row_of(number).id}


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    week=st.lists(day_spans(), min_size=7, max_size=7).filter(any),
    off=st.sets(st.integers(0, 30), max_size=6),
    zone=st.sampled_from(["Asia/Jakarta", WIT]),
)
@pytest.mark.engines("sqlite")
def test_whatever_changed_nothing_is_wrong_afterwards(
    cast: Cast, week: list[list[Span]], off: set[int], zone: str
) -> None:
    if db.session.scalars(select(SlaClock.id).limit(1)).first() is None:
        open_case(cast, "farmasi", "keuangan", grade=Grade.YELLOW)
        asked = open_case(cast, grade=Grade.RED)
        ask = questions.ask_complainant
        cast.act("sari", asked, lambda t, by: ask(t, "Kapan?", by=by))
    closed = calendars.default_calendar().holidays
    for day in off:
        on = date(2026, 11, 20) + timedelta(days=day)
        if on not in closed:
            close(on)
    work(dict(enumerate(week)), zone)
    catch_up()
    assert is_clean()
    assert progress() == {}
    work(office_spans())


def test_editing_keeps_the_office_hours_it_was_given(cast: Cast) -> None:
    before = calendars.default_calendar()
    work(office_spans())
    assert calendars.default_calendar() == before
