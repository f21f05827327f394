"""A row of a list as it is drawn: names instead of ids, the complainant only as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from gettext import NullTranslations
from typing import NamedTuple

from flask import url_for

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import number_prefix
from helpdesk.accounts.roles import Permission
from helpdesk.accounts.standing_in import away_today
from helpdesk.tickets.access import knows_named
from helpdesk.tickets.labels import Labels
from helpdesk.tickets.number import format_number
from helpdesk.tickets.rows import ListRow
from helpdesk.tickets.states import Access, Status
from helpdesk.web.filters import left_in_words, remaining
from helpdesk.web.list_words import is_past, title_told, units_told, who_told
from helpdesk.web.locale import catalogue_now, language_now

_PLACEHOLDER = "NUMBER"
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


# Told apart by identity: what is drawn from one is kept
@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One line of a list, every word of it ready but the deadline's.

    *is_alarm*: it sounds like an emergency, nobody has acted upon it, and the reader may read why. *is_away*: its
    officer is, and it waits. *used* is the percentage of the time that has gone, None where nothing runs;
    *shows_state* where the time left is not this reader's to watch.
    """

    url: str
    number: str
    year: str
    sequence: str
    check: str
    grade: str
    title: str
    who: str
    channel: str
    units: str
    more_units: int
    officer: str
    is_away: bool
    state: str
    is_restricted: bool
    is_alarm: bool
    is_late: bool
    shows_state: bool
    due_at: datetime | None
    left: str
    used: int | None


class _Reader(NamedTuple):
    """What a line depends on beside its row: the same for all lines that a person reads."""

    prefix: str
    url: str
    language: str
    knows_all: bool
    knows_named: bool
    are_own_work: bool


def lines_of(
    rows: Iterable[ListRow],
    actor: Actor,
    labels: Labels,
    at: datetime,
    *,
    are_own_work: bool = False,
) -> list[Line]:
    """The rows of a page as lines for *actor*, whose unit's work they may be; asks nothing more of the database."""
    reader = _Reader(
        prefix=number_prefix(),
        url=url_for("staff.ticket", number=_PLACEHOLDER),
        language=language_now(),
        knows_all=actor.may(Permission.TRIAGE),
        knows_named=are_own_work or knows_named(actor),
        are_own_work=are_own_work,
    )
    catalogue, away, lines = catalogue_now(), away_today(), []
    for row in rows:
        units = units_told(row.unit_ids, labels)
        used = _used(row.started_at, row.due_at, at)
        is_away = row.officer_id in away and row.is_up_to_us
        left = _left(row.due_at, at, catalogue)
        lines.append(_line(row, reader, units, is_away, is_past(row, at), left, used))
    return lines


@lru_cache(maxsize=20_000)  # a list is read again and again, and most of its rows have not changed
def _line(
    row: ListRow,
    reader: _Reader,
    units: tuple[str, ...],
    is_away: bool,
    is_late: bool,
    left: str,
    used: int | None,
) -> Line:
    number = format_number(reader.prefix, row.number_year, row.number_seq)
    _prefix, year, sequence, check = number.rsplit("-", 3)
    reads_words = reader.knows_all or reader.are_own_work or row.status == Status.RECEIVED
    return Line(
        url=reader.url.replace(_PLACEHOLDER, number),
        number=number,
        year=year,
        sequence=sequence,
        check=check,
        grade=row.grade,
        title=title_told(row, knows_all=reader.knows_all),
        who=who_told(row, knows_all=reader.knows_all, knows_named=reader.knows_named),
        channel=row.channel,
        units=units[0] if units else "",
        more_units=max(len(units) - 1, 0),
        officer=row.officer,
        is_away=is_away,
        state=row.state,
        is_restricted=row.access == Access.RESTRICTED,
        is_alarm=row.sounds_urgent and reads_words,
        is_late=is_late,
        shows_state=not row.is_up_to_us or row.due_at is None,
        due_at=row.due_at,
        left=left,
        used=used,
    )


def _left(due_at: datetime | None, at: datetime, catalogue: NullTranslations) -> str:
    """The filter ``left`` in short, in the words of *catalogue*."""
    if due_at is None:
        return ""
    seconds = int(abs(remaining(due_at, at).total_seconds()))
    size = _DAY if seconds >= _DAY else _HOUR if seconds >= _HOUR else _MINUTE
    return _left_in_words(catalogue, due_at < at, seconds // size * size)


@lru_cache(maxsize=4096)  # a list holds the same few lengths of time again and again
def _left_in_words(_catalogue: NullTranslations, is_past: bool, seconds: int) -> str:
    remains = timedelta(seconds=-max(seconds, 1) if is_past else seconds)
    return left_in_words(remains, short=True)


def _used(started_at: datetime | None, due_at: datetime | None, at: datetime) -> int | None:
    if started_at is None or due_at is None:
        return None
    whole = (due_at - started_at).total_seconds()
    share = 1.0 if whole <= 0 else (at - started_at).total_seconds() / whole
    return round(100 * min(max(share, 0.0), 1.0))
