"""When things happen: the rhythm of a week, and how fast each desk works."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Protocol
from zoneinfo import ZoneInfo

from helpdesk.sla.calendar import BusinessCalendar

HISTORY = timedelta(days=92)
_BY_WEEKDAY = (1.3, 1.15, 1.05, 1.05, 0.95, 0.75, 0.5)  # Monday first
# How many arrive in each hour of the day: a peak after the morning clinics, another after supper.
_BY_HOUR = (
    0.15, 0.08, 0.05, 0.05, 0.1, 0.3, 0.7, 1.5, 2.6, 3.4, 3.8, 3.3, 2.4, 2.2, 2.3, 2.0, 1.6, 1.2, 1.3, 1.9, 1.8, 1.2,
    0.7, 0.3,
)  # fmt: skip


def arrivals(
    draw: random.Random, now: datetime, count: int, calendar: BusinessCalendar
) -> list[datetime]:
    """*count* moments between three months ago and *now*, in order, busier on Mondays and every week a little more."""
    zone = ZoneInfo(calendar.zone)
    local = now.astimezone(zone)
    first = (local - HISTORY).date()
    days = [first + timedelta(days=offset) for offset in range((local.date() - first).days + 1)]
    weights = [_weight(day, place, calendar) for place, day in enumerate(days)]
    weights[-1] *= _share_of_day(local)
    sums = list(accumulate(weights))
    found = []
    for place in range(count):  # one in each of *count* equal slices, so that no week stays empty
        where = (place + draw.random()) / count * sums[-1]
        found.append(_moment_on(days[bisect_left(sums, where)], draw, local, zone))
    return sorted(found)


def _weight(day: date, place: int, calendar: BusinessCalendar) -> float:
    growth = 0.85 + 0.3 * place / HISTORY.days
    quiet = 0.6 if day in calendar.holidays else 1.0
    return _BY_WEEKDAY[day.weekday()] * growth * quiet


def _share_of_day(local: datetime) -> float:
    return (sum(_BY_HOUR[: local.hour]) + _BY_HOUR[local.hour] * local.minute / 60) / sum(_BY_HOUR)


def _moment_on(day: date, draw: random.Random, local: datetime, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, time(0), zone)
    hour = draw.choices(range(24), _BY_HOUR)[0]
    moment = midnight + timedelta(hours=hour, seconds=draw.randint(0, 3599))
    if moment < local:
        return moment
    return midnight + (local - midnight) * (0.2 + 0.75 * draw.random())


class Pace(Protocol):
    """How much later the next act comes."""

    def after(self, moment: datetime, least: int, most: int) -> datetime:
        """A moment *least* to *most* minutes of work after *moment*."""

    def answer_of_unit(self, accepted_at: datetime) -> datetime:
        """When the unit submits what it accepted then."""

    def between(self, begins: datetime, ends: datetime, share: float) -> datetime:
        """The moment at which that share of the work between the two is done."""


@dataclass(frozen=True)
class OfficePace:
    """Works in office hours; *merah* at any hour. A late one misses *due_at* by a share of *limit*."""

    draw: random.Random
    calendar: BusinessCalendar
    received_at: datetime
    limit: timedelta
    is_red: bool
    is_late: bool

    def after(self, moment: datetime, least: int, most: int) -> datetime:
        minutes = self.draw.uniform(least, most)
        if self.is_red:
            return moment + timedelta(minutes=minutes)
        return self.calendar.add_working_time(moment, minutes * 60)

    def answer_of_unit(self, accepted_at: datetime) -> datetime:
        due_at = self.received_at + self.limit
        at_once = self.after(accepted_at, 25, 110)
        if self.is_late:
            late = self._open(due_at + self.limit * self.draw.uniform(0.04, 0.55))
            return max(late, at_once)
        # A unit has about half of the limit for itself; one in ten needs more, and the desk makes up for it.
        most = 0.72 if self.draw.random() < 0.1 else 0.4
        wanted = self._open(self.received_at + self.limit * self.draw.uniform(0.08, most))
        return wanted if at_once < wanted < due_at - timedelta(hours=4) else at_once

    def between(self, begins: datetime, ends: datetime, share: float) -> datetime:
        if self.is_red:
            return begins + (ends - begins) * share
        worked = self.calendar.working_time_between(begins, ends)
        return self.calendar.add_working_time(begins, worked * share)

    def _open(self, moment: datetime) -> datetime:
        if self.is_red:
            return moment
        opens = self.calendar.next_opening(moment)
        return opens if opens == moment else self.after(opens, 5, 150)


@dataclass(frozen=True)
class HurriedPace:
    """For what must be reached before *now*, whatever the hour: each act takes a part of the time that is left."""

    draw: random.Random
    now: datetime

    def after(self, moment: datetime, least: int, most: int) -> datetime:
        wanted = timedelta(minutes=self.draw.uniform(least, most))
        return moment + min(wanted, (self.now - moment) * 0.3)

    def answer_of_unit(self, accepted_at: datetime) -> datetime:
        return self.after(accepted_at, 60, 400)

    def between(self, begins: datetime, ends: datetime, share: float) -> datetime:
        return begins + (ends - begins) * share


def by_day(
    draw: random.Random, moment: datetime, hours: Sequence[float], zone: ZoneInfo
) -> datetime:
    """So many hours later (drawn between the two), but never in the night: people answer between 6 and 22."""
    later = (moment + timedelta(hours=draw.uniform(hours[0], hours[1]))).astimezone(zone)
    if 6 <= later.hour < 22:
        return later
    morning = later.date() + timedelta(days=later.hour >= 22)
    return datetime.combine(morning, time(6), zone) + timedelta(minutes=draw.randint(5, 240))
