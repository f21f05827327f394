"""The rows of clocks: start, stop and refresh one, and read those of a ticket. The arithmetic is ``sla.due``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from helpdesk.lib.database import db, kept_in_unit
from helpdesk.sla import calendars, policies
from helpdesk.sla import due as arithmetic
from helpdesk.sla.calendar import BusinessCalendar
from helpdesk.sla.milestones import WARN, Milestone, due_milestones, look_at, milestones
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.records import ClockPause, SlaClock
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Disposition, Ticket

RUNNING, MET, MISSED, VOID = "", "met", "missed", "void"


def start(
    ticket: Ticket,
    kind: ClockKind,
    at: datetime,
    *,
    disposition: Disposition | None = None,
    fixed_due_at: datetime | None = None,
) -> SlaClock:
    """Start a clock at *at* under the policy version that the ticket was received under."""
    key = disposition.id if disposition else 0
    earlier = [
        clock for clock in ticket.clocks if clock.kind == kind and clock.disposition_key == key
    ]
    for clock in earlier:
        if clock.stopped_at is None:
            return clock
    clock = SlaClock(
        ticket_id=ticket.id,
        disposition_id=disposition.id if disposition else None,
        disposition_key=key,
        kind=kind.value,
        cycle=len(earlier) + 1,
        started_at=at,
        fixed_due_at=fixed_due_at,
        steps_done="",
        round=1,
        pauses=[],
    )
    set_limit(clock, ticket, kind)
    clock.calendar_id = _calendar_id_of(disposition.unit_id if disposition else None)
    refresh(clock)
    ticket.clocks.append(clock)
    return clock


def set_limit(clock: SlaClock, ticket: Ticket, kind: ClockKind) -> None:
    """Take the limit that the ticket's policy version gives this clock at the ticket's grade.

    What sounds like an emergency is to be read within the time of a red case, before anybody has graded it.
    """
    is_alarm = kind is ClockKind.TRIAGE and ticket.sounds_urgent
    grade = Grade.RED if is_alarm else ticket.grade
    rule = policies.rule_for(ticket.policy_version_id, kind.value, grade)
    clock.grade = ticket.running_grade.value
    clock.rule_id = rule.rule_id
    clock.limit_amount = rule.limit.amount
    clock.limit_unit = rule.limit.unit.value
    clock.is_pausable = rule.is_pausable


def stop(clock: SlaClock, at: datetime, *, verdict: str | None = None, in_time: str = MET) -> None:
    """Stop at *at* and freeze the verdict; an open pause ends with the clock.

    *verdict* None judges by the deadline, and a clock stopped before it is called *in_time*.
    """
    for pause in open_pauses(clock):
        pause.to_at = max(at, pause.from_at)
    refresh(clock)
    clock.stopped_at = at
    clock.look_at = None
    # A breach that was recorded stays one, even where a holiday declared since has moved the deadline.
    broken = [moment for moment in (clock.due_at, clock.breached_at) if moment and at > moment]
    clock.verdict = verdict or (MISSED if broken else in_time)
    if broken and clock.verdict == MISSED:
        clock.breached_at = min(broken)


def take_up(clock: SlaClock, ticket: Ticket, *, is_frozen: bool = False) -> None:
    """Let a clock that became void run again, as if it had never stopped; one that is frozen keeps its limit."""
    clock.stopped_at, clock.verdict = None, RUNNING
    if not is_frozen:
        set_limit(clock, ticket, ClockKind(clock.kind))
    refresh(clock)


def set_due(clock: SlaClock, due_at: datetime, at: datetime) -> None:
    """From *at* on let it end at *due_at*, whatever the policy says; the ladder begins anew.

    A breach that happened stays one. Pauses up to now do not move the new end, what follows of an open one does. A
    warning whose moment has passed is left out: whoever it would warn is just told the new end.
    """
    if clock.due_at is not None and clock.due_at <= at:
        clock.breached_at = clock.breached_at or clock.due_at
    rested = [(pause.to_at or at) - pause.from_at for pause in clock.pauses]
    clock.fixed_due_at = due_at - sum(rested, timedelta(0))
    clock.steps_done, clock.round, clock.warned_at = "", clock.round + 1, None
    refresh(clock)
    if any(one.name == WARN and one.at <= at for one in coming(clock)):
        clock.steps_done = WARN
        refresh(clock)


def due_of(clock: SlaClock) -> datetime | None:
    """The deadline as the arithmetic gives it now; None while an open pause makes it unknowable."""
    if clock.fixed_due_at is None:
        return arithmetic.due(clock.started_at, _limit(clock), _calendar(clock), _rests(clock))
    at = clock.fixed_due_at
    for pause in clock.pauses:
        if pause.from_at >= at:  # a promise already broken is not mended by asking
            break
        if pause.to_at is None:
            return None
        at += pause.to_at - pause.from_at
    return at


def refresh(clock: SlaClock) -> None:
    """Recompute both caches of one clock."""
    clock.due_at = due_of(clock)
    clock.look_at = next_look(clock)


def next_look(clock: SlaClock) -> datetime | None:
    """The next moment at which this clock could change anything; None while it rests or has stopped."""
    if clock.stopped_at is not None:
        return None
    return look_at(coming(clock), steps_done(clock))


def coming(clock: SlaClock) -> tuple[Milestone, ...]:
    """Warning, breach and each step of the ladder, with their moments, in order."""
    if clock.due_at is None or clock.rule_id is None:
        return ()
    rule = policies.rule_by_id(clock.rule_id)
    calendar = _calendar(clock)
    if clock.fixed_due_at is None:
        warn_at = arithmetic.warn_at(
            clock.started_at, _limit(clock), rule.warn_share, calendar, _rests(clock)
        )
    else:
        warn_at = arithmetic.warn_between(clock.started_at, clock.due_at, rule.warn_share)
    return milestones(warn_at=warn_at, due_at=clock.due_at, steps=rule.steps, calendar=calendar)


def warn_anew(clock: SlaClock, at: datetime) -> None:
    """Let it be warned of once more, where the warning is all that was said and its moment lies after *at* again."""
    lies_ahead = any(one.name == WARN and one.at > at for one in coming(clock))
    if lies_ahead and steps_done(clock) == {WARN}:
        clock.steps_done, clock.round, clock.warned_at = "", clock.round + 1, None
        refresh(clock)


def pass_over(clock: SlaClock, at: datetime) -> None:
    """Let nothing be said of what lies before *at*: another clock said it."""
    said = due_milestones(coming(clock), steps_done(clock), at)
    clock.steps_done = ",".join(sorted({*steps_done(clock), *(one.name for one in said)}))
    refresh(clock)


def steps_done(clock: SlaClock) -> frozenset[str]:
    """Names of the milestones that were acted on in this round."""
    return frozenset(clock.steps_done.split(",")) - {""}


def _calendar(clock: SlaClock) -> BusinessCalendar:
    return _calendars().by_id[clock.calendar_id]


def _calendars() -> calendars.Standing:
    return kept_in_unit("calendars", calendars.standing_calendars)


def _calendar_id_of(unit_id: int | None) -> int:
    usual_id = _calendars().usual_id
    if unit_id is None and usual_id is not None:
        return usual_id
    return kept_in_unit(f"calendar of {unit_id}", lambda: calendars.calendar_id_for_unit(unit_id))


def _limit(clock: SlaClock) -> arithmetic.Limit:
    return arithmetic.Limit(clock.limit_amount, arithmetic.LimitUnit(clock.limit_unit))


def _rests(clock: SlaClock) -> list[arithmetic.Pause]:
    return [arithmetic.Pause(pause.from_at, pause.to_at) for pause in clock.pauses]


def running(ticket: Ticket, *kinds: ClockKind) -> list[SlaClock]:
    """The clocks that run now, of the *kinds* named or of all."""
    return [
        clock
        for clock in ticket.clocks
        if clock.stopped_at is None and (not kinds or clock.kind in kinds)
    ]


def ends_of(ticket: Ticket) -> dict[str, datetime | None]:
    """When each running clock ends, by its kind; for who changes no clock and needs no more of it.

    What is still to be flushed is flushed first.
    """
    return dict(db.session.execute(_ENDS, {"ticket_id": ticket.id}).all())


_ENDS = (
    select(SlaClock.kind, SlaClock.due_at)
    .where(SlaClock.ticket_id == bindparam("ticket_id"), SlaClock.stopped_at.is_(None))
    .order_by(SlaClock.id)
)


def wrong_clocks(but: Collection[int] = ()) -> Iterator[str]:
    """Sentences on every running clock whose caches differ from the arithmetic; for ``flask check clocks``.

    Those under the calendars *but* are left out: they are being counted again (``recomputing.progress``).
    Beside the deadline also the next look, but for a clock that the sweep has set aside after a fault, and the
    deadline that the unit's list shows.
    """
    rows = db.session.execute(
        select(SlaClock, Disposition.due_at)
        .outerjoin(Disposition, Disposition.id == SlaClock.disposition_id)
        .where(SlaClock.stopped_at.is_(None), SlaClock.calendar_id.not_in(but))
        .execution_options(yield_per=500)
    )
    for clock, shown in rows:
        true_due = due_of(clock)
        if true_due != clock.due_at:
            yield f"clock {clock.id} ({clock.kind}) says {_say(clock.due_at)}, should say {_say(true_due)}"
        elif clock.disposition_id is not None and shown != true_due:
            yield f"disposition {clock.disposition_id} says {_say(shown)}, should say {_say(true_due)}"
        elif clock.look_at != (look := next_look(clock)) and not _is_set_aside(clock, look):
            yield f"clock {clock.id} ({clock.kind}) looks at {_say(clock.look_at)}, should at {_say(look)}"


def _is_set_aside(clock: SlaClock, look: datetime | None) -> bool:
    """Later than it should: the sweep stumbled over it, and its log says how."""
    return look is not None and clock.look_at is not None and clock.look_at > look


def _say(moment: datetime | None) -> str:
    return "nothing" if moment is None else moment.isoformat()


def open_pauses(clock: SlaClock) -> list[ClockPause]:
    """The pause that lasts, if one does."""
    return [pause for pause in clock.pauses if pause.to_at is None]
