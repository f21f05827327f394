"""What sounds like an emergency, and nobody has acted upon it: on top of whichever list it lies in.

On top of the whole list also what is closed: whoever wrote on it did so when nobody looks at it any more.
"""

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
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.worklist import Desk, View, conditions, moments


def how_many_sound_urgent(actor: Actor) -> ScalarSelect[int]:
    """How many there are for *actor* to read; part of a statement."""
    counted = select(func.count()).select_from(Ticket)
    return counted.where(Ticket.sounds_urgent, visible_to(actor)).scalar_subquery()


def urgent_first(page: Page, desk: Desk, view: View, actor: Actor, at: datetime) -> Page:
    """The first page of a list of customer care's, led by those that lie in it, each once."""
    found = read_rows(_lying_in(desk, view, actor), moments(at))
    leading = [ListRow._make(row) for row in found]
    ids = {row.id for row in leading}
    return replace(page, rows=[*leading, *(row for row in page.rows if row.id not in ids)])


@lru_cache(maxsize=500)  # takes longer to build than to run
def _lying_in(desk: Desk, view: View, actor: Actor) -> Select[Any]:
    lies_in = [visible_to(actor)] if view is View.ALL else conditions(desk, view, actor)
    rows = ticket_rows().where(Ticket.sounds_urgent, *lies_in)
    return rows.order_by(Ticket.due_at, Ticket.id).limit(SIZE)
