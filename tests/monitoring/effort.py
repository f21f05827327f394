"""How much a database has to look at for an answer, and many tickets without living each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Table, insert, select, text

from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.touching import DayTouched

APART = 1000  # between the ids of a row and of its next copy
_MOVED = ("id", "ticket_id", "disposition_id", "disposition_key", "number_seq")


def multiply(times: int, received_on: date | None = None) -> None:
    """Make of every ticket *times* that are alike, with their dispositions and clocks, and note their days.

    The copies were received on the same days, or all of them on *received_on*.
    """

    def unit() -> None:
        for model in (Ticket, Disposition, SlaClock):
            _copy(model, times, received_on)
        days = select(Ticket.received_on, Ticket.id.label("ticket_id"))
        db.session.execute(insert(DayTouched).from_select(["received_on", "ticket_id"], days))

    unit_of_work(unit)


def _copy(model: type[Any], times: int, received_on: date | None) -> None:
    table: Table = model.__table__
    rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
    own = {"received_on": received_on} if received_on and "received_on" in table.c else {}
    copies = [_copied(row, number) | own for row in rows for number in range(1, times)]
    if copies:
        db.session.execute(insert(table), copies)


def _copied(row: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        column: value + number * APART if column in _MOVED and value else value
        for column, value in row.items()
    }


def effort_of(ask: Callable[[], object]) -> int:
    """SQLite: steps of its machine; MariaDB: rows and keys read."""
    if db.engine.dialect.name == "sqlite":
        return _steps(ask)
    db.session.execute(text("FLUSH STATUS"))
    ask()
    read = db.session.execute(text("SHOW SESSION STATUS LIKE 'Handler_read%'"))
    return sum(int(value) for _name, value in read)


def _steps(ask: Callable[[], object]) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    raw: Any = db.session.connection().connection.driver_connection
    raw.set_progress_handler(count, 1)
    try:
        ask()
    finally:
        raw.set_progress_handler(None, 1)
    return steps
