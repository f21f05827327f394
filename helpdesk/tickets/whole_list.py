"""A list to be taken along whole: page after page of it in its own order, with what a line on the screen leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.database import read_rows
from helpdesk.tickets.pages import Cursor, Page
from helpdesk.tickets.rows import ListRow
from helpdesk.tickets.ticket import Ticket

MOST = 10_000
BATCH = 1000


class WholeRow(NamedTuple):
    """One line of the list, and of its ticket what only the file tells."""

    line: ListRow
    received_at: datetime
    category_id: int | None
    place_id: int | None
    place_text: str
    score: int | None
    origin_number: str


@dataclass(frozen=True)
class WholeList:
    """The first MOST rows of a list. *is_cut*: there are more; *leaves_older*: the search lists no older ones."""

    rows: Sequence[WholeRow]
    is_cut: bool
    leaves_older: bool


def read_whole(read: Callable[[Cursor | None, int], Page]) -> WholeList:
    """Read a list to its end; *read* gives the page of so many rows that begins behind an edge.

    Each row comes once: what is led by alarms, or is given another deadline meanwhile, is met twice.
    """
    rows: dict[int, WholeRow] = {}
    begin: Cursor | None = None
    while True:
        page, known = read(begin, BATCH), len(rows)
        for row in _told_in_full(page.rows):
            rows.setdefault(row.line.row_id, row)
        begin = page.after
        # Nothing new: what was behind the edge went away meanwhile, and the list began again
        if begin is None or len(rows) > MOST or len(rows) == known:
            break
    return WholeList(list(rows.values())[:MOST], len(rows) > MOST, page.is_cut)


def _told_in_full(lines: Sequence[ListRow]) -> list[WholeRow]:
    facts = select(
        Ticket.id,
        Ticket.received_at,
        Ticket.category_id,
        Ticket.place_id,
        Ticket.place_text,
        Ticket.score,
        Ticket.origin_number,
    ).where(Ticket.id.in_({line.id for line in lines}))
    by_id = {row.id: row[1:] for row in read_rows(facts)}
    return [WholeRow(line, *by_id[line.id]) for line in lines]


def note_taken(
    asked: Mapping[str, Any], count: int, *, by: Actor, unit_id: int | None = None
) -> None:
    """Write into the trail which list left the house, of *unit_id* where it is a unit's, inside the caller's unit."""
    trail.record(
        "list_exported",
        by=by,
        subject=("unit", unit_id) if unit_id else ("", None),
        details={**asked, "count": count},
    )
