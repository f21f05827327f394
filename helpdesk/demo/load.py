"""Loading the demo: all of it in one unit of work, so that half a demo never exists.

Two entries of the audit trail mark a demo: the very first one says that this database was begun as one, and
``demo_loaded`` that it is complete. Nothing else is ever loaded into, and nothing else is ever wiped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import func, select

from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.passwords import OneTimePassword, hash_password
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.audit.trail import AuditEntry
from helpdesk.demo.cast import PASSWORD
from helpdesk.demo.hospital import RSIA_SEKAR_RANAH, found_hospital
from helpdesk.demo.life import Life
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
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.public_holidays import public_holidays
from helpdesk.sla.seed import office_spans
from helpdesk.tickets.ticket import Ticket

TICKETS = 600
BEGUN, LOADED = "demo_begun", "demo_loaded"
_STILL_WAITING = timedelta(hours=3)  # what was queued within them is still to be delivered

Progress = Callable[[int, int], None]


class NotADemo(Exception):
    """The database holds something that is no demo; it is left alone."""


def is_demo() -> bool:
    """Was this database begun as a demo?"""
    first = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id).limit(1)).first()
    return first == BEGUN


def is_loaded() -> bool:
    """Is the demo there, and complete?"""
    found = select(AuditEntry.id).where(AuditEntry.act == LOADED).limit(1)
    return is_demo() and db.session.scalar(found) is not None


def load_demo(progress: Progress = lambda done, total: None, *, count: int = TICKETS) -> None:
    """Build the hospital and *count* tickets of its last three months, ending now; nothing when it is there.

    *progress* hears ``(done, total)`` as it goes. Everything becomes visible at once, at the end; interrupted, it
    leaves nothing but files without a row. Raises NotADemo when the database belongs to somebody.
    """
    if is_loaded():
        return
    refuse_what_is_no_demo()
    now = clock.now()
    with force_locale("id"):
        plans = _plans(now, count)
        files = _take_in(name for plan in plans for name in (*plan.pictures, *plan.evidence))
        one_for_all = OneTimePassword(PASSWORD, hash_password(PASSWORD), now)
        unit_of_work(lambda: _build(plans, files, one_for_all, now, progress))


def refuse_what_is_no_demo() -> None:
    """Raise NotADemo when somebody has set up, signed up or complained here."""
    if is_demo():
        return
    for table in (Organisation, User, Ticket, AuditEntry):
        if db.session.scalar(select(func.count()).select_from(table)):
            raise NotADemo("This database is in use and is no demo; choose an empty one.")


def _plans(now: datetime, count: int) -> list[Plan]:
    zone = RSIA_SEKAR_RANAH.zone
    years = {(now - HISTORY).year, now.year, (now + timedelta(days=30)).year}
    closed = [day.on for day in public_holidays(years)]
    calendar = BusinessCalendar.weekly(zone, office_spans(), closed)
    shown = plan_showcase(now, calendar)
    plans = plan_everything(now, max(count - len(shown), 0), calendar) + shown
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
    begun_at = min(plan.received_at for plan in plans) - timedelta(days=14)
    with clock.standing_at(begun_at):
        _mark(BEGUN)
        hospital = found_hospital(one_for_all)
    lives = [Life(plan, hospital, files) for plan in plans]
    play_all(lives, now, lambda begun: progress(begun, len(plans)))
    _settle_messages(now)
    with clock.standing_at(now):
        _mark(LOADED)


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


def _mark(act: str) -> None:
    trail.record(act, actor_id=None, actor_label="Demo", subject=("organisation", 1))
