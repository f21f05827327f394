"""Copies for information (*tembusan*): a unit reads what is sent to it so, and owes nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import COPIES, DispositionStatus
from helpdesk.tickets.ticket import Disposition
from helpdesk.tickets.workflow import advance, require_on


def is_work(sent: Any = Disposition) -> ColumnElement[bool]:
    """On ``dispositions``: was it sent to be worked on? Figures count no copies."""
    return sent.status.not_in(_COPIES)  # type: ignore[no-any-return]


_COPIES = sorted(status.value for status in COPIES)


def take_note(disposition: Disposition, *, by: Actor) -> TicketEvent:
    """Say that the unit has read it; possible whatever became of the ticket meanwhile."""
    require_on(disposition, Move.TAKE_NOTE, by=by)
    disposition.status = DispositionStatus.NOTED.value
    disposition.settled_at = clock.now()
    disposition.version += 1
    return advance(disposition.ticket, Move.TAKE_NOTE, by=by, disposition=disposition)
