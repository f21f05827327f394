"""What keeps coming back: the same category with the same main unit within 90 days.

The main unit of a complaint is the one that leads the work on it; where none was named to lead, the first it was sent
to. A unit that sent it back, or from which it was recalled, counts only where there is no other.

What was joined to another complaint is the same trouble told twice, and advertising and what does not concern the house
are no trouble of its units: none of them comes back, nor does anything come back after them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from helpdesk.tickets.copies import is_work
from helpdesk.tickets.states import DispositionStatus, Kind, Status
from helpdesk.tickets.ticket import Disposition, Ticket

WITHIN_DAYS = 90
NO_TROUBLE = frozenset({Status.MERGED, Status.SPAM, Status.NOT_OURS})
_ENDED = (DispositionStatus.RETURNED.value, DispositionStatus.RECALLED.value)


def main_unit(ticket: Any = Ticket) -> ScalarSelect[int]:
    """The id of the main unit of a row of *ticket*; NULL while it was sent to nobody."""
    sent = aliased(Disposition)
    return (
        select(sent.unit_id)
        .where(sent.ticket_id == ticket.id, is_work(sent))
        .order_by(case((sent.status.in_(_ENDED), 1), else_=0), sent.is_lead.desc(), sent.id)
        .limit(1)
        .correlate(ticket)
        .scalar_subquery()
    )


def is_trouble(ticket: Any = Ticket) -> ColumnElement[bool]:
    """May a row of *ticket* come back, or be what another one comes back after?"""
    return ticket.status.not_in(sorted(NO_TROUBLE))  # type: ignore[no-any-return]


def count_again(by_day: Mapping[date, int], first_day: date, last_day: date) -> int:
    """How many complaints of one pair, received from *first_day* to *last_day*, had one before them.

    *by_day* holds the complaints of that pair by day of receipt, from 90 days before *first_day* on.
    """
    again, before = 0, None
    for day in sorted(by_day):
        if first_day <= day <= last_day:
            has_earlier = before is not None and day - before <= timedelta(days=WITHIN_DAYS)
            again += by_day[day] if has_earlier else by_day[day] - 1
        before = day
    return again


def came_again(category_id: int, first_day: date, last_day: date) -> ColumnElement[bool]:
    """The same on a row of ``tickets`` that was received in these days: was there one of its pair before it?

    The whole category is put in order once; to look back from each complaint would cost the square of their number.
    """
    told = (
        select(Ticket.id, Ticket.received_on, main_unit().label("unit_id"))
        .where(
            Ticket.category_id == category_id,
            Ticket.kind == Kind.COMPLAINT.value,
            Ticket.received_on.between(first_day - timedelta(days=WITHIN_DAYS), last_day),
            is_trouble(),
        )
        .subquery()
    )
    day = told.c.received_on
    before = func.lag(day).over(partition_by=told.c.unit_id, order_by=(day, told.c.id))
    in_order = select(told.c.id, days_between(before, day).label("after_days"))
    ordered = in_order.where(told.c.unit_id.is_not(None)).subquery()
    return Ticket.id.in_(select(ordered.c.id).where(ordered.c.after_days <= WITHIN_DAYS))


class days_between(FunctionElement[int]):  # noqa: N801 - reads as a function of SQL
    """Days from the first date to the second; each engine has its own word for it."""

    type = Integer()
    inherit_cache = True


@compiles(days_between)
def _days_between(element: days_between, compiler: Any, **kw: Any) -> str:
    first, second = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"DATEDIFF({second}, {first})"


@compiles(days_between, "sqlite")
def _days_between_in_sqlite(element: days_between, compiler: Any, **kw: Any) -> str:
    first, second = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(julianday({second}) - julianday({first}))"
