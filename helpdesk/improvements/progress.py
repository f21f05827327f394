"""How an improvement goes on: begun, done, its effect looked at, or dropped."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import today
from helpdesk.improvements.improvement import Improvement, State
from helpdesk.improvements.noting import note
from helpdesk.lib.errors import Conflict, Invalid


def start_improvement(improvement: Improvement, *, by: Actor) -> None:
    """Say that the work has begun."""
    _must_be(improvement, State.PLANNED)
    _go_on(improvement, State.UNDER_WAY)
    note(improvement, "start", by=by)


def finish_improvement(improvement: Improvement, outcome: str, done_on: date, *, by: Actor) -> None:
    """Say what was done, and on which day; from it on the effect is counted."""
    _must_be(improvement, State.PLANNED, State.UNDER_WAY)
    problems = {}
    if not outcome.strip():
        problems["text"] = _l("Write what was done.")
    if done_on > today():
        problems["done_on"] = _l("This day has not come yet.")
    if problems:
        raise Invalid(problems)
    _end(improvement, State.DONE, outcome, done_on)
    note(improvement, "finish", by=by, text=improvement.outcome, done_on=done_on.isoformat())


def drop_improvement(improvement: Improvement, reason: str, *, by: Actor) -> None:
    """Say that it will not be done, and why."""
    _must_be(improvement, State.PLANNED, State.UNDER_WAY)
    if not reason.strip():
        raise Invalid({"text": _l("Write why it will not be done.")})
    _end(improvement, State.DROPPED, reason, today())
    note(improvement, "drop", by=by, text=improvement.outcome)


def judge_effect(improvement: Improvement, effect: str, *, is_effective: bool, by: Actor) -> None:
    """Say whether what was done had an effect, and by what that is seen."""
    _must_be(improvement, State.DONE)
    if not effect.strip():
        raise Invalid({"text": _l("Write what you see.")})
    improvement.effect = effect.strip()
    _go_on(improvement, State.EFFECTIVE if is_effective else State.NOT_EFFECTIVE)
    note(improvement, "judge", by=by, text=improvement.effect, state=improvement.state)


def _end(improvement: Improvement, state: State, outcome: str, ended_on: date) -> None:
    improvement.outcome, improvement.ended_on = outcome.strip(), ended_on
    improvement.look_at = None
    _go_on(improvement, state)


def _go_on(improvement: Improvement, state: State) -> None:
    improvement.state = state.value
    improvement.version += 1


def _must_be(improvement: Improvement, *states: State) -> None:
    if improvement.state not in states:
        raise Conflict(
            _l("This improvement has gone on since you opened it. Look again before you decide.")
        )
