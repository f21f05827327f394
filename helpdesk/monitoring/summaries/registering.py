"""The register of a summary: one line for each complaint, by the same clocks as the figures.

The columns are those of the hospitals' *KRK* form. What a unit or a clock says is told; who complained
is not even read. A restricted complaint keeps its number, its grade and how long it took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db
from helpdesk.monitoring.conditions import Question, condition_of
from helpdesk.monitoring.promise import its_answer_clock, outcome
from helpdesk.monitoring.register import Case, register
from helpdesk.monitoring.summaries.facts import RegisterLine
from helpdesk.monitoring.summaries.findings import Findings, shortened
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import SlaClock
from helpdesk.tickets.states import EXITS, Access, Status
from helpdesk.tickets.ticket import Ticket

LEADERSHIP = Actor(
    ActorKind.STAFF, "leadership", user_id=0, permissions=frozenset({Permission.WATCH})
)
MOST = 20_000  # lines that one file can hold; a hospital has some thousand complaints in a year


def register_lines(
    question: Question,
    at: datetime,
    units: Mapping[int, str],
    categories: Mapping[int, str],
    found: Findings,
) -> tuple[RegisterLine, ...]:
    """The complaints behind a figure in the order of receipt, as leadership may know them; three queries."""
    lines = [
        _line(one, at, units, categories, found)
        for one in register(question, LEADERSHIP, at, limit=MOST)
    ]
    lines += _restricted_lines(question, at)
    return tuple(sorted(lines, key=lambda line: (line.received_on, line.number)))


def _line(
    one: Case,
    at: datetime,
    units: Mapping[int, str],
    categories: Mapping[int, str],
    found: Findings,
) -> RegisterLine:
    title = one.title
    if _is_unread(one):
        is_new = one.status == Status.RECEIVED
        title = gettext("not verified") if is_new else gettext("ended unverified")
    return RegisterLine(
        number=number_of(one),
        received_on=one.received_on,
        grade=one.grade,
        outcome=one.judged,
        ran_for=((one.stopped_at or at) - one.received_at).total_seconds(),
        is_running=one.stopped_at is None,
        status=one.status,
        reopenings=one.reopenings,
        title=shortened(str(title)),
        category=categories.get(one.category_id or 0, ""),
        channel=one.channel,
        units=tuple(units.get(unit_id, "") for unit_id in one.unit_ids),
        action=found.by_ticket.get(one.ticket_id, ""),
    )


def _is_unread(one: Case) -> bool:
    """Until customer care has classified it, a title is the complainant's own first words, in which
    names may stand."""
    return one.status == Status.RECEIVED or (one.category_id is None and one.status in EXITS)


def _restricted_lines(question: Question, at: datetime) -> Iterator[RegisterLine]:
    """Number, grade and clock of what only named readers may open; one query, no text is read."""
    query = (
        select(
            Ticket.number_year,
            Ticket.number_seq,
            Ticket.received_on,
            SlaClock,
            outcome(at).label("judged"),
        )
        .outerjoin(SlaClock, its_answer_clock())
        .where(Ticket.access == Access.RESTRICTED.value, condition_of(question, at))
    )
    for row in db.session.execute(query):
        clock = row.SlaClock
        yield RegisterLine(
            number=number_of(row),
            received_on=row.received_on,
            grade=clock.grade,
            outcome=row.judged,
            ran_for=((clock.stopped_at or at) - clock.started_at).total_seconds(),
            is_running=clock.stopped_at is None,
            is_restricted=True,
        )
