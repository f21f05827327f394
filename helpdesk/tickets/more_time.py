"""More time for a unit (tambahan waktu): asked for by the unit, decided by customer care, which may set it unasked too.

Only the unit's own clock moves. The promise to the complainant and the statutory clock stay as they are, so the unit
is judged by the deadline that it was given, and the house as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Disposition
from helpdesk.tickets.workflow import advance, require_on


def ask_for_time(
    disposition: Disposition, until: datetime | None, reason: str, *, by: Actor
) -> TicketEvent:
    """The unit asks for time until *until*; one request is open at a time. Raises Invalid without day or reason."""
    _must_say(reason, _l("Write why your unit needs more time."))
    _must_lie_ahead(until)
    if until and disposition.due_at and until <= disposition.due_at:
        raise Invalid({"due_on": _l("Until then your unit has time already.")})
    require_on(disposition, Move.ASK_TIME, by=by)
    disposition.wants_until = until
    disposition.version += 1
    return advance(
        disposition.ticket,
        Move.ASK_TIME,
        by=by,
        disposition=disposition,
        text=reason.strip(),
        details={"due_at": _said(until), "was_due_at": _said(disposition.due_at)},
    )


def set_deadline(
    disposition: Disposition, due_at: datetime | None, reason: str, *, by: Actor
) -> TicketEvent:
    """Give the unit until *due_at*: what it asked for, another day, or unasked; the deadline before stays told.

    Raises Invalid for a moment that is past, and without a reason where nobody asked.
    """
    _must_lie_ahead(due_at)
    if disposition.wants_until is None:
        _must_say(reason, _l("Write why the deadline changes."))
    require_on(disposition, Move.SET_DEADLINE, by=by)
    wish = request_of(disposition)
    details = {
        "due_at": _said(due_at),
        "was_due_at": _said(disposition.due_at),
        "asked_until": _said(disposition.wants_until),
        "asked_because": wish.text if wish else None,
    }
    return _decide(Move.SET_DEADLINE, disposition, reason, by, details)


def decline_time(disposition: Disposition, reason: str, *, by: Actor) -> TicketEvent:
    """The unit gets no more time, for a reason that it reads."""
    _must_say(reason, _l("Write why there is no more time."))
    require_on(disposition, Move.DECLINE_TIME, by=by)
    details = {"asked_until": _said(disposition.wants_until)}
    return _decide(Move.DECLINE_TIME, disposition, reason, by, details)


def request_of(disposition: Disposition) -> TicketEvent | None:
    """What the unit asked for and why, while nobody has decided."""
    if disposition.wants_until is None:
        return None
    asked = select(TicketEvent).where(
        TicketEvent.ticket_id == disposition.ticket_id,
        TicketEvent.disposition_id == disposition.id,
        TicketEvent.kind == Move.ASK_TIME.value,
    )
    return db.session.scalars(asked.order_by(TicketEvent.id.desc()).limit(1)).first()


def moved_deadlines(ticket_id: int) -> Sequence[TicketEvent]:
    """Every deadline of a unit that customer care set anew, oldest first."""
    moved = select(TicketEvent).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.kind == Move.SET_DEADLINE.value
    )
    return db.session.scalars(moved.order_by(TicketEvent.id)).all()


def _decide(
    move: Move, disposition: Disposition, reason: str, by: Actor, details: dict[str, str | None]
) -> TicketEvent:
    disposition.wants_until = None
    disposition.version += 1
    ticket = disposition.ticket
    return advance(
        ticket, move, by=by, disposition=disposition, text=reason.strip(), details=details
    )


def _must_say(reason: str, sentence: object) -> None:
    if not reason.strip():
        raise Invalid({"reason": sentence})


def _must_lie_ahead(due_at: datetime | None) -> None:
    if due_at is None:
        raise Invalid({"due_on": _l("Say until when.")})
    if due_at <= clock.now():
        raise Invalid({"due_on": _l("The deadline must lie in the future.")})


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
