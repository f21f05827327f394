"""Follow-ups (tindak lanjut), internal notes: what was done, by whom, with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.errors import Invalid
from helpdesk.lib.uploads import Received
from helpdesk.tickets.files import attach
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import advance, require


def record_follow_up(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    disposition: Disposition | None = None,
    evidence: Sequence[Received] = (),
) -> TicketEvent:
    """Record what was done. The first follow-up is what INM 12 asks for beside the answer."""
    if not text.strip():
        raise Invalid({"text": _l("Write what was done.")})
    require(ticket, Move.FOLLOW_UP, by=by, disposition=disposition)
    at = clock.now()
    ticket.followed_up_at = ticket.followed_up_at or at
    event = advance(
        ticket, Move.FOLLOW_UP, by=by, at=at, disposition=disposition, text=text.strip()
    )
    attach(event, evidence, is_evidence=True)
    return event


def write_note(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    for_care_only: bool = False,
    disposition: Disposition | None = None,
    details: Mapping[str, Any] | None = None,
) -> TicketEvent:
    """Write an internal note; the complainant never sees it, units only when it is not for customer care alone.

    *details* are further facts for the event, such as the mail that it came with.
    """
    if not text.strip():
        raise Invalid({"text": _l("The note is empty.")})
    return advance(
        ticket,
        Move.NOTE,
        by=by,
        disposition=disposition,
        text=text.strip(),
        audience="care" if for_care_only else "staff",
        details=dict(details or {}),
    )
