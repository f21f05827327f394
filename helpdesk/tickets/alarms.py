"""What sounds like an emergency and was not graded yet: on top of whichever list it lies in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import read_rows
from helpdesk.tickets.access import visible_to
from helpdesk.tickets.pages import SIZE, Page
from helpdesk.tickets.rows import ListRow, ticket_rows
from helpdesk.tickets.states import Needs
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.worklist import Condition, Desk, View, conditions, moments


def how_many_sound_urgent(actor: Actor) -> ScalarSelect[int]:
    """How many there are for *actor* to read; part of a statement."""
    counted = select(func.count()).select_from(Ticket)
    return counted.where(*_unread(), visible_to(actor)).scalar_subquery()


def urgent_first(page: Page, desk: Desk, view: View, actor: Actor, at: datetime) -> Page:
    """The first page of a list of customer care's, led by those that lie in it, each once."""
    found = read_rows(_lying_in(desk, view, actor), moments(at))
    leading = [ListRow._make(row) for row in found]
    ids = {row.id for row in leading}
    return replace(page, rows=[*leading, *(row for row in page.rows if row.id not in ids)])


@lru_cache(maxsize=500)  # takes longer to build than to run
def _lying_in(desk: Desk, view: View, actor: Actor) -> Select[Any]:
    rows = ticket_rows().where(*conditions(desk, view, actor), *_unread())
    return rows.order_by(Ticket.due_at, Ticket.id).limit(SIZE)


def _unread() -> tuple[Condition, ...]:
    """The first two enter an index, and leave few to look at."""
    is_ungraded = Ticket.needs == Needs.TRIAGE.value
    return Ticket.is_open.in_((True,)), is_ungraded, Ticket.sounds_urgent
