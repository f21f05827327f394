"""Copies of the lived stories, with their own numbers, people and moments, written in bulk through SQLAlchemy Core."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Date, Table, func, insert, select, text

from bench.stories import CLOSED, OPEN, Story, live
from bench.words import complaint, full_name
from helpdesk.lib.database import Moment, db, unit_of_work
from helpdesk.lib.sequences import Sequence as NumberSequence
from helpdesk.messaging.message import OutboxMessage
from helpdesk.monitoring.facts import settle_days
from helpdesk.registry.complainant import Complainant, Identifier
from helpdesk.tickets.escalating import escalate_due
from helpdesk.tickets.opening import first_words
from helpdesk.tickets.records import (
    ClockPause,
    Escalation,
    Question,
    Rating,
    SlaClock,
    TicketEvent,
)  # fmt: skip
from helpdesk.tickets.ticket import Disposition, NamedReader, ReportedParty, Ticket
from helpdesk.tickets.touching import DayTouched
from tests.support.cast import Cast

Row = dict[str, Any]
Say = Callable[[int], None]

YEARS = timedelta(days=730)  # how long ago the first ticket of the bench was received
AT_A_TIME = 1000  # tickets in one transaction


def table_of(model: Any) -> Table:
    """The table behind a model."""
    table: Table = model.__table__
    return table


# Parents first. What selects the rows of one ticket, beside the ticket's own id.
_OF_TICKET: tuple[tuple[Any, Any], ...] = (
    (Ticket, Ticket.id),
    (Disposition, Disposition.ticket_id),
    (TicketEvent, TicketEvent.ticket_id),
    (Question, Question.ticket_id),
    (SlaClock, SlaClock.ticket_id),
    (Rating, Rating.ticket_id),
    (NamedReader, NamedReader.ticket_id),
    (ReportedParty, ReportedParty.ticket_id),
    (OutboxMessage, OutboxMessage.subject_id),
)
_OF_CLOCK: tuple[tuple[Any, Any], ...] = (
    (ClockPause, ClockPause.clock_id),
    (Escalation, Escalation.clock_id),
)
_OF_PERSON: tuple[tuple[Any, Any], ...] = (
    (Complainant, Complainant.id),
    (Identifier, Identifier.complainant_id),
)
_ORDER = tuple(table_of(model) for model, _ in (*_OF_PERSON, *_OF_TICKET, *_OF_CLOCK))
# References without a foreign key.
_SOFT = {
    ("sla_clocks", "disposition_key"): "dispositions",
    ("outbox", "subject_id"): "tickets",
}


@dataclass(frozen=True)
class Mould:
    """The rows of one lived story, with what changes from copy to copy."""

    story: Story
    rows: Mapping[Table, Sequence[Row]]
    # (table, old id) → its place among the rows of that table
    places: Mapping[tuple[str, int], int]


@dataclass(frozen=True)
class _Columns:
    moments: tuple[str, ...]
    days: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    has_id: bool


def fill(cast: Cast, wanted: int, open_share: float, now: datetime, say: Say) -> Counter[str]:
    """Bring the database to *wanted* tickets, *open_share* of them open; tells *say* how many there are.

    Gives how many rows each table has received.
    """
    moulds = {story: _cast_mould(story, cast, now) for story in (*CLOSED, *OPEN)}
    lived = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
    copier = _Copier(moulds, now)
    db.session.rollback()
    while lived < wanted:
        count = min(AT_A_TIME, wanted - lived)
        with db.engine.begin() as connection:
            copier.write(connection, [_draw(copier.chance, open_share) for _ in range(count)])
        lived += count
        say(lived)
    with db.engine.begin() as connection:
        copier.write_sequences(connection)
    while escalate_due(now):  # the lived ones themselves may have something due
        pass
    unit_of_work(_note_all_days)
    settle_days(now)
    return copier.written


def _note_all_days() -> None:
    """As if every day had just been touched, so that leadership's figures are counted for all of them."""
    first_of_day = select(Ticket.received_on, func.min(Ticket.id)).group_by(Ticket.received_on)
    columns = ["received_on", "ticket_id"]
    db.session.execute(insert(DayTouched).from_select(columns, first_of_day))


def _draw(chance: random.Random, open_share: float) -> Story:
    stories = OPEN if chance.random() < open_share else CLOSED
    return chance.choices(stories, weights=[story.share for story in stories])[0]


def _cast_mould(story: Story, cast: Cast, now: datetime) -> Mould:
    ticket = cast.ticket(live(story, cast, now))
    rows: dict[Table, Sequence[Row]] = {}
    for model, column in _OF_TICKET:
        rows[table_of(model)] = _rows(table_of(model), column == ticket.id)
    clock_ids = [row["id"] for row in rows[table_of(SlaClock)]]
    for model, column in _OF_CLOCK:
        rows[table_of(model)] = _rows(table_of(model), column.in_(clock_ids))
    for model, column in _OF_PERSON:
        rows[table_of(model)] = _rows(table_of(model), column == ticket.complainant_id)
    places = {
        (table.name, row["id"]): place
        for table, found in rows.items()
        for place, row in enumerate(found)
        if "id" in row
    }
    return Mould(story, rows, places)


def _rows(table: Table, condition: Any) -> list[Row]:
    return [dict(row) for row in db.session.execute(select(table).where(condition)).mappings()]


