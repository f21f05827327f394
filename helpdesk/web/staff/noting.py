"""What was looked at is noted before it goes out; of a confidential complaint wherever its words stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.database import in_transaction, unit_of_work
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import Ticket


def note_act(act: str, ticket_id: int, actor: Actor, **details: Any) -> None:
    """Note in the audit trail, inside the present unit of work, what was looked at."""
    trail.record(act, by=actor, subject=("ticket", ticket_id), details=details)


def note_reads(actor: Actor, tickets: Iterable[Ticket], **details: Any) -> bool:
    """Note each restricted one of *tickets* as read by *actor*; True where there was any.

    Outside a unit of work it opens one, which begins by forgetting every row that was read: read them again.
    """
    restricted = sorted({ticket.id for ticket in tickets if ticket.access == Access.RESTRICTED})
    if not restricted:
        return False

    def unit() -> None:
        for ticket_id in restricted:
            note_act("read_restricted", ticket_id, actor, **details)

    if in_transaction():
        unit()
    else:
        unit_of_work(unit)
    return True
