"""Until when the complainant may say that it is not settled."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk.accounts.organisation import organisation
from helpdesk.lib import clock
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.clocks import running
from helpdesk.tickets.states import Status
from helpdesk.tickets.ticket import Ticket


def can_object_until(ticket: Ticket) -> datetime | None:
    """The end of the reopen window: so many days after the answer; None when there is nothing to object to.

    It never ends before we stop waiting for the complainant's word, nor before the person could know the number; while
    somebody has yet to call them with the answer, it has not begun.
    """
    answered_at = ticket.answered_at or ticket.closed_at
    if answered_at is None:
        return None
    here = organisation()
    window = timedelta(days=here.reopen_days if here else 30)
    until = max(answered_at, ticket.recorded_at) + window
    if ticket.state is Status.ANSWERED:
        waits = [one.due_at for one in running(ticket, ClockKind.CONFIRM) if one.due_at]
        until = max([until, *(waits or [clock.now() + window])])
    return until


def can_object(ticket: Ticket) -> bool:
    """Is there something to object to, and is it not too late?"""
    until = can_object_until(ticket)
    return until is not None and clock.now() <= until
