"""Two workers bring the deadlines after a calendar, people work beside them, one dies: all are right in the end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import event

from config import Settings
from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla.holiday_editing import DayOff, add_missing
from helpdesk.sla.models import HolidayKind
from helpdesk.tickets import recomputing
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.recomputing import progress, recompute_changed
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.processes import crew, meet, together

SLICE = 5  # ids of clocks: many slices for a few tickets


def close_the_next_days() -> None:
    """Declare a fortnight of days off, so that every working limit moves."""
    today = clock.now().date()
    days = [today + timedelta(days=ahead) for ahead in range(1, 15)]
    unit_of_work(lambda: add_missing(map(_off, days), by=Actor.system()))


def _off(day: date) -> DayOff:
    return DayOff(day, HolidayKind.LOCAL, "Libur panjang")


def catch_up() -> int:
    """Bring slices until nothing is left; how many this worker looked at."""
    recomputing.SLICE = SLICE
    count = 0
    while found := recompute_changed(clock.now(), limit=2):
        count += found
    return count


def catch_up_beside_people() -> int:
    meet()
    return catch_up()


def catch_up_and_die() -> None:
    """Be killed right before the third commit."""
    recomputing.SLICE = SLICE
    commits = 0

    @event.listens_for(db.session, "before_commit")
    def _die(_session: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    recompute_changed(clock.now())


def send_to_units(cast: Cast, numbers: list[str]) -> None:
    """Customer care starts new clocks while the calendar is changed once more."""

    def verb(ticket: Ticket, by: Actor) -> None:
        dispose_ticket(ticket, [Instruction(unit_id=cast.unit_ids["farmasi"])], by=by)

    meet()
    for number in numbers:
        cast.act("sari", number, verb)


def change_once_more() -> None:
    meet()
    day = clock.now().date() + timedelta(days=15)
    unit_of_work(lambda: add_missing([_off(day)], by=Actor.system()))


def leave_at_work(cast: Cast, count: int) -> list[str]:
    """The numbers of *count* graded complaints, with clocks that run."""
    numbers = [cast.complain(f"Lampu {n} mati.", whatsapp="").number for n in range(count)]
    for number in numbers:
        cast.triage(number)
    recomputing.SLICE = SLICE
    catch_up()
    return numbers


def nothing_is_wrong() -> bool:
    db.session.rollback()
    return list(wrong_clocks()) == [] and progress() == {}


def test_two_workers_share_the_work(cast: Cast, settings: Settings) -> None:
    leave_at_work(cast, 12)
    close_the_next_days()
    assert not nothing_is_wrong()
    assert all(together(settings, [catch_up_beside_people, catch_up_beside_people]))
    assert nothing_is_wrong()


def test_a_worker_killed_in_the_middle_is_followed_by_another(
    cast: Cast, settings: Settings
) -> None:
    leave_at_work(cast, 8)
    close_the_next_days()
    with crew(settings, [catch_up_and_die]) as (victim,):
        assert victim.was_killed
    db.session.rollback()
    (found,) = progress().values()
    assert 0 < found.done < found.total
    together(settings, [catch_up])
    assert nothing_is_wrong()


def test_clocks_that_start_while_the_calendar_changes_are_right_too(
    cast: Cast, settings: Settings
) -> None:
    numbers = leave_at_work(cast, 10)
    close_the_next_days()
    jobs: list[Callable[[], Any]] = [
        catch_up_beside_people,
        change_once_more,
        partial(send_to_units, cast, numbers),
    ]
    together(settings, jobs)
    catch_up()
    assert nothing_is_wrong()
