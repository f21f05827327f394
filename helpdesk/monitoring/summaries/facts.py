"""What a summary says: plain values that are stored as JSON on its row, and read back unchanged.

Codes (grades, statuses, roots) stay codes, names of units and categories are kept in the summary's
language as they were then. Nothing here names a complainant; of a restricted complaint only number,
grade and how long it took are kept, so that not even the row can tell more.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import dropwhile, takewhile
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from helpdesk.letters.parties import Letterhead
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.summaries.improving import ImprovementLine
from helpdesk.tickets.states import EXITS

T = TypeVar("T")


class Outcome(StrEnum):
    """How the promise to one complaint fared, as the figures judge it."""

    KEPT = "kept"
    MISSED = "missed"
    PENDING = "pending"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The key figures of one period. *stars* is the sum of all scores that *raters* gave."""

    received: int
    promise: Kept
    median_answer_hours: float | None
    raters: int
    stars: int
    answered: int
    reopened: int

    @property
    def mean_score(self) -> float | None:
        """From 1 to 5; None when nobody rated."""
        return self.stars / self.raters if self.raters else None

    @property
    def reopened_share(self) -> float | None:
        """Of those that were answered; None when none was."""
        return self.reopened / self.answered if self.answered else None


@dataclass(frozen=True, kw_only=True)
class Point:
    """One month on the line of the promise; *period* is its code, such as 2026-10."""

    period: str
    promise: Kept


@dataclass(frozen=True, kw_only=True)
class LimitLine:
    """A limit as its policy states it."""

    amount: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class GradeLine:
    """One grade of the indicator sheet, with the limit by which its complaints are judged.

    *then* are those that held afterwards, where the policy changed within the period.
    """

    grade: str
    limit_amount: int
    limit_unit: str
    promise: Kept
    then: tuple[LimitLine, ...] = ()

    @property
    def limits(self) -> tuple[LimitLine, ...]:
        """All of them in turn."""
        return LimitLine(amount=self.limit_amount, unit=self.limit_unit), *self.then


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A root cause that units named *count* times; *text* is how one of them put it, *action* what that one did.

    *action* is None in a summary stored before the two were kept together.
    """

    root: str
    count: int
    text: str = ""
    action: str | None = None


@dataclass(frozen=True, kw_only=True)
class FoundAndDone:
    """Root causes, the most frequent first, and the newest corrective actions, whatever they were for."""

    causes: tuple[Cause, ...] = ()
    actions: tuple[str, ...] = ()

    @property
    def beside(self) -> tuple[str, ...]:
        """The action of each cause, '' where none was written; the newest ones where no cause was named."""
        known = tuple(cause.action for cause in self.causes if cause.action is not None)
        return known or self.actions


@dataclass(frozen=True, kw_only=True)
class UnitLine(FoundAndDone):
    """What was sent to one unit, how its own deadlines fared, what it found and did.

    *tickets* are complaints, *dispositions* times sent, *hops* rounds against the unit's deadline.
    """

    name: str
    tickets: int
    dispositions: int
    hops: Kept
    returned: int


@dataclass(frozen=True, kw_only=True)
class CategoryLine:
    """One category; *recurring* counts those with a like before them within 90 days."""

    name: str
    received: int
    before: int
    recurring: int = 0

    @property
    def risen(self) -> int:
        """How many more than before; 0 when it did not rise."""
        return max(self.received - self.before, 0)


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """One place that was named now or before; there are none where none was named now."""

    name: str
    received: int
    before: int


@dataclass(frozen=True, kw_only=True)
class RecurringLine(FoundAndDone):
    """What keeps coming back: the same category at the same unit."""

    unit: str
    category: str
    received: int
    before: int


@dataclass(frozen=True, kw_only=True)
class RegisterLine:
    """One complaint of the register. *ran_for* is in seconds: until it was answered and followed up,
    or so far. Of a restricted one *title*, *category*, *channel*, *units* and *action* are empty.
    """

    number: str
    received_on: date
    grade: str
    outcome: str
    ran_for: float
    is_running: bool
    status: str = ""
    reopenings: int = 0
    is_restricted: bool = False
    title: str = ""
    category: str = ""
    channel: str = ""
    units: tuple[str, ...] = ()
    action: str = ""

    @property
    def left_by(self) -> str:
        """The exit by which it left, in time or late; '' for one that was handled here."""
        return self.status if self.status in EXITS else ""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs, as printed; an empty name leaves a line to write on."""

    name: str = ""
    position: str = ""
    id_number: str = ""


