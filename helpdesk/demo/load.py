"""Loading the demo: all of it in one unit of work, so that half a demo never exists.

Only an empty database is ever loaded into (``marks`` knows a demo again), so nothing is overwritten or wiped here.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import select

from helpdesk.accounts.passwords import OneTimePassword, hash_password
from helpdesk.demo.between_units import fall_ill, settle_among_units
from helpdesk.demo.cast import PASSWORD
from helpdesk.demo.hospital import RSIA_SEKAR_RANAH, found_hospital
from helpdesk.demo.improving import improve
from helpdesk.demo.leaders_words import speak
from helpdesk.demo.life import Life
from helpdesk.demo.marks import BEGUN, LOADED, is_loaded, mark, refuse_what_is_no_demo
from helpdesk.demo.paperwork import ask_for_last_month, join_two, want_a_call, write_letter
from helpdesk.demo.pictures import draw_file
from helpdesk.demo.planning import Plan, plan_everything
from helpdesk.demo.rhythm import HISTORY
from helpdesk.demo.showcase import plan_showcase
from helpdesk.demo.stage import play_all
from helpdesk.lib import clock, uploads
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.uploads import Received
from helpdesk.messaging import receipts
from helpdesk.messaging.message import OutboxMessage
from helpdesk.monitoring.facts import settle_days
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.public_holidays import public_holidays
from helpdesk.sla.seed import office_spans

TICKETS = 600
_STILL_WAITING = timedelta(hours=3)  # what was queued within them is still to be delivered

Progress = Callable[[int, int], None]


def load_demo(progress: Progress = lambda done, total: None, *, count: int = TICKETS) -> None:
    """Build the hospital and *count* tickets of its last three months, ending now; nothing when it is there.

    *progress* hears ``(done, total)`` as it goes. Everything becomes visible at once, at the end, but for last month's
    summary, which the worker then builds; interrupted, it leaves nothing but files without a row. Raises NotADemo when
    the database belongs to somebody.
    """
    if is_loaded():
        return
    refuse_what_is_no_demo()
    now = clock.now()
    calendar = _office_hours(now)
    with force_locale("id"):
        plans = plan_tickets(now, count, calendar)
        files = _take_in(name for plan in plans for name in (*plan.pictures, *plan.evidence))
        one_for_all = OneTimePassword(PASSWORD, hash_password(PASSWORD), now)
        # Planned again inside: a plan is used up as it is lived, and a unit of work may have to run twice.
        with _garbage_left():
            unit_of_work(
                lambda: _build(
                    plan_tickets(now, count, calendar), files, one_for_all, now, progress
                )
            )
    settle_days(now)  # else leadership's overview would fill only at the worker's first turn


@contextmanager
def _garbage_left() -> Iterator[None]:
    """What is loaded stays until the commit: the collector would walk through all of it again and again."""
    was_collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collected:
            gc.enable()


def _office_hours(now: datetime) -> BusinessCalendar:
    years = {(now - HISTORY).year, now.year, (now + timedelta(days=30)).year}
    closed = [day.on for day in public_holidays(years)]
    return BusinessCalendar.weekly(RSIA_SEKAR_RANAH.zone, office_spans(), closed)


def plan_tickets(now: datetime, count: int, calendar: BusinessCalendar) -> list[Plan]:
    """What becomes of each of *count* tickets, today's desks among them, in the order of recording."""
    shown = plan_showcase(now, calendar)[:count]
    plans = plan_everything(now, count - len(shown), calendar) + shown
    return sorted(plans, key=lambda plan: plan.recorded_at)


def _take_in(names: Iterable[str]) -> dict[str, Received]:
    """Draw every file and hand it in like anybody's, before the unit of work begins."""
    files = {}
    for name in sorted(set(names)):
        unit, _, picture = name.rpartition(":")
        content, file_name = draw_file(picture)
        purpose = uploads.EVIDENCE if unit else uploads.COMPLAINANT
        files[name] = uploads.receive(content, file_name, purpose=purpose)
    return files


def _build(
    plans: list[Plan],
    files: dict[str, Received],
    one_for_all: OneTimePassword,
    now: datetime,
    progress: Progress,
) -> None:
    """Everything that is told. The summary of last month is built by the worker, as it is everywhere."""
    begun_at = min(plan.received_at for plan in plans) - timedelta(days=14)
    with clock.standing_at(begun_at):
        mark(BEGUN)
        hospital = found_hospital(one_for_all)
    lives = [Life(plan, hospital, files) for plan in plans]
    play_all(lives, now, lambda begun: progress(begun, len(plans)))
    speak(lives, now)
    join_two(lives, now)
    write_letter(lives, now)
    want_a_call(lives, now)
    settle_among_units(lives, now)
    fall_ill(hospital, now)
    improve(lives, hospital, now)
    _settle_messages(now)
    ask_for_last_month(hospital, now)
    with clock.standing_at(now):
        mark(LOADED, {"cases": {life.plan.key: life.ticket.id for life in lives if life.plan.key}})


def _settle_messages(now: datetime) -> None:
    """What was said long ago has arrived; the last hours' messages are still to go."""
    is_old = OutboxMessage.created_at < now - _STILL_WAITING
    arrived = OutboxMessage.channel == "whatsapp", OutboxMessage.id % 3 != 0
    done = {"sent_at": OutboxMessage.created_at, "look_at": None, "attempts": 1}
    receipts.move_forward("read", is_old, *arrived, **done)
    receipts.move_forward("sent", is_old, **done)
    for message in db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.status == "queued")
    ):
        message.look_at = now
