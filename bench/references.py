"""What the products' pages are held against: the least that the same tools can do on the same machine.

(a) a Flask and Jinja page of fifty rows from memory; (b) the same with one indexed query for the rows; (c) ten INSERTs
into ten indexed tables in one transaction; (d) one indexed query. All on the product's own engine.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import (
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    insert,
    select,
)

from helpdesk.lib import clock
from helpdesk.lib.database import Moment
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.ticket import Ticket

TABLES = 10
_PAGE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><table>{% for row in rows %}
<tr><td>{{ row.number_seq }}</td><td>{{ row.title }}</td><td>{{ row.status }}</td><td>{{ row.channel }}</td>
<td>{{ row.grade }}</td><td>{{ row.due_at }}</td></tr>{% endfor %}</table>"""
_FIFTY = (
    select(
        Ticket.number_seq, Ticket.title, Ticket.status, Ticket.channel, Ticket.grade, Ticket.due_at
    )
    .where(Ticket.is_open, Ticket.due_at.is_not(None))
    .order_by(Ticket.due_at, Ticket.id)
    .limit(50)
)


def reference_app(engine: Engine) -> Flask:
    """References (a) at ``/memory`` and (b) at ``/query``."""
    app = Flask("reference")
    app.jinja_loader = DictLoader({"fifty.html": _PAGE})  # compiled once, as templates in files are
    with engine.connect() as connection:
        kept = connection.execute(_FIFTY).all()

    @app.get("/memory")
    def memory() -> str:
        return render_template("fifty.html", title="Fifty", rows=kept)

    @app.get("/query")
    def query() -> str:
        with engine.connect() as connection:
            rows = connection.execute(_FIFTY).all()
        return render_template("fifty.html", title="Fifty", rows=rows)

    return app


def ten_inserts(engine: Engine) -> Callable[[], None]:
    """Reference (c): the tables are made here, in the throwaway database."""
    metadata = MetaData()
    tables = [_table(f"bench_reference_{place}", metadata) for place in range(TABLES)]
    metadata.create_all(engine)
    keys = count(1)

    def write() -> None:
        key, at = next(keys), clock.now()
        with engine.begin() as connection:
            for table in tables:
                row = {"ticket_id": key, "kind": "reference", "at": at, "text": _TEXT}
                connection.execute(insert(table), row)

    return write


def one_query(engine: Engine) -> Callable[[], list[int]]:
    """Reference (d): what a sweep must ask at least."""

    def ask() -> list[int]:
        with engine.connect() as connection:
            return list(connection.scalars(_due(clock.now())))

    return ask


_TEXT = "Obat yang diresepkan tidak ada dan kami disuruh membeli sendiri di luar. " * 3


def _table(name: str, metadata: MetaData) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("ticket_id", Integer, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("at", Moment, nullable=False),
        Column("text", String(500), nullable=False),
        Index(f"ix_{name}_story", "ticket_id", "at"),
    )


def _due(at: datetime) -> Select[int]:
    soonest = (SlaClock.look_at, SlaClock.id)
    return select(SlaClock.id).where(SlaClock.look_at <= at).order_by(*soonest).limit(200)
