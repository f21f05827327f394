"""Merging: two people complained of the same. One ticket leads, the other follows it and keeps its number.

Nothing is moved: events, files and questions stay on the ticket that they came with, its number, PIN and link keep
opening it, and whoever sent it hears of the answer by their own way. What is read together is put together by
``picture``. Nobody follows a follower: who followed the merged ticket follows the leading one from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.tickets import search
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.circle import circle_of
from helpdesk.tickets.dispositions import call_off
from helpdesk.tickets.following import followers_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import reopen_window
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.questions import drop_questions
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import EXITS, Kind, Status, gravity_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import copy_for_units
from helpdesk.tickets.workflow import advance, require


def merge_ticket(
    ticket: Ticket,
    leading: Ticket,
    reason: str,
    *,
    by: Actor,
    unit_text: str | None = None,
    hidden_file_ids: Sequence[int] = (),
) -> TicketEvent:
    """Let *ticket* follow *leading*; both fetched with ``find_to_change``. Units at work on it are told to stop.

    The units of *leading* read the units' copy made of *unit_text* and without the hidden files. Raises Invalid
    where the two cannot go one way (see ``why_not``), Conflict when one of them has moved on.
    """
    if not reason.strip():
        raise Invalid({"reason": _l("Write why the two belong together.")})
    require(ticket, Move.MERGE, by=by)
    if refusal := why_not(ticket, leading):
        raise Invalid({"into": refusal})
    recalled = call_off(ticket)
    drop_questions(ticket)
    copy_for_units(ticket, unit_text, hidden_file_ids)
    ticket.was_returned = False
    ticket.exit_reason = reason.strip()[:500]
    _follow(ticket, leading, by)
    event = advance(
        ticket,
        Move.MERGE,
        by=by,
        to=Status.MERGED,
        details={"into": leading.id, "recalled": recalled, "reason": ticket.exit_reason},
    )
    advance(leading, Move.ABSORB, by=by, details={"ticket_id": ticket.id})
    search.index_ticket(ticket)
    return event


def split_ticket(ticket: Ticket, reason: str, *, by: Actor) -> TicketEvent:
    """Undo a merging: the ticket goes its own way again, verified as it was or still to be verified.

    Its clocks run from its own receipt, as if they had never stopped. Raises Conflict once the time to object to an
    answer would have passed since the merging: by then the person is better served by a new complaint.
    """
    if not reason.strip():
        raise Invalid({"reason": _l("Write why the two do not belong together.")})
    require(ticket, Move.SPLIT, by=by)
    joined_at = _joined_at(ticket)
    if clock.now() > joined_at + reopen_window():
        raise Conflict(
            _l("They were joined too long ago to be separated. Record a new complaint instead.")
        )
    leading = _find_leading(ticket, by)
    ticket.merged_into_id, ticket.exit_reason = None, ""
    event = advance(
        ticket,
        Move.SPLIT,
        by=by,
        to=Status.TRIAGED if ticket.grade else Status.RECEIVED,
        details={
            "from": leading.id,
            "reason": reason.strip()[:500],
            "left_at": joined_at.isoformat(),
        },
    )
    advance(leading, Move.LET_GO, by=by, details={"ticket_id": ticket.id})
    return event


def _find_leading(ticket: Ticket, by: Actor) -> Ticket:
    """The ticket that *ticket* follows, locked. Raises NotFound when *by* may not see it."""
    followed = db.session.get_one(Ticket, ticket.merged_into_id)
    return find_to_change(by, number_of(followed))


def why_not(ticket: Ticket, leading: Ticket) -> Any:
    """Why *ticket* must not follow *leading*, as a sentence; None when it may.

    Nobody may see more by a merging than before: both are open to all who handle them, or both to the same few.
    Nobody may be promised less: a complaint does not follow a praise, nor a grave matter a lesser one, and the
    leading one is due when the first of them is.
    """
    if ticket.id == leading.id:
        return _l("A ticket cannot be joined to itself.")
    if leading.state is Status.MERGED:
        return _l("That ticket was itself joined to another. Join this one to that other ticket.")
    if leading.state in EXITS:
        return _l("That ticket ended without being handled, so nobody would answer.")
    if not leading.state.is_worked_on:  # its answer went out, and is not said again
        return _l(
            "That ticket is answered already, so this complainant would hear nothing more. "
            "Answer this one by itself."
        )
    if ticket.access != leading.access:
        return _l(
            "One of the two is for named readers only. Decide first who may read the other, so that "
            "nobody reads more by joining them."
        )
    if ticket.is_restricted and circle_of(ticket) != circle_of(leading):
        return _l(
            "The two have different readers, or are about different people. They cannot be joined."
        )
    if Kind(leading.kind).is_thanked and not Kind(ticket.kind).is_thanked:
        return _l("A complaint or a question cannot follow praise or a suggestion.")
    if gravity_of(ticket.grade) > gravity_of(leading.running_grade):
        return _l(
            "This ticket is graver than the other. Raise the grade of the other first, so that nobody "
            "waits longer than promised."
        )
    return None


def leads_before(one: Ticket, other: Ticket) -> bool:
    """Should *one* lead the *other*? The one whose answer is promised for earlier does, else the older one."""
    return _place_in_line(one) < _place_in_line(other)


def promise_outrun(ticket: Ticket, leading: Ticket) -> datetime | None:
    """The deadline promised for *ticket*, where the one of *leading* is later or unknown; it then holds for both."""
    promised = _promised_until(ticket)
    if promised is None:
        return None
    later = _promised_until(leading)
    return promised if later is None or later > promised else None


def _place_in_line(ticket: Ticket) -> tuple[bool, datetime, datetime, int]:
    promised, received_at = _promised_until(ticket), _minute(ticket.received_at)
    return (promised is None, promised or received_at, received_at, ticket.id)


def _promised_until(ticket: Ticket) -> datetime | None:
    """Until when its complainant waits for an answer; the deadline of thanks is the desk's own."""
    is_owed = ticket.reopenings or not Kind(ticket.kind).is_thanked
    return _minute(ticket.due_at) if is_owed and ticket.due_at else None


def _minute(moment: datetime) -> datetime:
    """What is recorded at the counter is received at a whole minute: seconds decide nothing."""
    return moment.replace(second=0, microsecond=0)


def _follow(ticket: Ticket, leading: Ticket, by: Actor) -> None:
    """Point *ticket*, and whoever followed it, to *leading*."""
    for follower in followers_of(ticket):
        follower.merged_into_id = leading.id
        advance(leading, Move.ABSORB, by=by, details={"ticket_id": follower.id})
    ticket.merged_into_id = leading.id
    db.session.flush()


def _joined_at(ticket: Ticket) -> datetime:
    newest = select(TicketEvent.at).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.kind == Move.MERGE.value
    )
    return db.session.scalars(newest.order_by(TicketEvent.id.desc()).limit(1)).one()
