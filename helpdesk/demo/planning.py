"""What will become of each ticket, decided before the first one is opened.

Everything is drawn from ``random.Random`` with fixed seeds, so that the same day gives the same hospital.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from helpdesk.demo.complainants import POOL, Person, person_number
from helpdesk.demo.rhythm import HISTORY, OfficePace, Pace, arrivals
from helpdesk.demo.samples import Sample, all_samples, remarks
from helpdesk.demo.wording import Words, say, words_for
from helpdesk.intake.submission import Wish
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.tickets.states import Channel, Grade, Kind

SEED = "sekar ranah"
# Permenkes 30/2022, as the seeded policy has it; only to decide who will be late.
LIMITS = {
    Grade.RED: timedelta(hours=24),
    Grade.YELLOW: timedelta(hours=72),
    Grade.GREEN: timedelta(hours=168),
}
# Weights among the channels of one story, not shares of the whole.
_SHARES = {
    Channel.WHATSAPP: 0.36, Channel.WEB: 0.24, Channel.COUNTER: 0.9, Channel.PHONE: 0.2, Channel.BOX: 0.14,
    Channel.FACEBOOK: 0.1, Channel.EMAIL: 0.1, Channel.LETTER: 0.1,
}  # fmt: skip
_AT_THE_DESK = frozenset({Channel.COUNTER, Channel.PHONE})
_COLLECTED = frozenset({Channel.BOX, Channel.FACEBOOK, Channel.EMAIL, Channel.LETTER})
# Where some of what reaches the desks was said first, and how often
_SAID_FIRST = {
    Channel.EMAIL: (0.6, (Channel.LAPOR, Channel.BPJS)),
    Channel.LETTER: (0.6, (Channel.LAPOR, Channel.AGENCY)),
    Channel.FACEBOOK: (0.5, (Channel.SOCIAL, Channel.REVIEW)),
    Channel.COUNTER: (0.2, (Channel.BPJS,)),
}
_OFTEN_LATE = {"keamanan": 0.26, "sarana": 0.22, "penjaminan": 0.2, "keuangan": 0.18}
_USUALLY_LATE = 0.12
_SAME_AGAIN_AFTER = 14  # so many other stories before one is told again


class Until(IntEnum):
    """How far a life goes before it stands still; END lives as long as it likes."""

    NEW = 0
    TRIAGED = 1
    SENT = 2
    ACCEPTED = 3
    WAITING = 4
    RETURNED = 5
    SUBMITTED = 6
    APPROVED = 7
    ANSWERED = 8
    END = 9


@dataclass
class Plan:
    """One ticket's future: who says what when, and how it is handled. *draw* decides the rest as it comes.

    *origin* is where it was said first, before it came by *channel*.
    """

    draw: random.Random
    sample: Sample
    channel: Channel
    person: Person | None
    place: str
    words: Words
    text: str
    wish: Wish
    received_at: datetime
    recorded_at: datetime
    pace: Pace
    origin: Channel | None = None
    late_reason: str = ""
    is_late: bool = False
    until: Until = Until.END
    key: str = ""
    recorder: str = ""
    pictures: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    @property
    def is_complaint(self) -> bool:
        """Only complaints go to units."""
        return self.sample.kind is Kind.COMPLAINT


def plan_everything(now: datetime, count: int, calendar: BusinessCalendar) -> list[Plan]:
    """*count* plans in the order in which their tickets are recorded."""
    draw = random.Random(SEED)
    recent: deque[str] = deque(maxlen=min(_SAME_AGAIN_AFTER, len(all_samples()) // 2))
    plans = []
    for place, received_at in enumerate(arrivals(draw, now, count, calendar)):
        own = random.Random(f"{SEED}/{place}")
        sample, channel = _choose(own, received_at, now, calendar, recent)
        recent.append(sample.code)
        plans.append(plan_one(own, sample, channel, received_at, now, calendar))
    return plans


def plan_one(
    draw: random.Random,
    sample: Sample,
    channel: Channel,
    received_at: datetime,
    now: datetime,
    calendar: BusinessCalendar,
) -> Plan:
    """The plan of one ticket, handled at the pace of the office."""
    zone = ZoneInfo(calendar.zone)
    # What the desk would only find on Monday is recorded now, so that every ticket that was planned is there.
    recorded_at, late_reason = min(_recorded(draw, channel, received_at, calendar), now), ""
    if channel is Channel.BOX and draw.random() < 0.12:
        late_reason = draw.choice(remarks().lists["late_records"])
        received_at -= timedelta(days=8)
    person = _person(draw, sample, channel)
    place = draw.choice(sample.places) if sample.places else ""
    local = received_at.astimezone(zone)
    words = words_for(draw, local, place, person, by_night=sample.is_by_night)
    is_late = draw.random() < _risk(sample, received_at, now)
    return Plan(
        draw=draw,
        sample=sample,
        channel=channel,
        person=person,
        place=place,
        words=words,
        text=say(draw, sample, channel, words),
        wish=sample.wish,
        received_at=received_at,
        recorded_at=recorded_at,
        origin=_origin(channel, received_at),
        late_reason=late_reason,
        is_late=is_late,
        pace=_pace(draw, sample, received_at, is_late, calendar),
        pictures=_pictures(draw, sample, words),
        evidence=_evidence(draw, sample, words),
    )


def _pace(
    draw: random.Random,
    sample: Sample,
    received_at: datetime,
    is_late: bool,
    calendar: BusinessCalendar,
) -> Pace:
    limit, is_red = LIMITS[sample.grade], sample.grade is Grade.RED
    return OfficePace(draw, calendar, received_at, limit, is_red, is_late)


def _choose(
    draw: random.Random,
    received_at: datetime,
    now: datetime,
    calendar: BusinessCalendar,
    recent: deque[str],
) -> tuple[Sample, Channel]:
    fresh = [sample for sample in all_samples() if sample.code not in recent]
    weights = [sample.often * _trend(sample, received_at, now) for sample in fresh]
    while True:
        sample = draw.choices(fresh, weights)[0]
        channels = [
            channel
            for channel in sample.channels
            if _is_possible(channel, received_at, now, calendar)
        ]
        if channels:
            return sample, draw.choices(channels, [_SHARES[one] for one in channels])[0]


def _is_possible(
    channel: Channel, received_at: datetime, now: datetime, calendar: BusinessCalendar
) -> bool:
    if channel in _AT_THE_DESK:
        return calendar.is_open(received_at)
    if channel in _COLLECTED:
        return received_at < now - timedelta(days=5)
    return True


def _trend(sample: Sample, received_at: datetime, now: datetime) -> float:
    """What happens in the hospital: medicines ran out seven weeks ago, the rains came, queues grow shorter."""
    weeks_ago = (now - received_at) / timedelta(weeks=1)
    if sample.category in ("obat", "jaminan"):
        return 2.4 if 5 < weeks_ago < 8 else 1.0
    if sample.category == "sarana":
        return 1.6 if weeks_ago < 3.5 else 1.0
    if sample.category == "antrean":
        return 0.7 + 0.06 * weeks_ago
    return 1.0


def _risk(sample: Sample, received_at: datetime, now: datetime) -> float:
    """How likely the statutory limit is missed: less with every week since the deadlines are watched."""
    units = [work.unit for work in sample.works]
    worst = max((_OFTEN_LATE.get(unit, _USUALLY_LATE) for unit in units), default=0.03)
    watched = 0.4 if sample.grade is Grade.RED else 1.0
    return worst * watched * (0.75 + 0.75 * (now - received_at) / HISTORY)


def _recorded(
    draw: random.Random, channel: Channel, received_at: datetime, calendar: BusinessCalendar
) -> datetime:
    if channel is Channel.WEB:
        return received_at
    if channel in _AT_THE_DESK:
        return received_at + timedelta(minutes=draw.uniform(2, 12))
    if channel is Channel.WHATSAPP:
        return calendar.add_working_time(received_at, draw.uniform(3, 40) * 60)
    return calendar.add_working_time(received_at + timedelta(hours=5), draw.uniform(10, 180) * 60)


def _person(draw: random.Random, sample: Sample, channel: Channel) -> Person | None:
    is_silent = channel is Channel.BOX and draw.random() < 0.75
    if sample.wish is Wish.ANONYMOUS or is_silent:
        return None
    return person_number(draw.randrange(POOL))


def _origin(channel: Channel, received_at: datetime) -> Channel | None:
    """Drawn apart, so that nothing else of a life changes."""
    draw = random.Random(f"{SEED}/{received_at}")
    share, places = _SAID_FIRST.get(channel, (0.0, ()))
    return draw.choice(places) if draw.random() < share else None


def _pictures(draw: random.Random, sample: Sample, words: Words) -> list[str]:
    """Names of the pictures that come with the complaint, each ``kind/caption``."""
    if sample.picture and draw.random() < 0.6:
        return [f"{sample.picture}/{words.slots['kamar']} {words.slots['tgl']}"]
    return []


def _evidence(draw: random.Random, sample: Sample, words: Words) -> list[str]:
    """What units bring along, each ``unit:kind/caption``; a red answer is not taken without."""
    must = sample.grade is Grade.RED
    return [
        f"{work.unit}:form/{words.slots['rm']} {words.slots['tgl']}"
        for work in sample.works
        if must or draw.random() < 0.08
    ]
