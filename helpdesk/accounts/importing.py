"""Lists that are taken in as a whole: looked at line by line first, then all or nothing.

The preview is the thing itself, undone: every line goes through the very verbs that would write it,
in a unit of work that is rolled back at its end. So preview and import cannot disagree, and whatever
a verb refuses is told beside its line. A few hundred lines take about a second, during which other
writers wait; hence the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import HouseError, Invalid
from helpdesk.lib.tables import TableLine

T = TypeVar("T")
MOST_LINES = 500
MOST_BYTES = 500_000
YES = frozenset({"ya", "yes", "y", "1", "aktif", "active", "true"})
NO = frozenset({"tidak", "no", "n", "0", "nonaktif", "inactive", "tidak aktif", "false"})


class Fate(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Change:
    """What a line makes of one column; *before* is empty for what is new."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Taken:
    """What a verb made of a line."""

    key: str
    fate: Fate
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A line and what becomes of it; *reasons* are (lazy) sentences, only for a refused one."""

    number: int
    key: str
    fate: Fate
    changes: tuple[Change, ...] = ()
    reasons: tuple[Any, ...] = ()


Take = Callable[[TableLine], Taken]


class Faults:
    """All that is wrong with one line: every piece is read, though another one cannot be, and all is told at once."""

    def __init__(self) -> None:
        self._problems: dict[str, Any] = {}

    def read(self, piece: Callable[[], T], otherwise: T) -> T:
        """What *piece* gives; *otherwise* where it raises Invalid, which is kept."""
        try:
            return piece()
        except Invalid as invalid:
            self._problems = {**invalid.fields, **self._problems}
            return otherwise

    def are_in(self, *columns: str) -> bool:
        """Was one of these columns at fault?"""
        return not self._problems.keys().isdisjoint(columns)

    def refuse(self) -> None:
        """Raise Invalid where anything was at fault."""
        if self._problems:
            raise Invalid(self._problems)


class NotAllTaken(Exception):
    """A line was refused, so nothing is written; *outcomes* tell of every line."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__("a line was refused")
        self.outcomes = outcomes


class _Undone(Exception):
    """Ends a rehearsal."""


def rehearse(lines: Sequence[TableLine], take: Take) -> list[Outcome]:
    """What would become of each line; nothing is kept. Opens a unit of work of its own."""
    outcomes: list[Outcome] = []

    def attempt() -> None:
        outcomes[:] = [_outcome_of(line, take) for line in lines]
        raise _Undone

    try:
        unit_of_work(attempt)
    except _Undone:
        return outcomes
    raise AssertionError("unreachable")


def take_all(lines: Sequence[TableLine], take: Take) -> list[Outcome]:
    """Take every line inside the caller's unit of work. Raises NotAllTaken when one is refused."""
    outcomes = [_outcome_of(line, take) for line in lines]
    if is_refused(outcomes):
        raise NotAllTaken(outcomes)
    return outcomes


def is_refused(outcomes: Iterable[Outcome]) -> bool:
    """Is there a line that cannot be taken?"""
    return any(one.fate is Fate.REFUSED for one in outcomes)


def digest_of(outcomes: Iterable[Outcome]) -> str:
    """A mark by which it is seen that a list would still do what was shown."""
    said = repr([(one.number, one.key, one.fate, one.changes) for one in outcomes])
    return sha256(said.encode()).hexdigest()


def refuse_long(cells: Mapping[str, str], longest: Mapping[str, int]) -> None:
    """Raise Invalid for each cell that is longer than its column keeps."""
    problems = {
        column: _l("Use at most %(count)s characters.", count=most)
        for column, most in longest.items()
        if len(cells.get(column, "")) > most
    }
    if problems:
        raise Invalid(problems)


def is_yes(cell: str, otherwise: bool) -> bool:
    """What a cell says of yes and no; *otherwise* when it is empty. Raises Invalid (``active``)."""
    said = cell.strip().lower()
    if said in YES or said in NO:
        return said in YES
    if said:
        raise Invalid({"active": _l("Write yes or no.")})
    return otherwise


def taken(key: str, before: Mapping[str, str], after: Mapping[str, str]) -> Taken:
    """What became of the line that is about *key*; *before* is empty for what is new."""
    changes = differences(before, after)
    return Taken(key, Fate.NEW if not before else Fate.CHANGED if changes else Fate.SAME, changes)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """The columns in which two states differ."""
    return tuple(
        Change(column, before.get(column, ""), value)
        for column, value in after.items()
        if before.get(column, "") != value
    )


def once_each(lines: Sequence[TableLine], column: str) -> Callable[[TableLine], None]:
    """A check that raises Invalid for a line whose *column* stood in an earlier line already."""
    first: dict[str, int] = {}
    for line in lines:
        first.setdefault(line.cells[column].lower(), line.number)

    def check(line: TableLine) -> None:
        earlier = first[line.cells[column].lower()]
        if earlier != line.number:
            raise Invalid({column: _l("This stands in line %(number)s already.", number=earlier)})

    return check


def _outcome_of(line: TableLine, take: Take) -> Outcome:
    try:
        if line.has_too_many:
            raise Invalid({"": _l("This line has more cells than the first one has names.")})
        with db.session.begin_nested():  # what a refused line had written already is undone with it
            done = take(line)
    except Invalid as invalid:
        return _refused(line, tuple(invalid.fields.items()))
    except HouseError as error:
        return _refused(line, (("", error.reason),))
    return Outcome(line.number, done.key, done.fate, done.changes)


def _refused(line: TableLine, reasons: tuple[Any, ...]) -> Outcome:
    key = next(iter(line.cells.values()), "")
    return Outcome(line.number, key, Fate.REFUSED, reasons=reasons)


def note_export(kind: str, count: int, *, by: Actor) -> None:
    """Write into the trail that a list of *kind* (user, unit) left the house, inside the caller's unit of work."""
    trail.record(f"{kind}s_exported", by=by, subject=(kind, None), details={"count": count})
