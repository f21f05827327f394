"""What became of the complaints that an improvement is about: the same category with the same main unit, by month.

Whether it helped is seen rather than asserted: so many in the days before it was done, so many since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db
from helpdesk.monitoring.day_fact import WHOLE_HOUSE, Cut, DayFact
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.reading import first_day_counted, sum_within
from helpdesk.monitoring.recurrence import WITHIN_DAYS, is_trouble, main_unit
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.states import Access, Kind
from helpdesk.tickets.ticket import Ticket

MONTHS, MONTHS_AHEAD, MOST_MONTHS = 12, 6, 24
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """So many complaints in so many days."""

    complaints: int
    days: int


@dataclass(frozen=True)
class Effect:
    """Complaints of one pair by month, the last one the present, and before and since *done_on*.

    Not done yet: *before* are the last days, *since* is None. *since* has no days on the very day.
    """

    months: tuple[tuple[Period, int], ...]
    done_on: date | None
    before: Stretch
    since: Stretch | None

    @property
    def mark(self) -> float | None:
        """Where the day it was done lies, in months from the left edge; None if it is not among them."""
        for place, (month, _count) in enumerate(self.months):
            if self.done_on and month.first_day <= self.done_on <= month.last_day:
                return place + (self.done_on.day - 0.5) / month.last_day.day
        return None


def effect_of(
    category_id: int, unit_id: int, done_on: date | None, today: date, *, actor: Actor | None = None
) -> Effect:
    """Two statements; a third for an *actor* of a unit, who is told no number in which a confidential one hides."""
    months, turn = _months(done_on, today), done_on or today
    begins = min(months[0].first_day, turn - timedelta(days=WITHIN_DAYS - 1))
    by_day = _by_day(category_id, unit_id, begins, today)
    if actor and not (actor.may(Permission.TRIAGE) or actor.may(Permission.WATCH)):
        for day, count in _hidden(category_id, unit_id, begins, actor).items():
            by_day[day] = max(0, by_day.get(day, 0) - count)
    known_since = first_day_counted() or turn
    shown = [month for month in months if month.last_day >= known_since] or months[-1:]
    return Effect(
        months=tuple((one, sum_within(by_day, one.first_day, one.last_day)) for one in shown),
        done_on=done_on,
        before=_before(by_day, turn, known_since),
        since=_since(by_day, max(done_on, known_since - _DAY), today) if done_on else None,
    )


def _months(done_on: date | None, today: date) -> list[Period]:
    """The last twelve, and of one that was done long ago also the months before it, as far as there is room."""
    last = Period.containing(today)
    first = last.after(1 - MONTHS)
    if done_on:
        first = min(first, Period.containing(done_on).after(-MONTHS_AHEAD))
    months = [last.after(-back) for back in range(MOST_MONTHS)]
    return [month for month in reversed(months) if month >= first]


def _before(by_day: Mapping[date, int], turn: date, known_since: date) -> Stretch:
    """Up to the day itself; no more days than the house has counted, none where it counted only later."""
    days = max(0, min(WITHIN_DAYS, (turn - known_since).days + 1))
    return Stretch(sum_within(by_day, turn - timedelta(days=days - 1), turn), days)


def _since(by_day: Mapping[date, int], done_on: date, today: date) -> Stretch:
    days = min(WITHIN_DAYS, (today - done_on).days)
    return Stretch(
        sum_within(by_day, done_on + timedelta(days=1), done_on + timedelta(days=days)), days
    )


def _by_day(category_id: int, unit_id: int, first_day: date, last_day: date) -> dict[date, int]:
    """From the sums of days, along their key."""
    counted = select(DayFact.received_on, DayFact.amount).where(
        DayFact.unit_id == WHOLE_HOUSE,
        DayFact.cut == Cut.PAIR.value,
        DayFact.received_on.between(first_day, last_day),
        DayFact.key == f"{unit_id}/{category_id}",
    )
    return dict(db.session.execute(counted).all())


def _hidden(category_id: int, unit_id: int, first_day: date, actor: Actor) -> dict[date, int]:
    """The confidential ones among them that *actor* may not see."""
    counted = (
        select(Ticket.received_on, func.count())
        .where(
            Ticket.category_id == category_id,
            Ticket.kind == Kind.COMPLAINT.value,
            Ticket.received_on >= first_day,
            Ticket.access == Access.RESTRICTED.value,
            main_unit() == unit_id,
            is_trouble(),
            ~visible_to(actor),
        )
        .group_by(Ticket.received_on)
    )
    return dict(db.session.execute(counted).all())
