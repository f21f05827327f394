"""Which official letters a ticket gives something to write in."""

from __future__ import annotations

from helpdesk.letters.letter import LetterKind
from helpdesk.tickets.states import EXITS, Closing, Kind, Status
from helpdesk.tickets.ticket import Ticket


def kinds_for(ticket: Ticket) -> list[LetterKind]:
    """Which letters there is something to write in, the one that fits best first."""
    is_over = ticket.state is Status.CLOSED or ticket.state in EXITS
    kinds = [LetterKind.CLOSING_NOTICE] if is_over else []
    if ticket.is_waiting:
        kinds.append(LetterKind.REQUEST)
    if ticket.first_answered_at is not None and ticket.closing != Closing.UNILATERAL:
        kinds.append(LetterKind.REPLY)
    may_be_others = ticket.state is Status.NOT_OURS or ticket.state.is_worked_on
    if may_be_others and ticket.kind != Kind.PRAISE:
        kinds.append(LetterKind.REFERRAL)
    return kinds
