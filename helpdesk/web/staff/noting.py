"""Who read a confidential complaint is noted before the page goes out, wherever its words stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import in_transaction, unit_of_work
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.staff.ticket import note_act


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
