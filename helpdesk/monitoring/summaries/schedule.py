"""The monthly summary: made on the chosen day, and told to the people who are named.

What must happen once is held by unique keys: one summary for a month (``summaries.scheduled_for``),
one message to each person about it (``outbox.dedupe_key``), however many workers there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant, User
from helpdesk.audit import trail
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import LANGUAGES
from helpdesk.messaging import outbox
from helpdesk.messaging.templates import spoken
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.asking import Wanted, ask_for_summary, period_of
from helpdesk.monitoring.summaries.summary import Summary, SummaryReader, SummarySettings

MAY_READ = (Role.LEADERSHIP, Role.SUPERVISOR)  # those to whom the page of summaries opens
EVENT = "monthly_summary"


@dataclass(frozen=True)
class Schedule:
    """What leaders choose: who compiles, and whether, when and in which language the monthly one is
    made. *day* is from 1 to 28, so that every month has it; *hour* is local."""

    compiler_name: str = ""
    compiler_position: str = ""
    compiler_id_number: str = ""
    is_monthly: bool = False
    day: int = 2
    hour: int = 8
    language: str = "id"


def settings_row() -> SummarySettings:
    """The settings as they are stored, or as they are before anybody chose."""
    return db.session.get(SummarySettings, 1) or SummarySettings(**asdict(Schedule()), version=1)


def possible_readers() -> list[User]:
    """Active people who may open the page that the message leads to, by name."""
    roles = [role.value for role in MAY_READ]
    holders = select(Grant.user_id).where(Grant.role.in_(roles))
    query = (
        select(User).where(User.is_active, User.id.in_(holders)).order_by(User.full_name, User.id)
    )
    return list(db.session.scalars(query))


def reader_ids() -> set[int]:
    """Who is named."""
    return set(db.session.scalars(select(SummaryReader.user_id)))


def change_schedule(
    schedule: Schedule, readers: Iterable[int], *, version: int, by: Actor
) -> SummarySettings:
    """Store what was chosen, inside the caller's unit of work. Raises Invalid, and Conflict for an old *version*."""
    chosen = set(readers)
    _check(schedule, chosen)
    row = db.session.get(SummarySettings, 1, with_for_update=True)
    if (row.version if row else 1) != version:
        raise Conflict(_l("Somebody else changed this meanwhile. Compare, then decide."))
    if row is None:
        row = SummarySettings(id=1, version=1)
        db.session.add(row)
    values: dict[str, Any] = asdict(schedule)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    db.session.execute(delete(SummaryReader))
    db.session.add_all(SummaryReader(user_id=user_id) for user_id in sorted(chosen))
    details = {**values, "readers": sorted(chosen)}
    trail.record(
        "summary_schedule_changed", by=by, subject=("summary_settings", 1), details=details
    )
    db.session.flush()
    return row


def ask_monthly(at: datetime) -> bool:
    """Ask for the summary of the month before once its day and hour have come; True when it was
    asked for now. A house that was switched off on the day asks as soon as it is back."""
    settings = db.session.get(SummarySettings, 1)
    here = at.astimezone(local_zone())
    if settings is None or not settings.is_monthly:
        return False
    if (here.day, here.hour) < (settings.day, settings.hour):
        return False
    month, language = Period.containing(here.date()).before(), settings.language
    if _is_asked(month):
        return False

    def ask() -> bool:
        if _is_asked(month):
            return False
        wanted = Wanted(month, language=language)
        ask_for_summary(wanted, by=Actor.system(), scheduled_for=str(month))
        return True

    return unit_of_work(ask)


def tell_readers(summary: Summary) -> None:
    """Queue one message to each person named, in the unit that finishes a scheduled summary.

    No attachment: mail travels far, and the page asks who is reading.
    """
    if summary.scheduled_for is None:
        return
    base = current_settings().base_url
    named = reader_ids()
    for user in possible_readers():
        if user.id not in named:
            continue
        outbox.queue_for(
            user,
            EVENT,
            occasion=f"summary/{summary.scheduled_for}",
            subject=("summary", summary.id),
            values={
                "organisation": house_name(),
                "number": summary.number,
                "month": _month_in_words(summary, user.locale),
                "link": f"{base}/pimpinan/ringkasan/{summary.id}",
            },
        )


def _is_asked(month: Period) -> bool:
    asked = select(Summary.id).where(Summary.scheduled_for == str(month))
    return db.session.scalar(asked) is not None


def _month_in_words(summary: Summary, language: str) -> str:
    return str(format_date(period_of(summary).first_day, "MMMM y", locale=spoken(language)))


def _check(schedule: Schedule, readers: set[int]) -> None:
    problems: dict[str, Any] = {}
    if not 1 <= schedule.day <= 28:
        problems["day"] = _l("Choose a day from 1 to 28, which every month has.")
    if not 0 <= schedule.hour <= 23:
        problems["hour"] = _l("Choose an hour from 0 to 23.")
    if schedule.language not in LANGUAGES:
        problems["language"] = _l("Choose Indonesian or English.")
    if readers - {user.id for user in possible_readers()}:
        problems["readers"] = _l("Somebody in this list may no longer open summaries.")
    if schedule.is_monthly and not readers:
        problems["readers"] = _l("Choose at least one person who is told.")
    if problems:
        raise Invalid(problems)
