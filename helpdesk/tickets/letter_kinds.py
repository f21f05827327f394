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
    is_at_work = ticket.state.is_worked_on  # an answer that was objected to is no answer any more
    is_answered = ticket.first_answered_at is not None and not is_at_work
    if is_answered and ticket.closing != Closing.UNILATERAL:
        kinds.append(LetterKind.REPLY)
    if (is_at_work or ticket.state is Status.NOT_OURS) and ticket.kind != Kind.PRAISE:
        kinds.append(LetterKind.REFERRAL)
    return kinds