class _Copier:
    """Writes copies, keeping the next free id of every table and the next number of every year."""

    def __init__(self, moulds: Mapping[Story, Mould], now: datetime) -> None:
        self.chance = random.Random(20261121)
        self.written: Counter[str] = Counter()
        self._moulds, self._now = moulds, now
        self._columns = {table: _columns_of(table) for table in _ORDER}
        self._next_id = {
            table.name: (db.session.scalar(select(func.max(table.c.id))) or 0) + 1
            for table in _ORDER
            if "id" in table.c
        }
        self._numbers: Counter[int] = Counter(_last_numbers())

    def write(self, connection: Connection, stories: Sequence[Story]) -> None:
        """Copy one ticket for each of *stories*."""
        batch: dict[Table, list[Row]] = {table: [] for table in _ORDER}
        search: list[Row] = []
        for story in stories:
            self._copy(self._moulds[story], batch, search)
        for table, rows in batch.items():
            if rows:
                connection.execute(insert(table), rows)
                self.written[table.name] += len(rows)
        connection.execute(_search_statement(connection), search)

    def write_sequences(self, connection: Connection) -> None:
        """Let the product count on from the last number given out here."""
        table = table_of(NumberSequence)
        connection.execute(table.delete().where(table.c.name.like("ticket/%")))
        rows = [{"name": f"ticket/{year}", "last": last} for year, last in self._numbers.items()]
        connection.execute(insert(table), rows)

    def _copy(self, mould: Mould, batch: dict[Table, list[Row]], search: list[Row]) -> None:
        days, rest = self._shift(mould.story)
        starts = dict(self._next_id)
        for table, rows in mould.rows.items():
            columns = self._columns[table]
            for row in rows:
                new = self._moved(row, table.name, columns, mould, starts)
                for column in columns.moments:
                    if new[column] is not None:
                        new[column] += days + rest
                for column in columns.days:
                    if new[column] is not None:
                        new[column] += days
                batch[table].append(new)
            if columns.has_id:
                self._next_id[table.name] += len(rows)
        self._make_own(mould, batch, search)

    def _moved(
        self, row: Row, name: str, columns: _Columns, mould: Mould, starts: Mapping[str, int]
    ) -> Row:
        new = row.copy()
        if columns.has_id:
            new["id"] = starts[name] + mould.places[name, row["id"]]
        for column, target in columns.references:
            place = mould.places.get((target, row[column]))
            if place is not None:
                new[column] = starts[target] + place
        return new

    def _shift(self, story: Story) -> tuple[timedelta, timedelta]:
        """Whole days, and a rest within the day: finished lives over two years, open ones lately."""
        if story.is_open:
            return timedelta(), -timedelta(seconds=self.chance.randrange(5 * 3600))
        days = self.chance.randrange(LATEST_CLOSED_DAYS - YEARS.days, LATEST_CLOSED_DAYS)
        return timedelta(days=days), timedelta(seconds=self.chance.randrange(-7200, 7200))

    def _make_own(self, mould: Mould, batch: dict[Table, list[Row]], search: list[Row]) -> None:
        """What must differ from the mould: number, words, person, and clocks that would be due by now."""
        ticket = batch[table_of(Ticket)][-1]
        ticket["text"], name = complaint(self.chance), full_name(self.chance)
        ticket["title"] = first_words(ticket["text"])
        year = ticket["recorded_at"].year
        self._numbers[year] += 1
        ticket["number_year"], ticket["number_seq"] = year, self._numbers[year]
        for row in _latest(batch, mould, Complainant):
            row["name"] = name
        for row in _latest(batch, mould, Identifier):
            row["value"] = f"+62812{self.chance.randrange(10**7, 10**8)}"
        for row in _latest(batch, mould, OutboxMessage):
            row.update(dedupe_key=f"bench/{row['id']}", status="sent", look_at=None)
        for row in _latest(batch, mould, SlaClock):
            if row["look_at"] is not None:  # as if the sweep had just been here
                soonest = self._now + timedelta(hours=1 + self.chance.random() * 100)
                row["look_at"] = max(row["look_at"], soonest)
        said = f"{ticket['title']} {ticket['text']}"
        search.append({"id": ticket["id"], "care": f"{said} {name}", "unit": said})


LATEST_CLOSED_DAYS = 24  # the longest finished life takes some 13 of the 40 days


def _latest(batch: Mapping[Table, list[Row]], mould: Mould, model: Any) -> list[Row]:
    table = table_of(model)
    count = len(mould.rows[table])
    return batch[table][-count:] if count else []


def _columns_of(table: Table) -> _Columns:
    names = {one.name for one in _ORDER}
    hard = [
        (column.name, key.column.table.name)
        for column in table.c
        for key in column.foreign_keys
        if key.column.table.name in names
    ]
    soft = [(column, target) for (owner, column), target in _SOFT.items() if owner == table.name]
    return _Columns(
        moments=tuple(column.name for column in table.c if isinstance(column.type, Moment)),
        days=tuple(column.name for column in table.c if isinstance(column.type, Date)),
        references=(*hard, *soft),
        has_id="id" in table.c,
    )


def _last_numbers() -> dict[int, int]:
    last = func.max(Ticket.number_seq)
    rows = db.session.execute(select(Ticket.number_year, last).group_by(Ticket.number_year))
    return {year: seq for year, seq in rows if year is not None and seq is not None}


def _search_statement(connection: Connection) -> Any:
    key = "rowid" if connection.dialect.name == "sqlite" else "ticket_id"
    columns = f"{key}, care_words, unit_words"
    return text(f"INSERT INTO ticket_search ({columns}) VALUES (:id, :care, :unit)")  # noqa: S608