@dataclass(frozen=True, kw_only=True)
class SummaryFacts:
    """Everything a summary says but its number, its makers and its language, which its row knows.

    *unit* is '' for the whole house. *restricted* complaints are counted, and stand in the register
    without their content. *lists_only_late*: there were more complaints than a register can hold, and
    only those past their limit stand in it. *target* is a share of one. *confirmed_by_staff* and *rated_by_staff*: of
    the closings and ratings, those that staff wrote down for the complainant.
    """

    letterhead: Letterhead
    period: str
    first_on: date
    last_on: date
    counted_at: datetime
    target: float
    now: Headline
    before: Headline
    unit: str = ""
    trend: tuple[Point, ...] = ()
    grades: tuple[GradeLine, ...] = ()
    by_kind: dict[str, int]
    units: tuple[UnitLine, ...] = ()
    categories: tuple[CategoryLine, ...] = ()
    places: tuple[PlaceLine, ...] = ()
    recurring: tuple[RecurringLine, ...] = ()
    improvements: tuple[ImprovementLine, ...] = ()
    lists_only_late: bool = False
    register: tuple[RegisterLine, ...] = ()
    closings: dict[str, int]
    left: dict[str, int]
    by_score: tuple[int, ...] = (0, 0, 0, 0, 0)
    still_open: int = 0
    restricted: int = 0
    confirmed_by_staff: int = 0
    rated_by_staff: int = 0
    compiler: Signer = Signer()
    approver: Signer = Signer()

    @property
    def late(self) -> list[RegisterLine]:
        """The complaints whose promise was not kept: the gravest first, then those that took longest."""
        order = {line.grade: place for place, line in enumerate(self.grades)}
        missed = [line for line in self.register if line.outcome == Outcome.MISSED]
        return sorted(missed, key=lambda line: (order.get(line.grade, len(order)), -line.ran_for))

    @property
    def kept_in_a_row(self) -> int:
        """For how many months on end, up to the last judged one, the target was reached.

        A month before it in which nothing was judged reached nothing.
        """
        shares = [point.promise.share for point in reversed(self.trend)]
        since_judged = dropwhile(lambda share: share is None, shares)
        reached = takewhile(lambda share: share is not None and share >= self.target, since_judged)
        return sum(1 for _share in reached)


def to_json(facts: SummaryFacts) -> dict[str, Any]:
    """The facts as they are stored."""
    stored: dict[str, Any] = json.loads(
        json.dumps(asdict(facts), default=lambda day: day.isoformat())
    )
    return stored


def from_json(stored: dict[str, Any]) -> SummaryFacts:
    """The facts as they were. A field that came later has its default."""
    return _read(SummaryFacts, stored)


def _read(kind: type[T], stored: dict[str, Any], hints: dict[str, Any] | None = None) -> T:
    hints = hints or get_type_hints(kind)
    return kind(**{name: _value(hints[name], value) for name, value in stored.items()})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return _several(get_args(hint)[0], value)
    if is_dataclass(hint):
        return _read(hint, value)  # type: ignore[arg-type]
    if hint is datetime or hint is date:
        return hint.fromisoformat(value)
    if hint == date | None:
        return date.fromisoformat(value)
    return value


def _several(hint: Any, values: list[Any]) -> tuple[Any, ...]:
    if not is_dataclass(hint):
        return tuple(values)
    hints = get_type_hints(hint)  # once: a register has thousands of lines
    return tuple(_read(hint, one, hints) for one in values)  # type: ignore[arg-type]
